"""Payload bodies: files, shards, parts, pages."""

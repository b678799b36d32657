"""Payload shards (schema 3 notes §2): many bodies in a few compressed files that grow while a session runs."""

"""Tests of the command line: exit codes, messages, what reaches standard output."""

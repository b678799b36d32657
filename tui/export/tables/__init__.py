"""A recording as tables, for SQL and columnar files."""

"""The audit log's proof: seals over its rows, written outside the database too, and their verification."""

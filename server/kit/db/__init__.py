"""Where domain functions run: one interface over SQLite and PostgreSQL (DESIGN §2)."""

from server.kit.db.base import Base, Database, Instant, Prepared, Sealed, open_database, savepoint

__all__ = ["Base", "Database", "Instant", "Prepared", "Sealed", "open_database", "savepoint"]

"""The tables of copies of data: each a package that is built, fetched and deleted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.db import Base, Instant, Sealed


class DataExport(Base):
    """A copy of what is held of a person, or of an account, that `person_id` asked for.

    Where the building is: at the table and form of `part`, in its file number `file`, behind the row with the key
    `after`; `tables` of them are done. What is behind `chunks` is of a file that was not finished. `writer` names who
    writes that file now. `link_id` is of the newest link, which `link_used_at` uses up.
    """

    __tablename__ = "data_exports"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(40))
    person_id: Mapped[str] = mapped_column(String(40))
    scope: Mapped[str] = mapped_column(String(8))
    request_id: Mapped[str | None] = mapped_column(String(40))
    status: Mapped[str] = mapped_column(String(12))
    part: Mapped[int] = mapped_column(Integer)
    file: Mapped[int] = mapped_column(Integer)
    after: Mapped[str | None] = mapped_column(Text)
    writer: Mapped[str | None] = mapped_column(String(40))
    tables: Mapped[int] = mapped_column(Integer)
    tables_total: Mapped[int] = mapped_column(Integer)
    rows: Mapped[int] = mapped_column(BigInteger)
    chunks: Mapped[int] = mapped_column(Integer)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    ready_at: Mapped[datetime | None] = mapped_column(Instant)
    expires_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    link_id: Mapped[str | None] = mapped_column(String(40))
    link_expires_at: Mapped[datetime | None] = mapped_column(Instant)
    link_used_at: Mapped[datetime | None] = mapped_column(Instant)
    downloads: Mapped[int] = mapped_column(Integer)
    __table_args__ = (
        Index(None, "account_id", "id"),
        Index(None, "person_id", "id"),
    )


class DataExportFile(Base):
    """A finished file of a package, as its ZIP directory has it, and how many rows are in it."""

    __tablename__ = "data_export_files"
    export_id: Mapped[str] = mapped_column(ForeignKey("data_exports.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    account_id: Mapped[str] = mapped_column(String(40), index=True)
    name: Mapped[str] = mapped_column(String(120))
    table: Mapped[str] = mapped_column(String(60))
    rows: Mapped[int] = mapped_column(Integer)
    crc: Mapped[int] = mapped_column(BigInteger)
    packed_bytes: Mapped[int] = mapped_column(BigInteger)
    plain_bytes: Mapped[int] = mapped_column(BigInteger)
    begins_at: Mapped[int] = mapped_column(BigInteger)


class DataExportChunk(Base):
    """A piece of a package, in order. Each is sealed under its export and position."""

    __tablename__ = "data_export_chunks"
    export_id: Mapped[str] = mapped_column(ForeignKey("data_exports.id"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    account_id: Mapped[str] = mapped_column(String(40), index=True)
    data: Mapped[bytes] = mapped_column(Sealed)

"""How many rows the slices' own steps deleted, until the next report takes the figures up."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import BigInteger, String, delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.db import Base
from server.kit.work import Work


class RetentionTally(Base):
    """Rows of a retention that were deleted since the last report."""

    __tablename__ = "retention_tallies"
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    deleted: Mapped[int] = mapped_column(BigInteger)


def note(work: Work, name: str, rows: int) -> None:
    """Count rows that a step deleted because their time was over."""
    if not rows:
        return
    new = insert(RetentionTally).values(name=name, deleted=rows)
    more = {"deleted": RetentionTally.deleted + new.excluded.deleted}
    work.execute(new.on_conflict_do_update(index_elements=["name"], set_=more))


def take_tallies(work: Work) -> Mapping[str, int]:
    """What was counted since the last time; counting starts anew."""
    taken = work.rows(delete(RetentionTally).returning(RetentionTally.name, RetentionTally.deleted))
    return {row.name: row.deleted for row in taken}

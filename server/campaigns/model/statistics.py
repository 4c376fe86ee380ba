"""Tables of what became of messages: what was seen, each recipient's first events, and the sums of all.

The sums are written in the transaction that counts the events, so that a campaign's page reads a fixed number of rows
whatever the number of its events. A scope's total is always the sum of its quarter hours. The tables of many small
rows are ordered by their key (`WITHOUT ROWID` on SQLite): each row costs one entry, not two.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Index, Integer, LargeBinary, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.db import Base, Sealed

_BY_KEY = {"sqlite_with_rowid": False}


class StatisticScope(Base):
    """A campaign that has statistics, or an account for the sum of its campaigns; `subject_id` is its id.

    `sequence` counts its changes and is the cursor of its live feed. `first_second` is the first event's, since 1970:
    statistics are kept five years from there (M093). `bounces_due` is when its next bounce is to be deleted.
    """

    __tablename__ = "statistic_scopes"
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    subject_id: Mapped[str] = mapped_column(String(40), unique=True)
    account_id: Mapped[str] = mapped_column(String(40), index=True)
    sequence: Mapped[int] = mapped_column(BigInteger)
    first_second: Mapped[int | None] = mapped_column(BigInteger)
    last_second: Mapped[int | None] = mapped_column(BigInteger)
    bounces_due: Mapped[int | None] = mapped_column(BigInteger)


class SeenEvent(Base):
    """An event that was counted: a keyed hash of account, source and key, and the day of the event since 1970.

    It has no index by day: that would double what an event costs. The pruning walks through the hashes instead.
    """

    __tablename__ = "statistic_seen"
    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    day: Mapped[int] = mapped_column(Integer)
    __table_args__ = (_BY_KEY,)


class RecipientState(Base):
    """The moments (see rules/metrics.py) of a recipient's first events in a campaign. `recipient` is a keyed hash."""

    __tablename__ = "statistic_recipients"
    scope: Mapped[int] = mapped_column(Integer, primary_key=True)
    recipient: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    accepted_unique: Mapped[int | None] = mapped_column(BigInteger)
    delivered_unique: Mapped[int | None] = mapped_column(BigInteger)
    opened_unique: Mapped[int | None] = mapped_column(BigInteger)
    opened_human_unique: Mapped[int | None] = mapped_column(BigInteger)
    clicked_unique: Mapped[int | None] = mapped_column(BigInteger)
    clicked_human_unique: Mapped[int | None] = mapped_column(BigInteger)
    unsubscribed_unique: Mapped[int | None] = mapped_column(BigInteger)
    complained_unique: Mapped[int | None] = mapped_column(BigInteger)
    __table_args__ = (_BY_KEY,)


class LinkClicker(Base):
    """Who clicked a link of a campaign, and whether a human click was among them."""

    __tablename__ = "statistic_clickers"
    scope: Mapped[int] = mapped_column(Integer, primary_key=True)
    link: Mapped[int] = mapped_column(Integer, primary_key=True)
    recipient: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    human: Mapped[bool] = mapped_column(Boolean)
    __table_args__ = (_BY_KEY,)


class Bounce(Base):
    """A bounce: deleted after a year, a soft one after six months (M094, M095). `key` is the event's.

    `kind` is the position of its class, `code` its enhanced status code as a number; 0 when there was none.
    """

    __tablename__ = "statistic_bounces"
    scope: Mapped[int] = mapped_column(Integer, primary_key=True)
    recipient: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    moment: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[int] = mapped_column(SmallInteger)
    code: Mapped[int] = mapped_column(Integer)
    __table_args__ = (Index(None, "scope", "kind", "moment"), _BY_KEY)


class StatisticValue(Base):
    """A link or a receiving domain of a campaign, under the number by which it is counted.

    `hash` is a keyed hash of the text, by which it is found.
    """

    __tablename__ = "statistic_values"
    scope: Mapped[int] = mapped_column(Integer, primary_key=True)
    dimension: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    value: Mapped[int] = mapped_column(Integer, primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    text: Mapped[bytes] = mapped_column(Sealed)
    __table_args__ = (Index("ix_statistic_values_hash", "scope", "dimension", "hash", unique=True),)


class _Counted:
    """The columns of COLUMNS, in its order."""

    accepted: Mapped[int] = mapped_column(BigInteger)
    dropped: Mapped[int] = mapped_column(BigInteger)
    delivered: Mapped[int] = mapped_column(BigInteger)
    deferred: Mapped[int] = mapped_column(BigInteger)
    bounced_hard: Mapped[int] = mapped_column(BigInteger)
    bounced_soft: Mapped[int] = mapped_column(BigInteger)
    bounced_block: Mapped[int] = mapped_column(BigInteger)
    bounced_undetermined: Mapped[int] = mapped_column(BigInteger)
    opened: Mapped[int] = mapped_column(BigInteger)
    opened_machine: Mapped[int] = mapped_column(BigInteger)
    opened_bot: Mapped[int] = mapped_column(BigInteger)
    clicked: Mapped[int] = mapped_column(BigInteger)
    clicked_machine: Mapped[int] = mapped_column(BigInteger)
    clicked_bot: Mapped[int] = mapped_column(BigInteger)
    unsubscribed: Mapped[int] = mapped_column(BigInteger)
    complained: Mapped[int] = mapped_column(BigInteger)
    accepted_unique: Mapped[int] = mapped_column(BigInteger)
    delivered_unique: Mapped[int] = mapped_column(BigInteger)
    opened_unique: Mapped[int] = mapped_column(BigInteger)
    opened_human_unique: Mapped[int] = mapped_column(BigInteger)
    clicked_unique: Mapped[int] = mapped_column(BigInteger)
    clicked_human_unique: Mapped[int] = mapped_column(BigInteger)
    unsubscribed_unique: Mapped[int] = mapped_column(BigInteger)
    complained_unique: Mapped[int] = mapped_column(BigInteger)
    bounced_hard_unique: Mapped[int] = mapped_column(BigInteger)
    bounced_soft_unique: Mapped[int] = mapped_column(BigInteger)
    bounced_block_unique: Mapped[int] = mapped_column(BigInteger)
    bounced_undetermined_unique: Mapped[int] = mapped_column(BigInteger)
    segments: Mapped[int] = mapped_column(BigInteger)


class StatisticTotal(_Counted, Base):
    """The kept sums of a scope: of the whole (dimension and value 0), and by link, domain, country, device, code.

    `weight` counts the events in it; lists show the heaviest first.
    """

    __tablename__ = "statistic_totals"
    scope: Mapped[int] = mapped_column(Integer, primary_key=True)
    dimension: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    value: Mapped[int] = mapped_column(Integer, primary_key=True)
    weight: Mapped[int] = mapped_column(BigInteger)
    __table_args__ = (Index(None, "scope", "dimension", "weight", "value"), _BY_KEY)


class StatisticBucket(_Counted, Base):
    """The sums of a quarter hour, by its number since 1970 in UTC."""

    __tablename__ = "statistic_buckets"
    scope: Mapped[int] = mapped_column(Integer, primary_key=True)
    bucket: Mapped[int] = mapped_column(Integer, primary_key=True)
    __table_args__ = (_BY_KEY,)

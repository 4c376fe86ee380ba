"""The table of what is told across customers: rates of a month, by industry."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.db import Base, Instant


class IndustryBenchmark(Base):
    """The mean rates of a month's campaigns, over the accounts of an industry, or of all (`ALL`).

    `month` is such as 2026-11. Rates are in parts per thousand. No account is named, and a row of an industry is there
    only when it stands for enough of them; that of all is there for every month that was counted, and empty where it
    would tell too much (M132, P019). What was published once is never counted again.
    """

    __tablename__ = "industry_benchmarks"
    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    industry: Mapped[str] = mapped_column(String(40), primary_key=True)
    accounts: Mapped[int | None] = mapped_column(Integer)
    delivered: Mapped[int | None] = mapped_column(Integer)
    opened: Mapped[int | None] = mapped_column(Integer)
    clicked: Mapped[int | None] = mapped_column(Integer)
    unsubscribed: Mapped[int | None] = mapped_column(Integer)
    complained: Mapped[int | None] = mapped_column(Integer)
    bounced: Mapped[int | None] = mapped_column(Integer)
    counted_at: Mapped[datetime] = mapped_column(Instant)

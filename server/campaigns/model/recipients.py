"""Tables of who a campaign goes to."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.db import Base, Sealed


class CampaignRecipient(Base):
    """An uploaded address of a campaign. `address_hash` is its identity within the account, keyed by the server;
    `country` is that of a phone number (ISO 3166-1 alpha-2), null for e-mail.
    """

    __tablename__ = "campaign_recipients"
    campaign_id: Mapped[str] = mapped_column(ForeignKey("campaigns.id"), primary_key=True)
    address_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    account_id: Mapped[str] = mapped_column(String(40), index=True)
    address: Mapped[bytes] = mapped_column(Sealed)
    country: Mapped[str | None] = mapped_column(String(2))
    # Clustered by campaign: an upload writes few pages, a count reads few.
    __table_args__ = ({"sqlite_with_rowid": False},)


class CampaignCountry(Base):
    """How many recipients of an SMS campaign are in a country (ISO 3166-1 alpha-2). `credits_a_segment` is the rate at
    which the launch reserved, null before it: later prices change nothing.
    """

    __tablename__ = "campaign_countries"
    campaign_id: Mapped[str] = mapped_column(ForeignKey("campaigns.id"), primary_key=True)
    country: Mapped[str] = mapped_column(String(2), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(40), index=True)
    recipients: Mapped[int] = mapped_column(Integer)
    credits_a_segment: Mapped[int | None] = mapped_column(Integer)
    __table_args__ = (CheckConstraint("recipients >= 0", name="recipients_counted"),)

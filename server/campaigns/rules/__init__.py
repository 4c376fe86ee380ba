"""What a campaign is, where it can go, what may be sent, and what it costs. No I/O."""

from __future__ import annotations

from enum import StrEnum


class MessageChannel(StrEnum):
    """How a campaign reaches its recipients."""

    EMAIL = "EMAIL"
    SMS = "SMS"


class CampaignStatus(StrEnum):
    """Where a campaign is. COMPLETED, CANCELLED and FAILED are final."""

    DRAFT = "DRAFT"
    SCHEDULED = "SCHEDULED"
    SENDING = "SENDING"
    PAUSED = "PAUSED"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"
    FAILED = "FAILED"

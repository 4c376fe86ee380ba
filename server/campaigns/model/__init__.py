"""The tables of campaigns, of what became of their messages, of suppressed addresses, and of complaints."""

from server.campaigns.model.campaigns import Campaign
from server.campaigns.model.complaints import (
    ComplaintCase,
    ComplaintDecision,
    ComplaintEvidence,
    ComplaintReport,
)

__all__ = ["Campaign", "ComplaintCase", "ComplaintDecision", "ComplaintEvidence", "ComplaintReport"]

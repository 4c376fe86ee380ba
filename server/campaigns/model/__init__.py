"""The tables of campaigns, of what became of their messages, of suppressed addresses, and of complaints."""

from server.campaigns.model.campaigns import Campaign
from server.campaigns.model.statistics import (
    Bounce,
    LinkClicker,
    RecipientState,
    SeenEvent,
    StatisticBucket,
    StatisticScope,
    StatisticTotal,
    StatisticValue,
)

__all__ = [
    "Bounce",
    "Campaign",
    "LinkClicker",
    "RecipientState",
    "SeenEvent",
    "StatisticBucket",
    "StatisticScope",
    "StatisticTotal",
    "StatisticValue",
]

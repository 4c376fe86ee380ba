"""The tables of campaigns, of what became of their messages, of suppressed addresses, and of complaints."""

from server.campaigns.model.benchmarks import IndustryBenchmark
from server.campaigns.model.campaigns import Campaign
from server.campaigns.model.complaints import (
    ComplaintCase,
    ComplaintDecision,
    ComplaintEvidence,
    ComplaintReport,
)
from server.campaigns.model.recipients import CampaignCountry, CampaignRecipient
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
from server.campaigns.model.suppression import Suppression, SuppressionRemoval

__all__ = [
    "Bounce",
    "Campaign",
    "CampaignCountry",
    "CampaignRecipient",
    "ComplaintCase",
    "ComplaintDecision",
    "ComplaintEvidence",
    "ComplaintReport",
    "IndustryBenchmark",
    "LinkClicker",
    "RecipientState",
    "SeenEvent",
    "StatisticBucket",
    "StatisticScope",
    "StatisticTotal",
    "StatisticValue",
    "Suppression",
    "SuppressionRemoval",
]

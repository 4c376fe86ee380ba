"""What an account's owner lets be done with its data: for all purposes, or for some (P025, M124, M127). No I/O.

A purpose is one of the policy's own, or one of the services below. What the server processes for is `processing`: the
purpose that a field declares, or a service. The policy says under which of its purposes each falls.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum

from server.kit.problems import Refusal

ALL = ""
"""Stands for every purpose."""
SECURITY = "security"
"""Never stopped: without it nobody could sign in, lift a restriction, or ask about their data (article 18(2))."""
API_USE = "api_use"
ORDERS = "balance_and_orders"
CAMPAIGNS = "campaigns"
STATISTICS = "statistics"
DISCLOSING = "disclosures"
SERVICES = frozenset({CAMPAIGNS, STATISTICS, DISCLOSING})
"""Parts of `balance_and_orders` that can be stopped alone: sending messages, watching what recipients do, and giving
data to others where no law demands it."""


class Right(StrEnum):
    """By which right it was stopped, by article of the GDPR: 18, 21."""

    RESTRICTION = "RESTRICTION"
    OBJECTION = "OBJECTION"


class Granularity(Enum):
    """Whether processing is stopped as a whole only, or for some purposes, too (C10)."""

    ACCOUNT = "account"
    PURPOSE = "purpose"


class ObjectionEffect(Enum):
    """What an objection does (C9)."""

    STOP_PURPOSE = "stop_purpose"
    CLOSE_ACCOUNT = "close_account"


@dataclass(frozen=True, slots=True)
class RestrictionTerms:
    """What can be stopped. `served` says under which purpose of the policy each of the server's falls."""

    granularity: Granularity = Granularity.PURPOSE
    objection_effect: ObjectionEffect = ObjectionEffect.STOP_PURPOSE
    purposes: frozenset[str] = frozenset({"identification", API_USE, ORDERS, SECURITY})
    served: Mapping[str, str] = field(default_factory=dict)

    def policy_name(self, processing: str) -> str:
        """The policy's purpose of what the server does."""
        whole = ORDERS if processing in SERVICES else processing
        return self.served.get(processing) or self.served.get(whole, whole)

    @property
    def nameable(self) -> frozenset[str]:
        """What can be stopped alone: nothing where it goes as a whole only, and never what only security is for."""
        if self.granularity is Granularity.ACCOUNT:
            return frozenset()
        others = {self.policy_name(each) for each in ("identification", API_USE, ORDERS, *SERVICES)}
        return (self.purposes - ({self.policy_name(SECURITY)} - others)) | SERVICES


@dataclass(eq=False)
class ProcessingRestricted(Refusal):
    """What this is for was restricted, or objected to, by the owner of the account."""

    code = "PROCESSING_RESTRICTED"
    purpose: str
    right: str
    since: str


@dataclass(eq=False)
class RestrictionNotFound(Refusal):
    """There is no such restriction or objection that holds."""

    code = "RESTRICTION_NOT_FOUND"
    blames = "restrictionId"


STAYS_OPEN = frozenset(
    {
        # One's rights, and the correction of one's data.
        "acceptPolicy",
        "closeAccount",
        "refusePolicy",
        "setNoticeLanguage",
        "setPostalAddress",
        "withdrawConsent",
        # Asking for help.
        "closeTicket",
        "openTicket",
        "replyToTicket",
        "reportDefect",
        # What was told.
        "markAllNoticesRead",
        "markNoticeRead",
        # What makes less of the processing.
        "cancelCampaign",
        "cancelFixedIp",
        "cancelOrder",
        "cancelPlan",
        "clearVatNumber",
        "completeCampaign",
        "disableAutoTopUp",
        "endManagement",
        "pauseCampaign",
        "releaseHold",
        "removeMember",
        "removePaymentMethod",
        "removeSeats",
        "revokeEventConnection",
        "revokeInvitation",
        "withdrawMember",
        "withdrawSender",
        # What protects those who got messages: opt-outs, bounces, complaints (article 18(2)).
        "importSuppressions",
        "recordMessageEvents",
    }
)
"""The mutations that a restriction leaves open, whatever their purpose."""


def may_be_stopped(action: str, purpose: str | None) -> bool:
    """Whether a restriction can stop this mutation."""
    return purpose is not None and purpose != SECURITY and action not in STAYS_OPEN


def stopped_by(limits: Collection[str], processing: str, terms: RestrictionTerms) -> bool:
    """Whether purposes that were restricted, or objected to, stop what the server does."""
    names = {ALL, processing, terms.policy_name(processing)}
    return processing != SECURITY and not names.isdisjoint(limits)

"""Why something about a customer's request is refused, with the numbers that explain it."""

from __future__ import annotations

from dataclasses import dataclass

from server.kit.problems import Refusal


@dataclass(eq=False)
class PrivacyRequestNotFound(Refusal):
    """There is no such request."""

    code = "PRIVACY_REQUEST_NOT_FOUND"


@dataclass(eq=False)
class PrivacyRequestAccountUnknown(Refusal):
    """There is no such account of a customer."""

    code = "PRIVACY_REQUEST_ACCOUNT_UNKNOWN"
    blames = "accountId"


@dataclass(eq=False)
class PrivacyRequestChannelClosed(Refusal):
    """The policy does not take such a request on this way; it names those on which it does."""

    code = "PRIVACY_REQUEST_CHANNEL_CLOSED"
    channels: str


@dataclass(eq=False)
class PrivacyRequestStatusConflict(Refusal):
    """The request is not in a status that allows this."""

    code = "PRIVACY_REQUEST_STATUS_CONFLICT"
    status: str


@dataclass(eq=False)
class PrivacyRequestKindConflict(Refusal):
    """Nobody does this by hand: the export or the erasure itself ends such a request."""

    code = "PRIVACY_REQUEST_KIND_CONFLICT"
    kind: str


@dataclass(eq=False)
class PrivacyRequestNotExtendable(Refusal):
    """The time to answer is extended once at most, and before it is over."""

    code = "PRIVACY_REQUEST_NOT_EXTENDABLE"
    extended: bool
    due_at: str


@dataclass(eq=False)
class PrivacyRequestGroundInvalid(Refusal):
    """A refusal, and what is done in part, names a legal ground of this kind of request; all else names none."""

    code = "PRIVACY_REQUEST_GROUND_INVALID"
    blames = "ground"
    kind: str


@dataclass(eq=False)
class PrivacyRequestPurposesInvalid(Refusal):
    """This is no purpose that such a request can be about."""

    code = "PRIVACY_REQUEST_PURPOSES_INVALID"
    blames = "purposes"
    purposes: str


@dataclass(eq=False)
class PrivacyRequestTextInvalid(Refusal):
    """A text about a request is visible, short enough, and holds no card number."""

    code = "PRIVACY_REQUEST_TEXT_INVALID"
    fault: str
    length_max: int


@dataclass(eq=False)
class PrivacyRequestReceivedAtInvalid(Refusal):
    """A request was received in the past, and not too long ago."""

    code = "PRIVACY_REQUEST_RECEIVED_AT_INVALID"
    blames = "receivedAt"
    days_max: int


@dataclass(eq=False)
class PrivacyRequestLimitReached(Refusal):
    """So many requests of the account are open that no other one is taken before one of them ends."""

    code = "PRIVACY_REQUEST_LIMIT_REACHED"
    open_max: int

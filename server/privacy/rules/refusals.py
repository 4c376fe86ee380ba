"""Why something about a recipient's request is refused, with the numbers that explain it."""

from __future__ import annotations

from dataclasses import dataclass

from server.kit.problems import Refusal


@dataclass(eq=False)
class RecipientRequestNotFound(Refusal):
    """There is no such request."""

    code = "RECIPIENT_REQUEST_NOT_FOUND"


@dataclass(eq=False)
class RecipientRequestStatusConflict(Refusal):
    """The request is not in a status that allows this."""

    code = "RECIPIENT_REQUEST_STATUS_CONFLICT"
    status: str


@dataclass(eq=False)
class RecipientSenderUnknown(Refusal):
    """No message was sent under this campaign or link."""

    code = "RECIPIENT_SENDER_UNKNOWN"
    blames = "sender"


@dataclass(eq=False)
class RecipientAddressInvalid(Refusal):
    """This is no address of that kind of message, or not the one that the link was sent to."""

    code = "RECIPIENT_ADDRESS_INVALID"
    blames = "address"


@dataclass(eq=False)
class RecipientLinkRequired(Refusal):
    """No code can be sent to a phone number from here: the link in the message says whose it is."""

    code = "RECIPIENT_LINK_REQUIRED"
    blames = "sender"


@dataclass(eq=False)
class RecipientTextInvalid(Refusal):
    """A text about a request is visible, short enough, and holds no card number."""

    code = "RECIPIENT_TEXT_INVALID"
    fault: str
    length_max: int


@dataclass(eq=False)
class RecipientReceivedAtInvalid(Refusal):
    """A request was received in the past, and not too long ago."""

    code = "RECIPIENT_RECEIVED_AT_INVALID"
    blames = "receivedAt"
    days_max: int


@dataclass(eq=False)
class RecipientRequestLimitReached(Refusal):
    """Too many requests arrived from there, or from everywhere; try again later."""

    code = "RECIPIENT_REQUEST_LIMIT_REACHED"
    retry_after_seconds: int


@dataclass(eq=False)
class RecipientCodeInvalid(Refusal):
    """This is not the code that was sent last, or it is too old."""

    code = "RECIPIENT_CODE_INVALID"
    blames = "code"
    attempts_left: int


@dataclass(eq=False)
class RecipientAnswerInvalid(Refusal):
    """A refusal names a legal ground that this kind of request has, and says why; another answer names none."""

    code = "RECIPIENT_ANSWER_INVALID"
    blames = "ground"
    kind: str

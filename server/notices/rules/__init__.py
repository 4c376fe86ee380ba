"""The slice's numbers, states and refusals, and when an e-mail is tried again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from server.kit.problems import Refusal

DEFAULT_LANGUAGE = "en"
DEDUPE_KEY_LENGTH_MAX = 120


@dataclass(frozen=True, slots=True)
class Terms:
    """The slice's numbers."""

    languages: tuple[str, ...] = ("en", "fr", "de", "es", "it", "pt")
    """What customers may be written to in. What a language lacks is told in English, and reported."""
    retry_delays_seconds: tuple[int, ...] = (60, 300, 1800, 2 * 3600, 6 * 3600, 12 * 3600, 24 * 3600)
    """How long to wait after each failed attempt; after the last one the e-mail is given up."""
    emails_per_hour_max: int = 60
    """E-mails to one account in any hour; a notice beyond is shown in the application only."""
    value_length_max: int = 500
    secret_length_max: int = 2_000
    """Of a value that the e-mail alone says, such as what somebody wrote for the reader."""
    """The longest value in a notice, in characters."""
    dead_letters_shown_max: int = 500

    @property
    def attempts_max(self) -> int:
        return len(self.retry_delays_seconds) + 1


@dataclass(frozen=True, slots=True)
class Mailing:
    """Whether this deployment has a mail relay. Without one no e-mail is queued that could never leave."""

    relay: bool = False


class Channel(StrEnum):
    """How somebody is told."""

    IN_APP = "IN_APP"
    EMAIL = "EMAIL"


class Emailing(StrEnum):
    """Whether a notice also goes out by e-mail, decided when it is made."""

    NOT_ASKED = "NOT_ASKED"
    NO_ADDRESS = "NO_ADDRESS"
    NO_RELAY = "NO_RELAY"
    LIMITED = "LIMITED"
    QUEUED = "QUEUED"


class OutboxState(StrEnum):
    """Where an e-mail is. FAILED is tried again; DELIVERED and DEAD are final."""

    QUEUED = "QUEUED"
    SENDING = "SENDING"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"
    DEAD = "DEAD"


SETTLED = frozenset({OutboxState.DELIVERED, OutboxState.DEAD})


@dataclass(eq=False)
class NoticeNotFound(Refusal):
    """There is no such notice."""

    code = "NOTICE_NOT_FOUND"
    blames = "noticeId"


@dataclass(eq=False)
class NoticeAddressInvalid(Refusal):
    """A notice cannot be sent to this e-mail address."""

    code = "NOTICE_ADDRESS_INVALID"
    blames = "email"


class Unsendable(StrEnum):
    """Why an e-mail that was given up cannot be sent again."""

    CODE_IS_GONE = "CODE_IS_GONE"
    NO_ADDRESS = "NO_ADDRESS"


@dataclass(eq=False)
class DeadLetterNotFound(Refusal):
    """No e-mail with this id was given up."""

    code = "DEAD_LETTER_NOT_FOUND"
    blames = "id"


@dataclass(eq=False)
class DeadLetterNotRetryable(Refusal):
    """It cannot be sent again."""

    code = "DEAD_LETTER_NOT_RETRYABLE"
    blames = "id"
    reason: str


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an e-mail did not leave. `permanent` when the relay will never take it."""

    error: str
    permanent: bool


def emailing_of(*, asked: bool, address: bool, relay: bool, sent_last_hour: int, terms: Terms) -> Emailing:
    """What becomes of the wish to send a notice by e-mail."""
    if not asked:
        return Emailing.NOT_ASKED
    if not address:
        return Emailing.NO_ADDRESS
    if not relay:
        return Emailing.NO_RELAY
    return Emailing.LIMITED if sent_last_hour >= terms.emails_per_hour_max else Emailing.QUEUED


def next_attempt_at(now: datetime, attempts: int, failure: Failure, terms: Terms) -> datetime | None:
    """When to try again after so many attempts; None when the e-mail is given up."""
    if failure.permanent or attempts >= terms.attempts_max:
        return None
    return now + timedelta(seconds=terms.retry_delays_seconds[attempts - 1])

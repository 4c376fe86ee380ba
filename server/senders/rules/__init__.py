"""What a sender may be called, where its review can go, and the slice's refusals. No I/O."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from server.kit.problems import Refusal

_MEBIBYTE = 1024 * 1024
_RESERVED = """
    POSTMETER MAILPRO POLICE POLIZEI INTERPOL EUROPOL FBI IRS HMRC WHO NATO VISA MASTERCARD AMEX PAYPAL SOS
    112 911 999
"""


@dataclass(frozen=True, slots=True)
class Terms:
    """The slice's numbers. No price is among them: senders are free, for ever, and nothing is refunded (M076)."""

    default_sender: str = "mailpro.com"
    """The service's own domain: what messages show without an accepted sender (M064)."""
    name_length_max: int = 10
    """Characters of a sender, a number's digits too (M068)."""
    number_digits_min: int = 7
    """The shortest phone number with its country code."""
    reserved_names: frozenset[str] = frozenset(_RESERVED.split())
    """In capitals: names of authorities, payment schemes and of the service itself, which nobody is allowed."""
    senders_max: int = 20
    """Senders of one account that have not ended."""
    countries_max: int = 60
    note_length_max: int = 500
    carrier_refusal_stands: timedelta = timedelta(days=30)
    """How long a carrier's refusal is heeded in its country, before the name is tried again."""

    documents_kept_after_decision: timedelta = timedelta(0)
    """How long the documents outlive the decision; zero deletes them with it (M073)."""
    documents_kept_unsubmitted: timedelta = timedelta(days=30)
    """How long the documents of an application wait for it to be submitted."""
    document_bytes_max: int = 5 * _MEBIBYTE
    chunk_bytes: int = 256 * 1024
    upload_link_age_max: timedelta = timedelta(minutes=15)
    upload_links_per_sender_max: int = 10
    """In any window of `upload_links_window`."""
    upload_links_per_account_max: int = 40
    upload_links_window: timedelta = timedelta(days=1)
    upload_seconds_max: float = 60.0
    """For the whole of an upload to arrive."""
    uploads_at_once_max: int = 8
    """In one process; each holds one document in memory."""
    view_link_age_max: timedelta = timedelta(minutes=5)


class SenderKind(StrEnum):
    """What a sender is (M071)."""

    COMPANY_NAME = "COMPANY_NAME"
    PHONE_NUMBER = "PHONE_NUMBER"


class SenderStatus(StrEnum):
    """Where a sender is (M071). WITHDRAWN and DEACTIVATED are final."""

    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    ACCEPTED = "ACCEPTED"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"
    DEACTIVATED = "DEACTIVATED"


class FallBack(StrEnum):
    """Why a message shows the default sender although another one was asked for."""

    NOT_ACCEPTED = "NOT_ACCEPTED"
    NOT_IN_COUNTRY = "NOT_IN_COUNTRY"
    CARRIER_REFUSED = "CARRIER_REFUSED"


MOVES: Mapping[SenderStatus, frozenset[SenderStatus]] = {
    SenderStatus.DRAFT: frozenset({SenderStatus.SUBMITTED, SenderStatus.WITHDRAWN}),
    SenderStatus.SUBMITTED: frozenset({SenderStatus.ACCEPTED, SenderStatus.REFUSED, SenderStatus.WITHDRAWN}),
    SenderStatus.REFUSED: frozenset({SenderStatus.SUBMITTED, SenderStatus.WITHDRAWN}),  # M074
    SenderStatus.ACCEPTED: frozenset({SenderStatus.DEACTIVATED}),  # M075
    SenderStatus.WITHDRAWN: frozenset(),
    SenderStatus.DEACTIVATED: frozenset(),
}
"""Which status may follow which."""

EDITABLE = frozenset({SenderStatus.DRAFT, SenderStatus.REFUSED})
"""While nobody reviews it, an application may be changed and its documents uploaded."""
ENDED = frozenset({SenderStatus.WITHDRAWN, SenderStatus.DEACTIVATED})


@dataclass(frozen=True, slots=True)
class Effective:
    """What a message was asked to show as its sender, and what it shows (M065); its record has both.

    `fell_back_because` is None when it shows what was asked for, and when nothing was asked for.
    """

    requested: str | None
    effective: str
    fell_back_because: FallBack | None


class NameFault(StrEnum):
    """What is wrong with a sender's name."""

    EMPTY = "EMPTY"
    TOO_LONG = "TOO_LONG"
    NOT_ALPHANUMERIC = "NOT_ALPHANUMERIC"
    NOT_A_PHONE_NUMBER = "NOT_A_PHONE_NUMBER"


@dataclass(eq=False)
class SenderNameInvalid(Refusal):
    """A sender is a company's name or a phone number: 1 to 10 letters and digits, without blanks or signs."""

    code = "SENDER_NAME_INVALID"
    blames = "name"
    fault: str
    length_max: int


@dataclass(eq=False)
class SenderNameReserved(Refusal):
    """Nobody may send under this name."""

    code = "SENDER_NAME_RESERVED"
    blames = "name"


@dataclass(eq=False)
class SenderExists(Refusal):
    """The account has this sender already."""

    code = "SENDER_EXISTS"
    blames = "name"


@dataclass(eq=False)
class SenderLimitReached(Refusal):
    """The account has as many senders as it may; withdraw one first."""

    code = "SENDER_LIMIT_REACHED"
    limit: int


@dataclass(eq=False)
class SenderCountriesInvalid(Refusal):
    """A sender is asked for in at least one country, each by its ISO 3166-1 code, and not in too many."""

    code = "SENDER_COUNTRIES_INVALID"
    blames = "countries"
    limit: int


@dataclass(eq=False)
class SenderNotFound(Refusal):
    """There is no such sender."""

    code = "SENDER_NOT_FOUND"
    blames = "senderId"


@dataclass(eq=False)
class SenderStatusConflict(Refusal):
    """The sender is not in a status that allows this."""

    code = "SENDER_STATUS_CONFLICT"
    status: str


_ALPHANUMERIC = re.compile(r"[A-Za-z0-9]+\Z")
_NUMBER = re.compile(r"[1-9][0-9]*\Z")


def kind_of(name: str, terms: Terms) -> SenderKind:
    """What a sender of this name is. Raises SenderNameInvalid (M068 to M071) or SenderNameReserved.

    Digits alone are a phone number as E.164 writes it, country code first, without its plus sign: that is no
    letter or digit (M070), and the limit of characters counts for numbers as for names (M068).
    """
    if fault := _name_fault(name, terms):
        raise SenderNameInvalid(fault, terms.name_length_max)
    if name.upper() in terms.reserved_names:
        raise SenderNameReserved
    return SenderKind.PHONE_NUMBER if name.isdigit() else SenderKind.COMPANY_NAME


def _name_fault(name: str, terms: Terms) -> NameFault | None:
    if not name:
        return NameFault.EMPTY
    if len(name) > terms.name_length_max:
        return NameFault.TOO_LONG
    if not _ALPHANUMERIC.match(name):
        return NameFault.NOT_ALPHANUMERIC
    reserved = name in terms.reserved_names  # such as an emergency number: refused for what it is
    if name.isdigit() and not reserved and not (len(name) >= terms.number_digits_min and _NUMBER.match(name)):
        return NameFault.NOT_A_PHONE_NUMBER
    return None


def check_countries(countries: Collection[str], known: Collection[str], terms: Terms) -> None:
    """Raises SenderCountriesInvalid."""
    if not 1 <= len(countries) <= terms.countries_max or any(each not in known for each in countries):
        raise SenderCountriesInvalid(terms.countries_max)


def check_move(status: SenderStatus, to: SenderStatus) -> None:
    """Raises SenderStatusConflict when `to` may not follow `status`."""
    if to not in MOVES[status]:
        raise SenderStatusConflict(status.value)


def check_editable(status: SenderStatus) -> None:
    """Raises SenderStatusConflict while somebody reviews it, and once it is decided for good."""
    if status not in EDITABLE:
        raise SenderStatusConflict(status.value)


@dataclass(frozen=True, slots=True)
class Allowance:
    """An accepted sender as one country sees it."""

    name: str
    in_country: bool
    carrier_refused_at: datetime | None


def effective(requested: str | None, found: Allowance | None, now: datetime, terms: Terms) -> Effective:
    """What a message shows. It is never refused for its sender, because delivery comes first (M064 to M067).

    `found` is the account's accepted sender of the requested name, None when there is none.
    """
    if requested is None:
        return Effective(None, terms.default_sender, None)
    reason = _fall_back(found, now, terms)
    if found is None or reason is not None:
        return Effective(requested, terms.default_sender, reason)
    return Effective(requested, found.name, None)


def _fall_back(found: Allowance | None, now: datetime, terms: Terms) -> FallBack | None:
    if found is None:
        return FallBack.NOT_ACCEPTED
    if not found.in_country:
        return FallBack.NOT_IN_COUNTRY
    refused_at = found.carrier_refused_at
    if refused_at is not None and now < refused_at + terms.carrier_refusal_stands:
        return FallBack.CARRIER_REFUSED
    return None

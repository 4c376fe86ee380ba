"""Counting attempts to prove who one is, so that guessing takes years and its victim is not locked out (P014).

An attempt is counted before it is checked, so any number at once get no more tries than one after the other; success
takes its own counts back. What is counted: the login from this address; the login from all places that are not known
for it; the address over all logins. Whoever signed in before is known by the device token that they got then, and by
their address: for them only their own counter counts, which no attacker elsewhere can touch. Counters of logins that
nobody has look the same, and are named by keyed hashes.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import case, delete, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from server.accounts import reads
from server.accounts.actions.challenges import SECOND_FACTOR
from server.accounts.actions.events import SignInBlocked
from server.accounts.actions.issuing import DEVICE_MARK, new_secret
from server.accounts.model import KnownDevice, SignInCounter
from server.accounts.reads import second_factors
from server.accounts.rules import LoginInvalid, Terms, normal_login
from server.accounts.rules.throttling import (
    Failures,
    Patience,
    TooManyAttempts,
    too_many_attempts,
    wait_after,
)
from server.kit.problems import Refusal
from server.kit.work import Read, Work

T = TypeVar("T")

_LENGTH_MAX = 512
_IPV6_PREFIX = 64
"""One customer of a provider has at least a /64 of IPv6 addresses: they count as one (RFC 6177)."""


@dataclass(frozen=True, slots=True)
class Device:
    """What an attempt came from: what the owner sees in the list of sessions, and the token of an earlier sign-in."""

    user_agent: str | None = None
    address: str | None = None
    token: str | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was counted for an attempt: `own` is forgotten when it succeeds, of `shared` its own part."""

    own: bytes
    shared: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class _Counter:
    counted: bytes
    patience: Patience


def begin_attempt(work: Work, login: str, device: Device) -> Attempt | TooManyAttempts:
    """Count an attempt to sign in, before its password is looked at.

    What has to wait is returned, not raised, and is not counted. Nothing shows whether anybody has the login.
    """
    terms, name = work.terms(Terms), _login_or_nonsense(work, login)
    person = reads.person_by_login(work, name)
    mark = None if person is None else _known_mark(work, person.id, device)
    own = _Counter(mark or _hash(work, "client", name, _place(device.address)), terms.patience_with_client)
    shared = (
        []
        if mark is not None
        else [
            _Counter(_hash(work, "login", name), terms.patience_with_login),
            _Counter(_hash(work, "address", _place(device.address)), terms.patience_with_address),
        ]
    )
    return _count(work, own, shared, person.id if person is not None else None)


def begin_answer(work: Work, challenge: str, device: Device) -> Attempt | TooManyAttempts | None:
    """Count an attempt to answer with a second factor; None when nothing was asked."""
    asked = second_factors.challenge(work, challenge, SECOND_FACTOR)
    if asked is None:
        return None
    terms, mark = work.terms(Terms), _known_mark(work, asked.person_id, device)
    place = mark or _hash(work, "client", asked.person_id, _place(device.address))
    own = _Counter(_hash(work, "answer", place.hex()), terms.patience_with_client)
    strangers = _Counter(_hash(work, "answer", asked.person_id), terms.patience_with_login)
    return _count(work, own, [] if mark is not None else [strangers], asked.person_id)


def begin_proof(work: Work, session_id: str) -> Attempt | TooManyAttempts | None:
    """Count an attempt of somebody who acts with this session already to prove more; None when it is no session."""
    person = reads.person_of_session(work, session_id)
    if person is None:
        return None
    own = _Counter(_hash(work, "proof", session_id), work.terms(Terms).patience_with_client)
    return _count(work, own, [], person.id)


def asker(read: Read, address: str | None) -> bytes:
    """What stands for an address among the challenges that were asked of whoever comes."""
    return _hash(read, "asker", _place(address))


def attempted(work: Work, attempt: Attempt | TooManyAttempts | None, action: Callable[[Work], T]) -> T:
    """Do what the attempt was counted for; unless it refuses, the attempt is forgiven. Raises TooManyAttempts."""
    if isinstance(attempt, TooManyAttempts):
        raise attempt
    result = action(work)
    if attempt is not None and not isinstance(result, Refusal):
        _forgive(work, attempt)
    return result


def _forgive(work: Work, attempt: Attempt) -> None:
    """Take back what was counted for an attempt that succeeded; what others did stays counted."""
    fewer = case((SignInCounter.failures > 0, SignInCounter.failures - 1), else_=0)
    for counted in sorted((attempt.own, *attempt.shared)):  # locks in one order
        left = 0 if counted == attempt.own else fewer
        work.execute(update(SignInCounter).where(SignInCounter.counted == counted).values(failures=left))


def remember_device(work: Work, account_id: str, person_id: str, device: Device) -> str:
    """Know the device and its address from now on; returns the device's token, a new one if it had none."""
    known = is_known_device(work, person_id, device)
    token = device.token if known and device.token is not None else new_secret(work, DEVICE_MARK)
    for mark in sorted(_marks(work, person_id, token, device.address)):
        new = upsert(KnownDevice).values(
            person_id=person_id, mark=mark, account_id=account_id, last_used_at=work.now
        )
        work.execute(
            new.on_conflict_do_update(index_elements=["person_id", "mark"], set_={"last_used_at": work.now})
        )
    latest = (
        select(KnownDevice.mark)
        .where(KnownDevice.person_id == person_id)
        .order_by(KnownDevice.last_used_at.desc(), KnownDevice.mark)
        .limit(work.terms(Terms).known_devices_max)
    )
    beyond = (KnownDevice.person_id == person_id) & KnownDevice.mark.not_in(latest)
    work.execute(delete(KnownDevice).where(beyond))
    return token


def forget_devices(work: Work, person_ids: Sequence[str]) -> None:
    """Know no device of these people any more."""
    work.execute(delete(KnownDevice).where(KnownDevice.person_id.in_(person_ids)))


def is_known_device(read: Read, person_id: str, device: Device) -> bool:
    """Whether the attempt brought the token of a device that the person signed in with before."""
    return device.token is not None and _is_known(
        read, person_id, _mark(read, person_id, "device", device.token)
    )


def _count(
    work: Work, own: _Counter, shared: Sequence[_Counter], person_id: str | None
) -> Attempt | TooManyAttempts:
    counters = sorted((own, *shared), key=lambda counter: counter.counted)  # locks in one order
    if refused := _refused(work, counters, person_id):
        return refused  # before a row is made for it
    for counter in counters:
        _lock(work, counter)
    if refused := _refused(work, counters, person_id):
        return refused
    for counter in counters:
        _add(work, counter)
    return Attempt(own.counted, tuple(counter.counted for counter in shared))


def _refused(work: Work, counters: Sequence[_Counter], person_id: str | None) -> TooManyAttempts | None:
    waits = {counter: _wait(work, counter) for counter in counters}
    slowest = max(counters, key=lambda counter: waits[counter])
    if waits[slowest] == timedelta(0):
        return None
    _tell_once(work, slowest, person_id)
    return too_many_attempts(waits[slowest])


def _wait(work: Work, counter: _Counter) -> timedelta:
    row = work.first(select(SignInCounter.__table__).where(SignInCounter.counted == counter.counted))
    if row is None:
        return timedelta(0)
    return wait_after(Failures(row.failures, row.last_failed_at), work.now, counter.patience)


def _lock(work: Work, counter: _Counter) -> None:
    """Let other attempts of the same wait for this one, the first ones too: the row is there from now on."""
    new = upsert(SignInCounter).values(
        counted=counter.counted, failures=0, last_failed_at=work.now, told=False
    )
    work.execute(new.on_conflict_do_nothing())
    this = select(SignInCounter.counted).where(SignInCounter.counted == counter.counted)
    work.execute(this.with_for_update())


def _add(work: Work, counter: _Counter) -> None:
    forgotten = SignInCounter.last_failed_at <= work.now - counter.patience.window
    failures = case((forgotten, 1), else_=SignInCounter.failures + 1)
    values = {"failures": failures, "last_failed_at": work.now, "told": False}
    work.execute(update(SignInCounter).where(SignInCounter.counted == counter.counted).values(values))


def _tell_once(work: Work, blocked: _Counter, person_id: str | None) -> None:
    """Record the block, once for each wait, where it is about somebody."""
    quiet = (SignInCounter.counted == blocked.counted) & ~SignInCounter.told
    told = work.first(update(SignInCounter).where(quiet).values(told=True).returning(SignInCounter.counted))
    person = reads.people(work, [person_id]).get(person_id) if person_id is not None else None
    if told is not None and person is not None:
        work.record(SignInBlocked(person.account_id, person.id))


def _known_mark(read: Read, person_id: str, device: Device) -> bytes | None:
    """The mark under which the person knows the device, else its address; None for a stranger's."""
    marks = _marks(read, person_id, device.token, device.address)
    return next((mark for mark in marks if _is_known(read, person_id, mark)), None)


def _marks(read: Read, person_id: str, token: str | None, address: str | None) -> list[bytes]:
    """Those of a device, if it has a token, and of its address."""
    devices = [] if token is None else [_mark(read, person_id, "device", token)]
    return [*devices, _mark(read, person_id, "address", _place(address))]


def _is_known(read: Read, person_id: str, mark: bytes) -> bool:
    since = read.now - read.terms(Terms).known_device_age_max
    known = (KnownDevice.person_id == person_id) & (KnownDevice.mark == mark)
    return read.first(select(KnownDevice.mark).where(known, KnownDevice.last_used_at > since)) is not None


def _mark(read: Read, person_id: str, kind: str, text: str) -> bytes:
    return _hash(read, kind, person_id, text[:_LENGTH_MAX])


def _hash(read: Read, *parts: str) -> bytes:
    return read.keyed_hash("sign_in_counter", *(part.encode(errors="surrogatepass") for part in parts))


def _login_or_nonsense(work: Work, login: str) -> str:
    """The login in its normal form; all that nobody can have is one."""
    try:
        return normal_login(work.terms(Terms), login)
    except LoginInvalid:
        return ""


def _place(address: str | None) -> str:
    """What counts as one address."""
    try:
        known = ipaddress.ip_address(address or "")
    except ValueError:
        return address or ""
    if isinstance(known, ipaddress.IPv6Address):
        if known.ipv4_mapped is not None:
            return str(known.ipv4_mapped)
        return str(ipaddress.ip_network((int(known), _IPV6_PREFIX), strict=False))
    return str(known)

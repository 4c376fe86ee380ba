"""The decisions about customers' requests: which status follows which, when they are due, on which grounds they end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from server.privacy.reads.requests import due_date
from server.privacy.rules.recipient_requests import RefusalGround
from server.privacy.rules.request_refusals import (
    PrivacyRequestGroundInvalid,
    PrivacyRequestNotExtendable,
    PrivacyRequestPurposesInvalid,
    PrivacyRequestReceivedAtInvalid,
    PrivacyRequestStatusConflict,
)
from server.privacy.rules.requests import (
    GROUNDS,
    MOVES,
    QUEUE,
    PrivacyRequestKind,
    PrivacyRequestStatus,
    PrivacyRequestTerms,
    RequestStanding,
    Step,
    check_extendable,
    check_ground,
    check_move,
    check_purposes,
    check_received,
    next_step,
)

K, S, G = PrivacyRequestKind, PrivacyRequestStatus, RefusalGround
TERMS = PrivacyRequestTerms()
SECOND = timedelta(seconds=1)
FILED = datetime(2026, 1, 31, 9, tzinfo=UTC)
DUE = datetime(2026, 2, 28, 9, tzinfo=UTC)


def test_what_is_over_stays_over_and_what_is_not_verified_is_never_done() -> None:
    over = {S.FULFILLED, S.PARTLY_FULFILLED, S.REFUSED, S.WITHDRAWN, S.LAPSED}
    assert {status for status, next_ones in MOVES.items() if not next_ones} == over
    assert QUEUE.keys() == set(S) - over
    for to in (S.IN_PROGRESS, S.HELD, S.FULFILLED, S.PARTLY_FULFILLED):
        with pytest.raises(PrivacyRequestStatusConflict) as conflict:
            check_move(S.UNVERIFIED, to)
        assert conflict.value.status == "UNVERIFIED"


@pytest.mark.rule("C26", "H039")
def test_a_request_is_due_a_calendar_month_after_its_receipt_and_at_most_two_more() -> None:
    assert due_date(FILED, TERMS) == DUE
    assert due_date(FILED, TERMS, extended=True) == datetime(2026, 4, 30, 9, tzinfo=UTC)


@pytest.mark.rule("C26")
def test_the_due_date_moves_once_and_before_it_passed() -> None:
    check_extendable(S.RECEIVED, DUE, False, DUE - SECOND)
    for now, extended in ((DUE, False), (DUE + SECOND, False), (DUE - SECOND, True)):
        with pytest.raises(PrivacyRequestNotExtendable) as refused:
            check_extendable(S.HELD, DUE, extended, now)
        assert refused.value.extended is extended
    for status in (S.UNVERIFIED, S.FULFILLED):
        with pytest.raises(PrivacyRequestStatusConflict):
            check_extendable(status, DUE, False, FILED)


@pytest.mark.parametrize("kind", K)
@pytest.mark.rule("P028")
def test_each_kind_is_refused_on_its_own_legal_grounds_only(kind: PrivacyRequestKind) -> None:
    assert GROUNDS[kind]
    for ground in G:
        if ground in GROUNDS[kind]:
            check_ground(kind, ground, needed=True)
        else:
            with pytest.raises(PrivacyRequestGroundInvalid) as refused:
                check_ground(kind, ground, needed=True)
            assert refused.value.kind == kind.value
    with pytest.raises(PrivacyRequestGroundInvalid):
        check_ground(kind, None, needed=True)
    check_ground(kind, None, needed=False)


def test_a_consent_is_withdrawn_whatever_the_grounds() -> None:
    assert GROUNDS[K.CONSENT_WITHDRAWAL] == {G.NOT_IDENTIFIED}


def test_only_some_kinds_are_about_purposes() -> None:
    known = frozenset({"one", "two"})
    check_purposes(K.RESTRICTION, frozenset({"one"}), known)
    check_purposes(K.ACCESS, frozenset(), known)
    for kind, purposes in ((K.ACCESS, {"one"}), (K.OBJECTION, {"three"})):
        with pytest.raises(PrivacyRequestPurposesInvalid) as refused:
            check_purposes(kind, frozenset(purposes), known)
        assert refused.value.purposes == "one two"


def test_mail_was_received_in_the_past_and_not_too_long_ago() -> None:
    check_received(FILED, FILED, TERMS)
    check_received(FILED - TERMS.received_before_max, FILED, TERMS)
    for wrong in (FILED + SECOND, FILED - TERMS.received_before_max - SECOND):
        with pytest.raises(PrivacyRequestReceivedAtInvalid):
            check_received(wrong, FILED, TERMS)


@pytest.mark.parametrize(
    ("standing", "step"),
    [
        (RequestStanding(S.UNVERIFIED, FILED, DUE), (Step.LAPSE, FILED + TERMS.verify_within)),
        (RequestStanding(S.RECEIVED, FILED, DUE), (Step.REMIND, DUE - TERMS.remind_before)),
        (RequestStanding(S.HELD, FILED, DUE, reminded=True), (Step.OVERDUE, DUE)),
        (RequestStanding(S.RECEIVED, DUE - TERMS.remind_before, DUE), (Step.OVERDUE, DUE)),
        (RequestStanding(S.IN_PROGRESS, FILED, DUE, reminded=True, overdue=True), None),
        (RequestStanding(S.FULFILLED, FILED, DUE), None),
    ],
)
def test_what_happens_next_by_itself(standing: RequestStanding, step: tuple[Step, datetime] | None) -> None:
    assert next_step(standing, TERMS) == step

"""The decisions about customers' requests: which status follows which, when they are due, on which grounds they end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from server.policy.rules.disclosing import EEA
from server.privacy.reads.regimes import due_by_law
from server.privacy.rules.recipient_requests import RefusalGround
from server.privacy.rules.regimes import Regime, RegimeChoice, RegimeTerms, regime_of
from server.privacy.rules.request_refusals import (
    PrivacyRequestChannelClosed,
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
    PrivacyRequestSource,
    PrivacyRequestStatus,
    PrivacyRequestTerms,
    RequestStanding,
    Step,
    check_channel,
    check_extendable,
    check_ground,
    check_move,
    check_purposes,
    check_received,
    months_to_answer,
    next_step,
)

K, S, G = PrivacyRequestKind, PrivacyRequestStatus, RefusalGround
TERMS = PrivacyRequestTerms()
SECOND = timedelta(seconds=1)
FILED = datetime(2026, 1, 31, 9, tzinfo=UTC)
DUE = datetime(2026, 2, 28, 9, tzinfo=UTC)


def answered_by(
    received_at: datetime,
    terms: PrivacyRequestTerms,
    laws: RegimeTerms,
    regime: Regime,
    extended: bool = False,
) -> datetime:
    months = months_to_answer(terms, extended=extended)
    return due_by_law(received_at, months, regime, laws, extended=extended)


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
    assert answered_by(FILED, TERMS, RegimeTerms(), Regime.OWN) == DUE
    extended = answered_by(FILED, TERMS, RegimeTerms(), Regime.OWN, extended=True)
    assert extended == datetime(2026, 4, 30, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("country", "regime"),
    [("FR", "GDPR"), ("NO", "GDPR"), ("CH", "FADP"), ("US", "OWN"), ("GB", "OWN"), (None, "GDPR")],
)
@pytest.mark.rule("P040")
def test_the_law_of_an_account_follows_from_its_country(country: str | None, regime: str) -> None:
    assert regime_of(country, EEA, RegimeTerms()) == regime
    assert regime_of(country, EEA, RegimeTerms(by_region=False)) is Regime.OWN


@pytest.mark.parametrize("received", [FILED, datetime(2026, 3, 2, 9, tzinfo=UTC)], ids=["february", "march"])
@pytest.mark.rule("P042")
def test_the_shortest_time_of_any_law_is_everybodys_where_the_policy_says_so(received: datetime) -> None:
    """Thirty days are shorter than most months, and longer than February."""
    own, generous = RegimeTerms(), replace(TERMS, respond_months=2)
    strictest = RegimeTerms(apply=RegimeChoice.STRICTEST)
    month, days = answered_by(received, TERMS, own, Regime.GDPR), received + timedelta(days=30)
    assert answered_by(received, TERMS, own, Regime.FADP) == min(month, days)
    assert answered_by(received, generous, own, Regime.GDPR) == month
    assert answered_by(received, generous, own, Regime.FADP) == days
    assert answered_by(received, generous, own, Regime.OWN) > month
    for regime in Regime:
        assert answered_by(received, generous, strictest, regime) == min(month, days)
        longer = answered_by(received, generous, strictest, regime, extended=True)
        assert longer == answered_by(received, TERMS, own, Regime.GDPR, extended=True)


@pytest.mark.rule("P023", "M121")
def test_a_copy_is_asked_for_on_the_ways_that_the_policy_offers_and_always_by_mail() -> None:
    source, alone = PrivacyRequestSource, replace(TERMS, access_channels=frozenset({"self"}))
    for open_way in (source.SELF, source.MAIL):
        check_channel(K.ACCESS, open_way, alone)
    check_channel(K.ACCESS, source.STAFF, TERMS)
    check_channel(K.ERASURE, source.STAFF, alone)
    with pytest.raises(PrivacyRequestChannelClosed) as refused:
        check_channel(K.ACCESS, source.STAFF, alone)
    assert refused.value.channels == "mail self"


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

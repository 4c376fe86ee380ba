"""The pure decisions about recipients' requests: which status may follow, what happens when, how it may be answered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from server.accounts.rules.staff import StaffRole
from server.privacy.graph import enums
from server.privacy.graph.types import DESK
from server.privacy.rules.recipient_requests import (
    GROUNDS,
    MOVES,
    QUEUE,
    RecipientRequestTerms,
    RefusalGround,
    RequestKind,
    RequestOutcome,
    RequestSource,
    RequestStatus,
    Standing,
    Step,
    check_answer,
    check_filings,
    check_move,
    check_received,
    next_step,
)
from server.privacy.rules.refusals import (
    RecipientAnswerInvalid,
    RecipientReceivedAtInvalid,
    RecipientRequestLimitReached,
    RecipientRequestStatusConflict,
)

TERMS = RecipientRequestTerms()
FILED = datetime(2026, 3, 2, 9, tzinfo=UTC)
DUE = datetime(2026, 4, 2, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)
REMIND = DUE - TERMS.remind_before
S = RequestStatus


@pytest.mark.parametrize("status", list(S))
@pytest.mark.parametrize("to", list(S))
def test_only_what_the_table_says_may_follow(status: RequestStatus, to: RequestStatus) -> None:
    if to in MOVES[status]:
        check_move(status, to)
        return
    with pytest.raises(RecipientRequestStatusConflict) as refused:
        check_move(status, to)
    assert refused.value.status == status.value


def test_what_is_open_is_in_the_queue_and_has_a_way_on() -> None:
    assert {status for status in S if MOVES[status]} == QUEUE.keys()
    assert sorted(QUEUE, key=QUEUE.__getitem__) == [S.ESCALATED, S.RELAYED, S.RECEIVED]


@pytest.mark.rule("M011")
@pytest.mark.parametrize(
    ("standing", "step"),
    [
        (Standing(S.RECEIVED, FILED, DUE), (Step.LAPSE, FILED + TERMS.verify_within)),
        (Standing(S.RELAYED, FILED, DUE, FILED), (Step.REMIND, REMIND)),
        (Standing(S.RELAYED, FILED, DUE, REMIND - SECOND), (Step.REMIND, REMIND)),
        (Standing(S.RELAYED, FILED, DUE, REMIND), (Step.ESCALATE, DUE)),
        (Standing(S.RELAYED, FILED, DUE, FILED, reminded=True), (Step.ESCALATE, DUE)),
        (Standing(S.RELAYED, FILED, DUE, DUE + SECOND), (Step.ESCALATE, DUE)),
        (Standing(S.ESCALATED, FILED, DUE, FILED), None),
        (Standing(S.ANSWERED, FILED, DUE, FILED, ended_at=DUE), (Step.FORGET, DUE + TERMS.kept_after_end)),
        (Standing(S.CLOSED, FILED, DUE, FILED, ended_at=DUE), (Step.FORGET, DUE + TERMS.kept_after_end)),
        (Standing(S.ANSWERED, FILED, DUE, FILED, ended_at=DUE, forgotten=True), None),
        (Standing(S.LAPSED, FILED, DUE, ended_at=DUE, forgotten=True), None),
    ],
)
def test_what_happens_next_by_itself(standing: Standing, step: tuple[Step, datetime] | None) -> None:
    assert next_step(standing, TERMS) == step


@pytest.mark.rule("M011")
@pytest.mark.parametrize("kind", list(RequestKind))
@pytest.mark.parametrize("ground", list(RefusalGround))
def test_a_refusal_has_a_ground_of_its_kind_and_says_why(kind: RequestKind, ground: RefusalGround) -> None:
    if ground in GROUNDS[kind]:
        check_answer(kind, RequestOutcome.REFUSED, ground, "Because.")
    else:
        with pytest.raises(RecipientAnswerInvalid):
            check_answer(kind, RequestOutcome.REFUSED, ground, "Because.")
    for outcome, given, text in (
        (RequestOutcome.REFUSED, ground, None),
        (RequestOutcome.REFUSED, None, "Because."),
        (RequestOutcome.DONE, ground, None),
        (RequestOutcome.NOTHING_HELD, ground, None),
    ):
        with pytest.raises(RecipientAnswerInvalid):
            check_answer(kind, outcome, given, text)
    check_answer(kind, RequestOutcome.DONE, None, None)


def test_mail_is_of_the_past_and_not_too_old() -> None:
    for received_at in (DUE, DUE - TERMS.received_before_max):
        check_received(received_at, DUE, TERMS)
    for received_at in (DUE + SECOND, DUE - TERMS.received_before_max - SECOND):
        with pytest.raises(RecipientReceivedAtInvalid) as refused:
            check_received(received_at, DUE, TERMS)
        assert refused.value.days_max == 365


def test_requests_are_bounded_by_address_and_in_all() -> None:
    check_filings(TERMS.filings_per_address_max - 1, TERMS.filings_max - 1, TERMS)
    for counted in ((TERMS.filings_per_address_max, 0), (0, TERMS.filings_max)):
        with pytest.raises(RecipientRequestLimitReached) as refused:
            check_filings(*counted, TERMS)
        assert refused.value.retry_after_seconds == 3600


def test_the_staff_who_look_after_them_have_roles_that_there_are() -> None:
    roles = {StaffRole.PRIVACY_OFFICER, StaffRole.SUPPORT, StaffRole.ADMIN}
    assert DESK.staff_roles == {role.value for role in roles}


def test_the_apis_enums_name_what_the_rules_know() -> None:
    pairs = (
        (enums.KindEnum, RequestKind),
        (enums.SourceEnum, RequestSource),
        (enums.StateEnum, RequestStatus),
        (enums.OutcomeEnum, RequestOutcome),
        (enums.GroundEnum, RefusalGround),
    )
    for shown, known in pairs:
        assert [member.name for member in shown] == [member.name for member in known]

"""Where a ticket may go, and when: at each boundary instant and one second either side."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from server.support.graph import enums
from server.support.rules import (
    BY_ANSWER,
    MOVES,
    ContactLimitReached,
    Standing,
    Step,
    Terms,
    TicketClosedForGood,
    TicketKind,
    TicketLimitReached,
    TicketSource,
    TicketStatus,
    TicketStatusConflict,
    check_contacts,
    check_count,
    check_move,
    check_reply,
    due_at,
    next_step,
)

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TERMS = Terms()
S = TicketStatus


def test_the_apis_enums_name_what_the_rules_know() -> None:
    for shown, known in (
        (enums.TicketKindEnum, TicketKind),
        (enums.TicketSourceEnum, TicketSource),
        (enums.TicketStateEnum, TicketStatus),
    ):
        assert [member.name for member in shown] == [member.name for member in known]
    assert {member.name for member in enums.AfterAnswer} == {status.value for status in BY_ANSWER}


@pytest.mark.parametrize("status", S)
@pytest.mark.parametrize("to", S)
def test_a_ticket_goes_where_the_table_says(status: TicketStatus, to: TicketStatus) -> None:
    if to in MOVES[status]:
        check_move(status, to)
        return
    with pytest.raises(TicketStatusConflict) as refused:
        check_move(status, to)
    assert refused.value.status == status.value


def test_nothing_becomes_unconfirmed_and_what_is_closed_is_opened_by_an_answer_only() -> None:
    assert all(S.UNCONFIRMED not in then for then in MOVES.values())
    assert MOVES[S.CLOSED] == {S.OPEN}
    assert MOVES[S.UNCONFIRMED] == {S.OPEN}


@pytest.mark.parametrize(("seconds", "open_again"), [(-1, True), (0, False), (1, False)])
def test_a_closed_ticket_is_answered_within_its_period(seconds: int, open_again: bool) -> None:
    at = NOW + TERMS.reopen_within + timedelta(seconds=seconds)
    check_reply(None, at, TERMS)
    if open_again:
        check_reply(NOW, at, TERMS)
        return
    with pytest.raises(TicketClosedForGood) as refused:
        check_reply(NOW, at, TERMS)
    assert (refused.value.closed_at, refused.value.days_max) == (NOW.isoformat(), 30)


@pytest.mark.rule("M101")
def test_a_defect_has_no_due_date_unless_a_policy_promises_one() -> None:
    assert due_at(TicketKind.DEFECT, NOW, TERMS) is None
    promised = replace(TERMS, defect_answered_within=timedelta(days=3))
    assert due_at(TicketKind.DEFECT, NOW, promised) == NOW + timedelta(days=3)
    assert due_at(TicketKind.QUESTION, NOW, promised) is None


@pytest.mark.parametrize(
    ("status", "kept_until", "step"),
    [
        (S.UNCONFIRMED, None, (Step.LAPSE, NOW + timedelta(hours=24))),
        (S.OPEN, None, None),
        (S.ANSWERED, None, (Step.CLOSE, NOW + timedelta(days=14))),
        (S.WAITING, None, (Step.CLOSE, NOW + timedelta(days=14))),
        (S.CLOSED, None, None),
        (S.CLOSED, NOW, (Step.DELETE, NOW)),
    ],
)
def test_what_happens_to_a_ticket_by_itself(
    status: TicketStatus, kept_until: datetime | None, step: tuple[Step, datetime] | None
) -> None:
    assert next_step(Standing(status, NOW, kept_until), TERMS) == step


def test_limits_refuse_what_comes_after_the_last() -> None:
    check_count(1, 2)
    with pytest.raises(TicketLimitReached) as refused:
        check_count(2, 2)
    assert refused.value.limit == 2
    check_contacts(4, 29, TERMS)
    for from_caller, from_everywhere in ((5, 5), (0, 30)):
        with pytest.raises(ContactLimitReached) as limited:
            check_contacts(from_caller, from_everywhere, TERMS)
        assert limited.value.retry_after_seconds == 3600

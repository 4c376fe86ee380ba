"""What an incident goes through and what each state wants first, as pure decisions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from server.incidents.rules.lifecycle import (
    ORDER,
    Assessment,
    Criteria,
    Criterion,
    Exemption,
    IncidentStatus,
    IncidentTerms,
    Lack,
    Risk,
    Standing,
    Step,
    check_assessment,
    check_authority_notice,
    check_criteria,
    check_decision,
    check_known,
    check_move,
    next_step,
    queue_rank,
)
from server.incidents.rules.refusals import (
    IncidentCriterionInvalid,
    IncidentDelayUnexplained,
    IncidentIncomplete,
    IncidentInstantInvalid,
    IncidentNoticeRequired,
    IncidentScopeInvalid,
    IncidentSkipUnexplained,
    IncidentStatusConflict,
)

S = IncidentStatus
TERMS = IncidentTerms()
SECOND = timedelta(seconds=1)
KNOWN = datetime(2026, 3, 2, 9, tzinfo=UTC)
DUE = datetime(2026, 3, 5, 9, tzinfo=UTC)
NEW = Standing(S.REPORTED, None, DUE, KNOWN)
DONE = Standing(
    S.REPORTED,
    Risk.RISK,
    DUE,
    KNOWN,
    assessed=True,
    accounts=True,
    authority_notified=True,
    notify=True,
    told=True,
    corrected=True,
)


@pytest.mark.rule("H021")
def test_there_are_seven_states_in_order_and_none_is_skipped_without_a_reason() -> None:
    assert " ".join(ORDER) == "REPORTED INVESTIGATING ASSESSED MITIGATED NOTIFIED CORRECTED CLOSED"
    for here, status in enumerate(ORDER):
        for there, to in enumerate(ORDER):
            standing = replace(DONE, status=status)
            if there <= here:
                with pytest.raises(IncidentStatusConflict):
                    check_move(standing, to, explained=True, terms=TERMS)
                continue
            check_move(standing, to, explained=True, terms=TERMS)
            if there == here + 1:
                check_move(standing, to, explained=False, terms=TERMS)
                continue
            with pytest.raises(IncidentSkipUnexplained) as refused:
                check_move(standing, to, explained=False, terms=TERMS)
            assert refused.value.skipped.split() == list(ORDER[here + 1 : there])


LACKING = [
    (S.INVESTIGATING, NEW, ""),
    (S.ASSESSED, NEW, ""),
    (S.MITIGATED, NEW, "ASSESSMENT"),
    (S.MITIGATED, replace(NEW, scanned=False), "ASSESSMENT SCAN"),
    (S.MITIGATED, replace(NEW, assessed=True, risk=Risk.RISK), "ACCOUNTS"),
    (S.MITIGATED, replace(NEW, assessed=True, risk=Risk.NONE), ""),
    (S.MITIGATED, replace(NEW, assessed=True, risk=Risk.RISK, accounts=True), ""),
    (S.NOTIFIED, NEW, "ASSESSMENT AUTHORITY_NOTICE DECISION"),
    (S.NOTIFIED, replace(NEW, assessed=True, risk=Risk.NONE), "DECISION"),
    (S.NOTIFIED, replace(NEW, assessed=True, risk=Risk.NONE, notify=False), ""),
    (S.NOTIFIED, replace(DONE, told=False), "CUSTOMERS_TOLD"),
    (S.CORRECTED, replace(DONE, authority_notified=False), "AUTHORITY_NOTICE"),
    (S.CORRECTED, replace(DONE, corrected=False), ""),
    (S.CLOSED, replace(DONE, corrected=False), "CORRECTION"),
    (S.CLOSED, DONE, ""),
]


@pytest.mark.parametrize(("to", "standing", "lacks"), LACKING)
@pytest.mark.rule("H022", "H024")
def test_each_state_wants_what_comes_before_it(to: IncidentStatus, standing: Standing, lacks: str) -> None:
    if not lacks:
        check_move(standing, to, explained=True, terms=TERMS)
        return
    with pytest.raises(IncidentIncomplete) as refused:
        check_move(standing, to, explained=True, terms=TERMS)
    assert refused.value.lacks == lacks
    assert set(lacks.split()) <= {lack.value for lack in Lack}


def test_a_policy_may_want_less() -> None:
    lenient = replace(TERMS, assessment_required=False, correction_required=False)
    check_move(replace(NEW, status=S.ASSESSED), S.MITIGATED, explained=False, terms=lenient)
    check_move(replace(DONE, corrected=False), S.CLOSED, explained=True, terms=lenient)


@pytest.mark.rule("C26")
def test_the_clock_reminds_and_is_over_after_72_hours_to_the_moment() -> None:
    assert KNOWN + TERMS.authority_within == DUE
    assert next_step(NEW, TERMS) == (Step.REMIND, DUE - timedelta(hours=24))
    late = next_step(replace(NEW, reminded=True), TERMS)
    assert late == (Step.OVERDUE, DUE + timedelta(microseconds=1)), "at 72 hours it is in time"
    entered_late = replace(NEW, opened_at=DUE - TERMS.remind_before)
    assert next_step(entered_late, TERMS) == late
    for ended in (
        replace(NEW, overdue=True),
        replace(NEW, authority_notified=True),
        replace(NEW, risk=Risk.NONE),
        replace(NEW, status=S.CLOSED),
    ):
        assert next_step(ended, TERMS) is None
    assert [queue_rank(each) for each in (NEW, DONE, replace(DONE, status=S.CLOSED))] == [0, 1, None]


@pytest.mark.parametrize("late", [-SECOND, timedelta(0), SECOND])
def test_a_late_notice_says_why(late: timedelta) -> None:
    at = DUE + late
    check_authority_notice(at, KNOWN, DUE, True, at, TERMS)
    if late <= timedelta(0):
        check_authority_notice(at, KNOWN, DUE, False, at, TERMS)
        return
    with pytest.raises(IncidentDelayUnexplained) as refused:
        check_authority_notice(at, KNOWN, DUE, False, at, TERMS)
    assert refused.value.due_at == DUE.isoformat()


@pytest.mark.parametrize("notified_at", [KNOWN - SECOND, DUE + SECOND])
def test_nobody_is_told_before_it_is_known_nor_in_the_future(notified_at: datetime) -> None:
    with pytest.raises(IncidentInstantInvalid):
        check_authority_notice(notified_at, KNOWN, DUE, True, DUE, TERMS)


@pytest.mark.parametrize(
    ("known_at", "occurred_at", "fits"),
    [
        (KNOWN, None, True),
        (KNOWN, KNOWN, True),
        (KNOWN, KNOWN + SECOND, False),
        (KNOWN + SECOND, None, False),
        (KNOWN - TERMS.known_before_max, None, True),
        (KNOWN - TERMS.known_before_max - SECOND, None, False),
    ],
)
def test_it_happened_before_it_was_known_and_that_before_now(
    known_at: datetime, occurred_at: datetime | None, fits: bool
) -> None:
    if fits:
        check_known(known_at, occurred_at, KNOWN, TERMS)
        return
    with pytest.raises(IncidentInstantInvalid):
        check_known(known_at, occurred_at, KNOWN, TERMS)


@pytest.mark.parametrize(
    ("risk", "categories", "people", "fits"),
    [
        (Risk.NONE, "", 0, True),
        (Risk.RISK, "financial", 1, True),
        (Risk.RISK, "", 1, False),
        (Risk.HIGH_RISK, "financial", 0, False),
        (Risk.NONE, "weather", 0, False),
        (Risk.NONE, "", -1, False),
        (Risk.NONE, "", TERMS.people_max + 1, False),
    ],
)
@pytest.mark.rule("H022")
def test_a_risk_is_one_to_people_through_data_of_the_policy(
    risk: Risk, categories: str, people: int, fits: bool
) -> None:
    assessment = Assessment(risk, frozenset(categories.split()), people, "Nothing.")
    if fits:
        check_assessment(assessment, TERMS)
        return
    with pytest.raises(IncidentScopeInvalid) as refused:
        check_assessment(assessment, TERMS)
    assert "financial" in refused.value.categories.split()


NOTICES = [
    (False, None, Risk.NONE, "when_risk", True),
    (False, None, Risk.RISK, "when_risk", False),
    (False, None, Risk.RISK, "when_high_risk", True),
    (False, None, Risk.HIGH_RISK, "when_high_risk", False),
    (False, None, Risk.NONE, "always", False),
    (False, Exemption.UNINTELLIGIBLE, Risk.HIGH_RISK, "when_risk", True),
    (True, None, Risk.RISK, "when_risk", True),
    (True, None, Risk.NONE, "when_high_risk", True),
]
TOLD_OF = {"when_high_risk": {Risk.HIGH_RISK}, "when_risk": {Risk.RISK, Risk.HIGH_RISK}, "always": set(Risk)}


@pytest.mark.parametrize(("notify", "exemption", "risk", "policy", "fits"), NOTICES)
@pytest.mark.rule("H023")
def test_of_which_risks_customers_are_told_is_the_policys(
    notify: bool, exemption: Exemption | None, risk: Risk, policy: str, fits: bool
) -> None:
    terms = replace(TERMS, tell_customers_of=frozenset(TOLD_OF[policy]))
    if fits:
        check_decision(notify, exemption, risk, terms)
        return
    with pytest.raises(IncidentNoticeRequired) as refused:
        check_decision(notify, exemption, risk, terms)
    assert refused.value.risk == risk.value
    with pytest.raises(IncidentIncomplete):
        check_decision(notify, exemption, None, terms)


KEPT = KNOWN - TERMS.sign_ins_kept


@pytest.mark.parametrize(
    ("criteria", "fits"),
    [
        (Criteria(Criterion.EVERYONE), True),
        (Criteria(Criterion.HELD, "financial"), True),
        (Criteria(Criterion.HELD, "weather"), False),
        (Criteria(Criterion.HELD), False),
        (Criteria(Criterion.SIGNED_IN, since=KEPT, until=KNOWN), True),
        (Criteria(Criterion.SIGNED_IN, since=KEPT - SECOND, until=KNOWN), False),
        (Criteria(Criterion.SIGNED_IN, since=KEPT, until=KNOWN + SECOND), False),
        (Criteria(Criterion.SIGNED_IN, since=KEPT, until=KEPT), False),
    ],
)
def test_a_criterion_can_be_applied_exactly(criteria: Criteria, fits: bool) -> None:
    if fits:
        check_criteria(criteria, KNOWN, TERMS)
        return
    with pytest.raises(IncidentCriterionInvalid):
        check_criteria(criteria, KNOWN, TERMS)

"""What is spam, what a proof is, and which rate of complaints asks for what: without a database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from server.campaigns.rules.complaints import (
    MOVES,
    ComplaintCategory,
    ComplaintStatus,
    ComplaintTerms,
    Evidence,
    EvidenceKind,
    Finding,
    Rate,
    RejectionReason,
    check_appeal_in_time,
    check_evidence,
    check_move,
    check_proof_in_time,
    check_reports,
    check_subject,
    check_text,
    check_verdict,
    classify,
    counted_since,
    judge,
)
from server.campaigns.rules.complaints_refusals import (
    AbuseReportLimitReached,
    ComplaintAppealTooLate,
    ComplaintEvidenceInvalid,
    ComplaintFindingInvalid,
    ComplaintProofTooLate,
    ComplaintStatusConflict,
    ComplaintSubjectInvalid,
    ComplaintTextInvalid,
    ComplaintVerdictInvalid,
)
from server.kit.problems import Refusal
from tests.kit.test_card_numbers import card_number

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
TERMS = ComplaintTerms()
SPAM, CONTENT, IP_RIGHTS = ComplaintCategory


def refused(kind: type[Refusal], act: Callable[[], Any]) -> Any:
    with pytest.raises(kind) as caught:
        act()
    return caught.value


@pytest.mark.rule("M015")
@pytest.mark.parametrize(("unsolicited", "bulk"), list(product((True, False), repeat=2)))
def test_spam_is_unsolicited_and_bulk_both(unsolicited: bool, bulk: bool) -> None:
    found = classify(SPAM, Finding(unsolicited=unsolicited, bulk=bulk))
    assert (found is ComplaintStatus.AWAITING_PROOF) == (unsolicited and bulk)
    assert found in (ComplaintStatus.AWAITING_PROOF, ComplaintStatus.NOT_SPAM)


@pytest.mark.rule("M016", "M017")
@pytest.mark.parametrize("category", [CONTENT, IP_RIGHTS])
def test_content_and_rights_of_others_are_complaints_of_their_own(category: ComplaintCategory) -> None:
    assert classify(category, Finding(founded=True)) is ComplaintStatus.AWAITING_PROOF
    assert classify(category, Finding(founded=False)) is ComplaintStatus.UNFOUNDED


@pytest.mark.parametrize(
    ("category", "finding"),
    [
        (SPAM, Finding()),
        (SPAM, Finding(unsolicited=True)),
        (SPAM, Finding(bulk=True)),
        (SPAM, Finding(founded=True)),
        (SPAM, Finding(unsolicited=True, bulk=True, founded=True)),
        (CONTENT, Finding()),
        (CONTENT, Finding(bulk=False, founded=True)),
        (IP_RIGHTS, Finding(unsolicited=True, bulk=True)),
    ],
)
def test_a_finding_says_what_its_category_asks(category: ComplaintCategory, finding: Finding) -> None:
    assert refused(ComplaintFindingInvalid, lambda: classify(category, finding)).category == category.value


@pytest.mark.rule("M022")
def test_spam_is_of_a_campaign_and_other_complaints_of_an_account_at_least() -> None:
    for category in ComplaintCategory:
        check_subject(category, None, "cmp_1")
    check_subject(CONTENT, "acc_1", None)
    for category, account_id in ((SPAM, "acc_1"), (SPAM, None), (IP_RIGHTS, None)):
        with pytest.raises(ComplaintSubjectInvalid):
            check_subject(category, account_id, None)


@pytest.mark.rule("M023")
def test_a_proof_is_of_four_kinds() -> None:
    assert [kind.value for kind in EvidenceKind] == [
        "CONSENT_TIME",
        "SUBSCRIPTION_CONSENT",
        "CUSTOMER_RELATIONSHIP",
        "OTHER_LAWFUL_COLLECTION",
    ]
    check_evidence([Evidence(kind, "the words", NOW) for kind in EvidenceKind], NOW, TERMS)


@pytest.mark.parametrize(
    ("evidence", "fault"),
    [
        ([], "NOTHING"),
        ([Evidence(EvidenceKind.CONSENT_TIME, "x", NOW)] * 2, "KIND_TWICE"),
        ([Evidence(EvidenceKind.CONSENT_TIME, "x")], "CONSENT_TIME_MISSING"),
        ([Evidence(EvidenceKind.CUSTOMER_RELATIONSHIP, "x", NOW + SECOND)], "CONSENT_TIME_NOT_PAST"),
    ],
)
def test_a_proof_holds_together(evidence: list[Evidence], fault: str) -> None:
    assert refused(ComplaintEvidenceInvalid, lambda: check_evidence(evidence, NOW, TERMS)).fault == fault


@pytest.mark.parametrize(
    ("text", "fault"),
    [("", "BLANK"), (" \n", "BLANK"), ("x" * 11, "TOO_LONG"), ("a\x00b", "NOT_PRINTABLE")],
)
def test_a_text_is_visible_and_short(text: str, fault: str) -> None:
    assert refused(ComplaintTextInvalid, lambda: check_text(text, 10)).fault == fault
    check_text("two\nlines", 10)


def test_a_text_holds_no_card_number() -> None:
    refusal = refused(ComplaintTextInvalid, lambda: check_text(f"it was {card_number('4', 16)}", 100))
    assert (refusal.fault, refusal.length_max) == ("CARD_NUMBER", 100)


def test_only_these_changes_of_status_are_allowed() -> None:
    for status, to in product(ComplaintStatus, repeat=2):
        if to in MOVES[status]:
            check_move(status, to)
        else:
            assert refused(ComplaintStatusConflict, lambda: check_move(status, to)).status == status.value  # noqa: B023
    after_proof = MOVES[ComplaintStatus.PROOF_SUBMITTED]
    assert ComplaintStatus.LAPSED not in after_proof, "a submission stops the clock for good"


def test_terms_end_at_their_last_instant() -> None:
    for check, kind in (
        (check_proof_in_time, ComplaintProofTooLate),
        (check_appeal_in_time, ComplaintAppealTooLate),
    ):
        check(NOW - SECOND, NOW)
        for late in (NOW, NOW + SECOND):
            assert refused(kind, lambda: check(late, NOW)).due_at == NOW.isoformat()  # noqa: B023


@pytest.mark.rule("M025")
def test_a_rejection_has_a_reason_and_an_acceptance_none() -> None:
    check_verdict(True, None)
    check_verdict(False, RejectionReason.LIST_NOT_OWN)
    for accepted, reason in ((True, RejectionReason.OTHER), (False, None)):
        with pytest.raises(ComplaintVerdictInvalid):
            check_verdict(accepted, reason)


def test_public_reports_are_limited() -> None:
    check_reports(TERMS.reports_per_address_max - 1, TERMS.reports_max - 1, TERMS)
    for from_address, everywhere in ((TERMS.reports_per_address_max, 5), (0, TERMS.reports_max)):
        refusal = refused(AbuseReportLimitReached, lambda: check_reports(from_address, everywhere, TERMS))  # noqa: B023
        assert refusal.retry_after_seconds == 3600


@pytest.mark.parametrize(
    ("complaints", "recipients", "rate"),
    [
        (199, 199, Rate.FINE),  # below the minimum volume nothing is judged
        (1, 200, Rate.SUSPEND),  # 0.5 %
        (0, 200, Rate.FINE),
        (79, 100_000, Rate.FINE),
        (80, 100_000, Rate.WARN),  # 0.08 %
        (81, 100_000, Rate.WARN),
        (299, 100_000, Rate.WARN),
        (300, 100_000, Rate.SUSPEND),  # 0.3 %
        (301, 100_000, Rate.SUSPEND),
        (8, 10_001, Rate.FINE),
        (3, 1_000, Rate.SUSPEND),
        (3, 1_001, Rate.WARN),
    ],
)
def test_a_rate_is_judged_exactly(complaints: int, recipients: int, rate: Rate) -> None:
    assert judge(complaints, recipients, TERMS) is rate


def test_the_window_begins_anew_at_a_reinstatement() -> None:
    week = NOW - timedelta(days=7)
    assert counted_since(NOW, [], TERMS) == week
    assert counted_since(NOW, [week - SECOND], TERMS) == week
    assert counted_since(NOW, [week - SECOND, NOW - SECOND], TERMS) == NOW - SECOND

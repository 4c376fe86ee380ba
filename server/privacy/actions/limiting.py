"""Requests that are done at once: restriction, objection, and the withdrawal of consents (P025, M112, M124, M127)."""

from __future__ import annotations

from contextlib import suppress

from server.accounts.actions.closing import close_account
from server.accounts.actions.restricting import release_processing, stop_processing
from server.accounts.rules.restricting import (
    ObjectionEffect,
    RestrictionTerms,
    Right,
)
from server.kit.work import Work
from server.policy.actions.consents import withdraw_consent_of
from server.policy.reads.registers import live_purposes
from server.policy.rules.consenting import ConsentTerms, NoConsent
from server.privacy.actions.request_changes import locked
from server.privacy.actions.requests import DONE, Filing, Outcome, file_request, fulfil_request
from server.privacy.reads.requests import PrivacyRequestRow
from server.privacy.rules.request_refusals import PrivacyRequestKindConflict
from server.privacy.rules.requests import (
    BY_HAND,
    OF_PURPOSES,
    PrivacyRequestKind,
    PrivacyRequestSource,
    check_purposes,
)

_K = PrivacyRequestKind


def restrict_processing(
    work: Work, account_id: str, person_id: str | None, purposes: frozenset[str]
) -> PrivacyRequestRow:
    """Let the account's data be stored only, for these purposes or, without any, for all (article 18).

    Raises PrivacyRequestPurposesInvalid, and what `file_request` raises.
    """
    filing = Filing(account_id, _K.RESTRICTION, PrivacyRequestSource.SELF, person_id, purposes)
    check_filing(work, filing)
    return fulfil_by_hand(work, file_request(work, filing).id)


def object_to_processing(
    work: Work,
    account_id: str,
    person_id: str | None,
    purposes: frozenset[str],
    acknowledged: str | None,
) -> PrivacyRequestRow:
    """Stop processing for these purposes, or all (article 21). Where the policy says so, the account is closed (M127).

    `acknowledged` is the digest of what is lost by closing. Raises PrivacyRequestPurposesInvalid, what `file_request`
    raises and, where the account is closed, what `close_account` raises.
    """
    filing = Filing(account_id, _K.OBJECTION, PrivacyRequestSource.SELF, person_id, purposes)
    check_filing(work, filing)
    row = file_request(work, filing)
    if work.terms(RestrictionTerms).objection_effect is ObjectionEffect.STOP_PURPOSE:
        return fulfil_by_hand(work, row.id)
    close_account(work, acknowledged or "")
    return fulfil_request(work, row.id)


def lift_restriction(work: Work, account_id: str, restriction_id: str) -> None:
    """Let go on what was restricted, or objected to. Raises RestrictionNotFound, also for another account's (Q014)."""
    release_processing(work, account_id, restriction_id)


def check_filing(work: Work, filing: Filing) -> None:
    """Raises PrivacyRequestPurposesInvalid for purposes that such a request cannot be about."""
    check_purposes(filing.kind, filing.purposes, nameable(work, filing.kind))


def nameable(work: Work, kind: PrivacyRequestKind) -> frozenset[str]:
    """What such a request can be about alone."""
    if kind is _K.CONSENT_WITHDRAWAL:
        return work.terms(ConsentTerms).purposes
    terms = work.terms(RestrictionTerms)
    if kind is _K.OBJECTION and terms.objection_effect is ObjectionEffect.CLOSE_ACCOUNT:
        return frozenset()
    return terms.nameable


def fulfil_by_hand(work: Work, request_id: str, outcome: Outcome = DONE) -> PrivacyRequestRow:
    """Do what a verified request asks that is done at once or by people, and say that it is done.

    Raises PrivacyRequestKindConflict for what a job does, and what `fulfil_request` raises.
    """
    row = locked(work, request_id)
    kind = PrivacyRequestKind(row.kind)
    if kind not in BY_HAND:
        raise PrivacyRequestKindConflict(kind.value)
    done = fulfil_request(work, request_id, outcome)
    if kind in OF_PURPOSES:
        _apply(work, done, kind)
    return done


def _apply(work: Work, row: PrivacyRequestRow, kind: PrivacyRequestKind) -> None:
    purposes = row.purposes.split()
    if kind is _K.CONSENT_WITHDRAWAL:
        for purpose in purposes or live_purposes(work, row.account_id):
            with suppress(NoConsent):  # it was withdrawn meanwhile
                withdraw_consent_of(work, row.account_id, purpose)
    else:
        stop_processing(work, row.account_id, Right(kind.value), purposes, row.id)

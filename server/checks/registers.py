"""Checks of the registers and of the published versions."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from sqlalchemy import func, or_, select

from server.accounts.rules.signing import COUNTRIES
from server.checks.looking import look
from server.kit.work import Read
from server.policy.model import (
    Consent,
    Disclosure,
    LegalityCheck,
    PolicyVersion,
    Processor,
    RecipientNotice,
)
from server.policy.reads.registers import active_processors
from server.policy.rules.checking import Check, Finding, combined, finding
from server.policy.rules.consenting import ConsentTerms
from server.policy.rules.disclosing import (
    LEGAL,
    DisclosureTerms,
    Ground,
    ProcessorRole,
    RecipientClass,
    needs_mechanism,
)
from server.policy.rules.publishing import ChangeTerms, Published
from server.policy.rules.storing import StoreTerms, misplaced
from server.policy.rules.wording import authentic_hash

_legal = Disclosure.ground.in_([ground.value for ground in LEGAL])


def disclosures_grounded(read: Read) -> Finding:
    """No disclosure stands on a ground that the policy does not allow (Q015, P016, H010, M131)."""
    allowed = [ground.value for ground in read.terms(DisclosureTerms).grounds]
    return look(read, "disclosures", Disclosure, Disclosure.id, Disclosure.ground.not_in(allowed))


def disclosures_documented(read: Read) -> Finding:
    """A disclosure to an authority says to whom, by which law and for which request; each says what (Q016, M010)."""
    incomplete = or_(
        Disclosure.authority.is_(None), Disclosure.legal_basis.is_(None), Disclosure.reference.is_(None)
    )
    return look(
        read, "disclosures", Disclosure, Disclosure.id, (_legal & incomplete) | (Disclosure.categories == "")
    )


def disclosures_checked(read: Read) -> Finding:
    """A legal request was found lawful before its answer (P020)."""
    found = select(LegalityCheck.id).where(
        LegalityCheck.id == Disclosure.legality_check_id,
        LegalityCheck.account_id == Disclosure.account_id,
        LegalityCheck.lawful.is_(True),
        LegalityCheck.checked_at <= Disclosure.disclosed_at,
    )
    return look(read, "disclosures", Disclosure, Disclosure.id, _legal & ~found.exists())


def disclosures_consented(read: Read) -> Finding:
    """A disclosure by consent was made while the account's consent was given (P017)."""
    given = select(Consent.id).where(
        Consent.id == Disclosure.consent_id,
        Consent.account_id == Disclosure.account_id,
        Consent.given_at <= Disclosure.disclosed_at,
        or_(Consent.withdrawn_at.is_(None), Consent.withdrawn_at >= Disclosure.disclosed_at),
    )
    by_consent = Disclosure.ground == Ground.CONSENT.value
    return look(read, "disclosures", Disclosure, Disclosure.id, by_consent & ~given.exists())


def recipients_announced(read: Read) -> Finding:
    """Where the policy says so, an account was told of a kind of recipient before its data went there (M129)."""
    if not read.terms(DisclosureTerms).notify_before:
        return finding(0, "disclosures", [])
    told = select(RecipientNotice.account_id).where(
        RecipientNotice.account_id == Disclosure.account_id,
        RecipientNotice.recipient_class == Disclosure.recipient_class,
        RecipientNotice.told_at <= Disclosure.disclosed_at,
    )
    return look(read, "disclosures", Disclosure, Disclosure.id, ~told.exists())


def processors_bound(read: Read) -> Finding:
    """Every active processor has a role, an agreement, and a review that is not due (P018, H011, B012, M130)."""
    unbound = or_(
        Processor.agreement.is_(None),
        Processor.review_at.is_(None),
        Processor.review_at <= read.now,
        Processor.role.not_in([role.value for role in ProcessorRole]),
    )
    return look(read, "processors", Processor, Processor.id, (Processor.status == "ACTIVE") & unbound)


def processors_within_categories(read: Read) -> Finding:
    """No delivery network may get categories of data beyond those that the policy lists (M133)."""
    limits = read.terms(DisclosureTerms).delivery_network_categories
    active = active_processors(read)
    wrong = [
        row.id
        for row in active
        if limits is not None
        and row.recipient_class == RecipientClass.DELIVERY_NETWORK.value
        and not set(row.categories.split()) <= limits
    ]
    return finding(len(active), "active processors", wrong)


def transfers_safeguarded(read: Read) -> Finding:
    """Every active processor outside the EEA has a mechanism that the policy accepts (P041, H033, M136)."""
    accepted = {mechanism.value for mechanism in read.terms(DisclosureTerms).mechanisms}
    active = active_processors(read)
    wrong = [row.id for row in active if needs_mechanism(row.region) and row.mechanism not in accepted]
    return finding(len(active), "active processors", wrong)


def named_processors_registered(read: Read) -> Finding:
    """Every active payment provider, and everybody who analyses usage, is one that the policy names (M116, P022)."""
    profile, active = read.terms(Published).profile, active_processors(read)
    keys = {
        RecipientClass.PAYMENT_PROVIDER.value: "processors",
        RecipientClass.ANALYTICS.value: "processors.analytics",
    }
    said = {kind: profile.value(key) if key in profile.clauses else () for kind, key in keys.items()}
    to_name = [row for row in active if row.recipient_class in said]
    return finding(
        len(to_name), "processors", [row.id for row in to_name if row.name not in said[row.recipient_class]]
    )


def consents_of_known_purposes(read: Read) -> Finding:
    """No consent is given to a purpose that the policy does not list, and none twice (B004, C13)."""
    known = sorted(read.terms(ConsentTerms).purposes)
    live = Consent.withdrawn_at.is_(None)
    newest = select(func.max(Consent.id)).where(live).group_by(Consent.account_id, Consent.purpose)
    wrong = live & (Consent.purpose.not_in(known) | Consent.id.not_in(newest))
    return look(read, "consents", Consent, Consent.id, wrong)


def one_version_in_force(read: Read) -> Finding:
    """What this server runs by is the newest version that has come into force (M108)."""
    wrong = []
    documents = read.terms(Published).profile.documents
    for document in documents:
        newest = (
            select(PolicyVersion.version)
            .where(PolicyVersion.document == document.name, PolicyVersion.effective_at <= read.now)
            .order_by(PolicyVersion.effective_at.desc())
            .limit(1)
        )
        if read.scalar(newest) != document.version:
            wrong.append(document.name)
    return finding(len(documents), "documents", wrong)


def authentic_texts(read: Read) -> Finding:
    """What was published is what the clauses say today, letter by letter (M107)."""
    published = read.terms(Published)
    wrong = []
    for document in published.profile.documents:
        stored = select(PolicyVersion.text_hash).where(
            PolicyVersion.document == document.name, PolicyVersion.version == document.version
        )
        if read.scalar(stored) != authentic_hash(published.profile, document, published.wordings):
            wrong.append(document.name)
    return finding(len(published.profile.documents), "documents", wrong)


def announced_in_time(read: Read) -> Finding:
    """Every version but the first was published as long before it took effect as the policy promises (P035)."""
    notice = read.terms(ChangeTerms).notice
    rows = read.rows(
        select(PolicyVersion.__table__).order_by(PolicyVersion.document, PolicyVersion.effective_at)
    )
    wrong = [
        f"{row.document} {row.version}"
        for before, row in pairwise(rows)
        if before.document == row.document and notice and row.recorded_at + notice > row.effective_at
    ]
    return finding(len(rows), "versions", wrong)


def stores_in_region(read: Read) -> Finding:
    """Every store is in a country that the policy allows, and every processor in one that is named (H032, M117)."""
    terms = read.terms(StoreTerms)
    nowhere = Processor.region.not_in(COUNTRIES)
    return combined(
        {
            "stores": finding(len(terms.regions), "stores", misplaced(terms)),
            "processors": look(read, "processors", Processor, Processor.id, nowhere),
        }
    )


CHECKS: Mapping[str, Check] = {
    "stores_in_region": stores_in_region,
    "disclosures_grounded": disclosures_grounded,
    "disclosures_documented": disclosures_documented,
    "disclosures_checked": disclosures_checked,
    "disclosures_consented": disclosures_consented,
    "recipients_announced": recipients_announced,
    "processors_bound": processors_bound,
    "processors_within_categories": processors_within_categories,
    "transfers_safeguarded": transfers_safeguarded,
    "named_processors_registered": named_processors_registered,
    "consents_of_known_purposes": consents_of_known_purposes,
    "one_version_in_force": one_version_in_force,
    "authentic_texts": authentic_texts,
    "announced_in_time": announced_in_time,
}

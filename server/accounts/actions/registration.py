"""Opening an account, and accepting documents."""

from __future__ import annotations

from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import insert as upsert

from server.accounts import rules
from server.accounts.actions.events import AccountRegistered, PolicyAccepted, PolicyRefused
from server.accounts.actions.lifecycle import start_clocks
from server.accounts.actions.people import claim_login, insert_person
from server.accounts.model import (
    ACTIVE,
    CUSTOMER,
    OWNER,
    Acceptance,
    Account,
    AgeJudgement,
    AuthorityEpoch,
)
from server.accounts.rules import AcceptanceMode, NewPassword, PolicyVersion, Terms
from server.accounts.rules.age import AgeMethod, AgeVerdict, judge_age
from server.accounts.rules.collecting import check_collected
from server.accounts.rules.signing import (
    NOTHING_SAID,
    Signing,
    check_signing,
    contracting_entity,
    details_of,
)
from server.kit.work import Work


def register(
    work: Work,
    login: str,
    password: NewPassword,
    accepted: tuple[str, str] | None,
    signing: Signing = NOTHING_SAID,
    language: str | None = None,
) -> str:
    """Open an account with one person, its owner; returns the account's id (Q001, Q004).

    `accepted` is document and version of the policy that the person agreed to, `language` the one it was shown in.
    Raises DetailNotCollected (Q002), LoginInvalid, PasswordTooWeak, AcceptanceMissing, PolicyLanguageUnknown,
    UnknownCountry, IndustryExcluded (M027), ProfessionalUseOnly (M004), AgeNotDeclared, BirthDateInvalid, TooYoung
    (M005, P031), LoginTaken.
    """
    terms = work.terms(Terms)
    check_collected(details_of(signing), terms.collect)
    normal = rules.normal_login(terms, login)
    password_hash = password.accepted_hash()
    rules.check_accepted([terms.policy], [accepted] if accepted else [])
    rules.check_language(terms.policy, language)
    check_signing(signing, business_only=terms.business_only, excluded=terms.industries_excluded)
    age_shown_by = judge_age(
        signing.age, work.now.date(), terms.age_years_min, required=terms.age_declaration_required
    )
    account_id, person_id = work.ids.new("acc"), work.ids.new("per")
    claim_login(work, normal, person_id)
    _insert_account(work, account_id, signing)
    if age_shown_by is not None:
        _keep_age(work, account_id, age_shown_by)
    insert_person(work, account_id, person_id, OWNER, normal, password_hash)
    start_clocks(work, account_id)
    work.record(AccountRegistered(account_id, account_id))
    accept(work, account_id, terms.policy, AcceptanceMode.EXPLICIT, language)
    return account_id


def accept_policy(work: Work, document: str, version: str, language: str | None = None) -> None:
    """Store that the acting account says it accepts a version in force, shown in `language`.

    Raises PolicyNotInForce, PolicyLanguageUnknown.
    """
    assert work.actor.account_id is not None
    policy = rules.policy_in_force(work.terms(Terms), document, version)
    rules.check_language(policy, language)
    accept(work, work.actor.account_id, policy, AcceptanceMode.EXPLICIT, language)


def accept(
    work: Work, account_id: str, policy: PolicyVersion, mode: AcceptanceMode, language: str | None = None
) -> None:
    """Store that the account accepts a version of a document. The first acceptance stays, unless it was refused."""
    said = {"mode": mode.value, "at": work.now, "language": language, "text_hash": policy.text_hash}
    new = upsert(Acceptance).values(
        account_id=account_id, document=policy.document, version=policy.version, **said
    )
    again = new.on_conflict_do_update(
        index_elements=["account_id", "document", "version"],
        set_=said | {"withdrawn_at": None},
        where=Acceptance.withdrawn_at.is_not(None),
    )
    if work.first(again.returning(Acceptance.account_id)) is not None:
        work.record(PolicyAccepted(account_id, account_id, policy.document, policy.version, mode.value))


def withdraw_acceptance(work: Work, account_id: str, document: str, version: str) -> None:
    """Store that the account does not accept that version, whether it did before or not: using goes on without it."""
    refused = {"mode": AcceptanceMode.EXPLICIT.value, "at": work.now, "withdrawn_at": work.now}
    row = upsert(Acceptance).values(account_id=account_id, document=document, version=version, **refused)
    work.execute(
        row.on_conflict_do_update(
            index_elements=["account_id", "document", "version"], set_={"withdrawn_at": work.now}
        )
    )
    work.record(PolicyRefused(account_id, account_id, document, version))


def _keep_age(work: Work, account_id: str, method: AgeMethod) -> None:
    """Keep the verdict, not what was said (C18)."""
    verdict = AgeVerdict.OLD_ENOUGH.value
    values = {"account_id": account_id, "verdict": verdict, "method": method.value, "judged_at": work.now}
    work.execute(insert(AgeJudgement).values(values))


def _insert_account(work: Work, account_id: str, signing: Signing) -> None:
    terms = work.terms(Terms)
    entity = contracting_entity(signing.country, terms.entity_europe, terms.entity_other)
    work.execute(
        insert(Account).values(
            id=account_id,
            kind=CUSTOMER,
            status=ACTIVE,
            created_at=work.now,
            country=signing.country,
            industry=signing.industry.value if signing.industry else None,
            contracting_entity=entity.code if entity else None,
            professional_since=work.now if signing.professional_use else None,
        )
    )
    work.execute(insert(AuthorityEpoch).values(account_id=account_id, epoch=1))

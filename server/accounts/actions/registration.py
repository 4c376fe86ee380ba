"""Opening an account, and accepting documents."""

from __future__ import annotations

from sqlalchemy import func, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from server.accounts import reads, rules
from server.accounts.actions.events import AccountRegistered, PolicyAccepted
from server.accounts.model import ACTIVE, IDENTITY, OWNER, Acceptance, Account, AuthorityEpoch, Person
from server.accounts.rules import AcceptanceMode, NewPassword, PolicyVersion, Terms
from server.kit.keystore import Claim
from server.kit.work import Work


def register(work: Work, login: str, password: NewPassword, accepted: tuple[str, str] | None) -> str:
    """Open an account with one person, its owner; returns the account's id (Q001, Q004).

    `accepted` is document and version of the policy that the person agreed to.
    Raises LoginInvalid, PasswordTooWeak, AcceptanceMissing, LoginTaken.
    """
    terms = work.terms(Terms)
    normal = rules.normal_login(terms, login)
    password_hash = password.accepted_hash()
    rules.check_accepted([terms.policy], [accepted] if accepted else [])
    account_id, person_id = work.ids.new("acc"), work.ids.new("per")
    _claim_login(work, normal, person_id)
    work.execute(insert(Account).values(id=account_id, status=ACTIVE, created_at=work.now))
    work.execute(insert(AuthorityEpoch).values(account_id=account_id, epoch=1))
    work.execute(
        insert(Person).values(
            id=person_id,
            account_id=account_id,
            role=OWNER,
            login=work.seal(account_id, IDENTITY, "people.login", normal),
            password_hash=work.seal(account_id, IDENTITY, "people.password_hash", password_hash),
            password_changed_at=work.now,
            created_at=work.now,
        )
    )
    work.record(AccountRegistered(account_id, account_id))
    accept(work, account_id, terms.policy, AcceptanceMode.EXPLICIT)
    return account_id


def accept_policy(work: Work, document: str, version: str) -> None:
    """Store that the acting account says it accepts a version in force. Raises PolicyNotInForce."""
    assert work.actor.account_id is not None
    policy = rules.policy_in_force(work.terms(Terms), document, version)
    accept(work, work.actor.account_id, policy, AcceptanceMode.EXPLICIT)


def accept(work: Work, account_id: str, policy: PolicyVersion, mode: AcceptanceMode) -> None:
    """Store that the account accepts a version of a document. The first acceptance stays."""
    new = upsert(Acceptance).values(
        account_id=account_id, document=policy.document, version=policy.version, mode=mode.value, at=work.now
    )
    if work.first(new.on_conflict_do_nothing().returning(Acceptance.account_id)) is not None:
        work.record(PolicyAccepted(account_id, account_id, policy.document, policy.version, mode.value))


def _claim_login(work: Work, login: str, person_id: str) -> None:
    """Make the login the person's in the blind index, or raise LoginTaken.

    The claim is committed in the key store before the person's row, and stays there when this transaction fails.
    So a claim counts only while its holder has a row; one transaction at a time may look (SQLite has one writer
    anyway), because a holder's row that is not yet committed cannot be seen.
    """
    digest = work.keys.blind("login", login)
    if work.connection.dialect.name == "postgresql":
        work.execute(select(func.pg_advisory_xact_lock(int.from_bytes(digest[:8], "big", signed=True))))
    held = work.keys.find(digest)
    if held is not None and reads.person_exists(work, held.owner_id):
        raise rules.LoginTaken
    if not work.keys.claim(digest, Claim(person_id, person_id, work.now), instead_of=held):
        raise rules.LoginTaken

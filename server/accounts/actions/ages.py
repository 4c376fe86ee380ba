"""Verifying that an account's owner is old enough (P032): verdict, method and date are kept, nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.dialects.postgresql import insert as upsert

from server.accounts import reads
from server.accounts.actions.authority import count_revocation, lock_authority
from server.accounts.model import CUSTOMER, AgeJudgement
from server.accounts.rules.age import AgeMethod, AgeVerdict
from server.accounts.rules.lifecycle import AccountNotFound
from server.kit.events import DomainEvent
from server.kit.ids import is_id
from server.kit.work import Work


@dataclass(frozen=True, slots=True)
class AgeVerified(DomainEvent):
    """Somebody showed that they are old enough; the subject is the account."""

    method: str


def verify_age(work: Work, account_id: str, method: AgeMethod) -> None:
    """Note what shows that the account's owner is old enough; what was only said before is replaced (C18).

    Its sessions may do more from now on, so they look again. Raises AccountNotFound.
    """
    if not is_id(account_id, "acc"):  # PostgreSQL takes no NUL
        raise AccountNotFound
    lock_authority(work, account_id)
    found = reads.account(work, account_id)
    if found is None or found.kind != CUSTOMER:
        raise AccountNotFound
    verdict = {"verdict": AgeVerdict.OLD_ENOUGH.value, "method": method.value, "judged_at": work.now}
    judged = upsert(AgeJudgement).values(account_id=account_id, **verdict)
    work.execute(judged.on_conflict_do_update(index_elements=["account_id"], set_=verdict))
    count_revocation(work, account_id)
    work.record(AgeVerified(account_id, account_id, method.value))

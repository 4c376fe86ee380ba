"""Checks of API keys, of what is noted of their use, and of the audit."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sqlalchemy import select

from server.accounts.model import CUSTOMER, Acceptance, Account, ApiKey, ApiLimit, ApiUse
from server.accounts.rules import Terms
from server.checks.looking import NEWEST_MAX, look, micros, span
from server.kit.audit import AuditEntry
from server.kit.work import Read
from server.policy.rules.checking import Check, Finding, finding

_ID = re.compile(r"(?:[a-z]{2,8}_[0-9a-z]+|system)?\Z")
_NAMES = re.compile(r"[A-Za-z0-9_., ]*\Z")
_CHANNELS = ("HTTP", "WEBSOCKET")


def keys_end(read: Read) -> Finding:
    """No API key that ends lasts longer than the policy says."""
    longest = span(read.terms(Terms).api_key_age_max)
    too_long = micros(ApiKey.expires_at) > micros(ApiKey.created_at) + longest
    return look(read, "API keys", ApiKey, ApiKey.id, too_long)


def refusals_end_keys(read: Read) -> Finding:
    """No API key outlived the refusal of what it was under (M145)."""
    refused = select(Acceptance.account_id).where(
        Acceptance.account_id == ApiKey.account_id, Acceptance.withdrawn_at >= ApiKey.created_at
    )
    return look(read, "API keys", ApiKey, ApiKey.id, ApiKey.revoked_at.is_(None) & refused.exists())


def own_limits_hold(read: Read) -> Finding:
    """What an account was given of its own limits a customer, and does limit (M144)."""
    customers = select(Account.id).where(Account.kind == CUSTOMER)
    unlimited = (ApiLimit.cost_max <= 0) | (ApiLimit.restored_per_second <= 0)
    wrong = unlimited | ApiLimit.account_id.not_in(customers)
    return look(read, "limits of accounts", ApiLimit, ApiLimit.account_id, wrong)


def uses_pseudonymous(read: Read) -> Finding:
    """What is noted of the use of API keys are opaque ids, names of fields and numbers (B006); of the newest."""
    rows = read.rows(select(ApiUse.__table__).order_by(ApiUse.id.desc()).limit(NEWEST_MAX))
    wrong = [
        row.id
        for row in rows
        if not (_ID.match(row.account_id) and _ID.match(row.key_id))
        or not (_NAMES.match(row.fields) and _NAMES.match(row.status))
    ]
    return finding(len(rows), "uses", wrong)


def uses_name_channels(read: Read) -> Finding:
    """Each use of an API key says by which channel it was (B005)."""
    return look(read, "uses", ApiUse, ApiUse.id, ApiUse.channel.not_in(_CHANNELS))


def audit_pseudonymous(read: Read) -> Finding:
    """Audit entries name whom they are about by opaque ids, and nobody by name (C22); of the newest."""
    columns = (AuditEntry.id, AuditEntry.account_id, AuditEntry.credential_id, AuditEntry.subjects)
    rows = read.rows(select(*columns).order_by(AuditEntry.id.desc()).limit(NEWEST_MAX))
    wrong = [
        row.id
        for row in rows
        for said in [row.account_id, row.credential_id, *(row.subjects or "").split()]
        if not _ID.match(said or "")
    ]
    return finding(len(rows), "entries", wrong)


CHECKS: Mapping[str, Check] = {
    "keys_end": keys_end,
    "refusals_end_keys": refusals_end_keys,
    "own_limits_hold": own_limits_hold,
    "uses_pseudonymous": uses_pseudonymous,
    "uses_name_channels": uses_name_channels,
    "audit_pseudonymous": audit_pseudonymous,
}

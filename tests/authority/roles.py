"""Everybody who may ask, as the authority that the server gives them."""

from __future__ import annotations

from collections.abc import Mapping

from server.accounts.rules import SCOPES
from server.accounts.rules.lifecycle import RESTRICTED_SCOPES
from server.accounts.rules.people import Role, scopes_of
from server.accounts.rules.resellers import Power
from server.accounts.rules.staff import StaffRole
from server.accounts.rules.standing import STANDING_SCOPES
from server.kit.viewer import ANONYMOUS, Viewer

ACCOUNT, STAFF_ACCOUNT = "acc_customer", "acc_staff"


def _session(scopes: frozenset[str] | None, account: str = ACCOUNT, *staff_roles: str) -> Viewer:
    return Viewer(account, "ses_one", scopes, frozenset(staff_roles))


ROLES: Mapping[str, Viewer] = {
    "anonymous": ANONYMOUS,
    "viewer": _session(scopes_of(Role.VIEWER.value)),
    "analyst": _session(scopes_of(Role.ANALYST.value)),
    "developer": _session(scopes_of(Role.DEVELOPER.value)),
    "billing": _session(scopes_of(Role.BILLING.value)),
    "admin": _session(scopes_of(Role.ADMIN.value)),
    "owner": _session(scopes_of(Role.OWNER.value)),
    "owner, restricted": _session(RESTRICTED_SCOPES),
    "reseller, all powers": _session(frozenset(power.value for power in Power)),
    "key, no scope": Viewer(ACCOUNT, "key_one", frozenset()),
    "key, all scopes": Viewer(ACCOUNT, "key_one", frozenset(SCOPES)),
    **{
        f"staff {role.value.lower().replace('_', ' ')}": _session(
            scopes_of("STAFF"), STAFF_ACCOUNT, role.value
        )
        for role in StaffRole
    },
    "staff, no second factor": _session(STANDING_SCOPES, STAFF_ACCOUNT),
    "staff, expired": ANONYMOUS,  # no credential of theirs is found valid
}
"""By the name of the table's column."""

"""Who is asking: the authority under which a request, a subscription or a job runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a request presented. A bearer token takes precedence: a cookie beside it is not read.

    `api_key` is a key beside a bearer token, where both are asked for. `on_behalf_of` is the account that somebody who
    manages it wants to read.
    """

    bearer: str | None = field(default=None, repr=False)
    session_cookie: str | None = field(default=None, repr=False)
    api_key: str | None = field(default=None, repr=False)
    on_behalf_of: str | None = None

    @property
    def presented(self) -> bool:
        return self.bearer is not None or self.session_cookie is not None


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a client may ask for: so many points of cost at once, and so many a second in the long run (M143)."""

    cost_max: int
    restored_per_second: int


@dataclass(frozen=True, slots=True)
class Viewer:
    """An authenticated caller, or nobody.

    `scopes` is None for a person's session, which may do all that its account may; an API key carries the
    scopes it was made with. `expires_at` is when the credential stops being valid by itself.
    `authority_epoch` is the account's count of revocations when the credential was last found valid: while the
    account still has that count, nothing of it was revoked since. `allowance` is the account's own, where it has one
    (M144).
    `management_id` is under which management the viewer reads another account than its credential's.
    `second_credential_id` is the other credential that must be good as well, where both are asked for.
    """

    account_id: str | None = None
    credential_id: str | None = None
    scopes: frozenset[str] | None = None
    staff_roles: frozenset[str] = frozenset()
    expires_at: datetime | None = None
    authority_epoch: int = 0
    second_credential_id: str | None = None
    management_id: str | None = None
    allowance: Allowance | None = None

    @property
    def signed_in(self) -> bool:
        return self.account_id is not None

    def has_scope(self, scope: str | None) -> bool:
        return scope is None or self.scopes is None or scope in self.scopes

    @property
    def authority(self) -> tuple[str | None, frozenset[str] | None, frozenset[str]]:
        """What the caller may see, as a key: two viewers of equal authority may share one execution."""
        return (self.account_id, self.scopes, self.staff_roles)


@dataclass(frozen=True, slots=True)
class Reading:
    """What an operation reads of accounts that are not its viewer's own.

    `fields` are names with spaces between. `purpose` and `duties` are those that the fields for staff declare, None for
    a field without a duty. `owners` are those whose sealed values were opened, `ids` the opaque ids that were asked for
    or shown.
    """

    viewer: Viewer
    fields: str
    purpose: str
    duties: frozenset[str | None] = frozenset()
    owners: frozenset[str] = frozenset()
    ids: tuple[str, ...] = ()


ANONYMOUS = Viewer()
SYSTEM = Viewer(credential_id="system", staff_roles=frozenset({"system"}))
"""The authority of the server's own jobs."""

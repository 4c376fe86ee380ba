"""Who sent a request: from a token to a viewer.

Nothing is cached. A look-up is one indexed read, and a cache would let a revoked credential read on for as long as
an entry lives, or in another process for as long as a lost wake-up stays unnoticed.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial

from server.accounts import actions, reads
from server.accounts.actions import KEY_MARK, SESSION_MARK
from server.accounts.actions.authority import READ_ON_BEHALF
from server.accounts.reads import resellers
from server.accounts.rules import API_KEYS_AND_CREDENTIALS, Terms
from server.kit.ids import is_id
from server.kit.problems import PublicError
from server.kit.viewer import SYSTEM, Credentials, Viewer
from server.kit.work import Call, Read, Units

SESSION_COOKIE = "postmeter_session"
USES_WAITING_MAX = 10_000
USES_STORED_AT_ONCE_MAX = 500


class Authenticator:
    """Finds the viewer behind credentials, and remembers their use until `store_uses` writes it."""

    def __init__(self, units: Units) -> None:
        self._units = units
        self._uses: dict[str, datetime] = {}

    async def authenticate(self, credentials: Credentials) -> Viewer | None:
        """The viewer behind the credentials; None when they are not, or no longer, valid."""
        if not credentials.presented:
            return None
        viewer = await self._units.read(lambda read: self.authenticate_in(read, credentials))
        if viewer is None or viewer.management_id is None:
            return viewer
        return await self._audited(viewer)

    async def _audited(self, viewer: Viewer) -> Viewer | None:
        """Leave a row in the audit of the account that is read on its behalf (B013)."""
        try:
            await self._units.run(Call(READ_ON_BEHALF, viewer), lambda work: None)
        except PublicError as refused:
            if refused.code != "UNAUTHENTICATED":
                raise
            return None
        return viewer

    def authenticate_in(self, read: Read, credentials: Credentials) -> Viewer | None:
        """The same inside a read that is open anyway, without an entry in the audit."""
        viewer = self._own_viewer(read, credentials)
        if viewer is None or credentials.on_behalf_of is None:
            return viewer
        return resellers.on_behalf(read, viewer, credentials.on_behalf_of)

    def _own_viewer(self, read: Read, credentials: Credentials) -> Viewer | None:
        token = credentials.bearer if credentials.bearer is not None else credentials.session_cookie or ""
        found = _credential(read, token, with_keys=credentials.bearer is not None)
        if found is None:
            return None
        if credentials.api_key is None:
            needs_both = read.terms(Terms).api_auth == API_KEYS_AND_CREDENTIALS
            if needs_both and credentials.bearer is not None and not found.of_staff:
                return None  # M137: one of the two is not enough; our own pages keep their cookie
            self._note_use(read, found)
            return found.viewer
        beside = _credential(read, credentials.api_key, with_keys=True)
        both = joined(found, beside) if beside is not None else None
        if beside is None or both is None:
            return None
        self._note_use(read, found)
        self._note_use(read, beside)
        return both

    async def store_uses(self) -> int:
        """Write the uses that were noted, a bounded batch a transaction; returns how many.

        For a job that runs about once a minute, and once more at the end: an hour of crashes loses minutes of
        `last used`, never authority.
        """
        stored = 0
        while self._uses:
            some = list(self._uses)[:USES_STORED_AT_ONCE_MAX]
            batch = {credential_id: self._uses.pop(credential_id) for credential_id in some}
            await self._units.run(Call("storeUses", SYSTEM), partial(actions.touch, used=batch))
            stored += len(batch)
        return stored

    def _note_use(self, read: Read, credential: reads.Credential) -> None:
        before, precision = credential.last_used_at, read.terms(Terms).last_used_precision
        fresh = before is not None and read.now < before + precision
        credential_id = credential.viewer.credential_id
        if not fresh and credential_id is not None and len(self._uses) < USES_WAITING_MAX:
            self._uses[credential_id] = read.now


def _credential(read: Read, token: str, *, with_keys: bool) -> reads.Credential | None:
    if not token.isascii():
        return None
    if token.startswith(SESSION_MARK):
        return reads.credential_of_session(read, token)
    if token.startswith(KEY_MARK) and with_keys:
        return reads.credential_of_key(read, token)
    return None


def joined(session: reads.Credential, key: reads.Credential) -> Viewer | None:
    """What a session and an API key of one account may do together: what each of them may. None for any other pair."""
    first, second = session.viewer, key.viewer
    is_pair = is_id(first.credential_id or "", "ses") and is_id(second.credential_id or "", "key")
    if not is_pair or first.account_id != second.account_id or second.scopes is None:
        return None
    scopes = second.scopes if first.scopes is None else first.scopes & second.scopes
    ends = [one.expires_at for one in (first, second) if one.expires_at is not None]
    return replace(
        second,
        scopes=scopes,
        expires_at=min(ends, default=None),
        second_credential_id=first.credential_id,
    )

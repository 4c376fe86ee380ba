"""Who sent a request: from a token to a viewer.

Nothing is cached. A look-up is one indexed read, and a cache would let a revoked credential read on for as long as
an entry lives, or in another process for as long as a lost wake-up stays unnoticed.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

from server.accounts import actions, reads
from server.accounts.actions import KEY_MARK, SESSION_MARK
from server.accounts.rules import Terms
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
        return await self._units.read(lambda read: self.authenticate_in(read, credentials))

    def authenticate_in(self, read: Read, credentials: Credentials) -> Viewer | None:
        """The same inside a read that is open anyway."""
        token = credentials.bearer if credentials.bearer is not None else credentials.session_cookie or ""
        if not token.isascii():
            return None
        if token.startswith(SESSION_MARK):
            credential = reads.credential_of_session(read, token)
        elif token.startswith(KEY_MARK) and credentials.bearer is not None:
            credential = reads.credential_of_key(read, token)
        else:
            return None
        if credential is None:
            return None
        self._note_use(read, credential)
        return credential.viewer

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

"""What the commands `postmeter backup` and `postmeter restore` do."""

from __future__ import annotations

import asyncio
from pathlib import Path

from server.app import Postmeter
from server.backups import making, restoring
from server.backups.manifest import BackupRefused
from server.backups.restoring import Wish
from server.kit.clock import SystemClock
from server.policy.rules.storing import StoreTerms, store_faults
from server.settings import Settings


async def backup(postmeter: Postmeter, folder: Path) -> list[str]:
    """Copy everything into a new folder; returns what was done, as lines. Raises BackupRefused, also for a place where
    the policy stores nothing (M117).
    """
    if faults := list(store_faults(postmeter.house.terms.get(StoreTerms))):
        raise BackupRefused("\n".join(faults))
    async with postmeter.looking():
        schema = await postmeter.schema_version()
        now = postmeter.house.clock.now()
        made = await asyncio.to_thread(making.make, postmeter.settings, folder, schema or "", now)
    return [
        f"{len(made.files)} files are in {folder}, as of {made.made_at}.",
        f"The master key is not among them: keep a copy of {postmeter.settings.master_key_file} of this day elsewhere.",
    ]


async def restore(settings: Settings, folder: Path, wish: Wish) -> list[str]:
    """Put a backup back and erase again what the journal says; returns what was done. Raises BackupRefused."""
    done = await asyncio.to_thread(restoring.restore, settings, folder, wish, SystemClock().now())
    postmeter = Postmeter(settings)
    async with postmeter.storage():  # migrates, and replays the journal
        replayed = postmeter.erasures_replayed
    return [*done, f"{replayed} erasures were done again. The server may be started."]

"""What the commands `postmeter keys …` do, beside a server that runs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sqlalchemy.util import greenlet_spawn

from server.accounts.actions.people import outlast_claims
from server.accounts.reads.held_values import held_values
from server.kit.keystore import KeysLeft
from server.kit.viewer import SYSTEM
from server.kit.work import Call, Units
from server.operations.auditing.seals import SIGNING_KEY as AUDIT_SIGNING_KEY
from server.privacy.rules.erasures import SIGNING_KEY as ERASURE_SIGNING_KEY
from server.wallet.rules.erasure import SIGNING_KEY as LEDGER_SIGNING_KEY

KEYS_A_BATCH = 200
PEOPLE_A_BATCH = 100


async def rotate_master(units: Units, progress: Callable[[int], None] | None = None) -> list[str]:
    """Wrap all keys by a new version of the master key and destroy the old one; returns what was done, as lines.

    Stopped anywhere, it goes on where it was when it is run again. `progress(keys left)` is called after each batch.
    """
    keys = units.house.keys
    # On PostgreSQL the key store awaits from inside synchronous code, which takes a greenlet.
    version = await greenlet_spawn(keys.begin_rotation)
    while True:
        while left := await greenlet_spawn(partial(keys.rewrap, KEYS_A_BATCH)):
            if progress is not None:
                progress(left)
        try:
            gone = await greenlet_spawn(keys.end_rotation)
        except KeysLeft:
            continue  # a server wrapped one by the old version, in the moment before it saw the new one
        break
    await units.run(Call("rotateMasterKey", SYSTEM), lambda work: None)
    destroyed = ", ".join(map(str, gone)) or "none"
    return [f"All keys are wrapped by version {version} of the master key. Destroyed versions: {destroyed}."]


async def rotate_index(units: Units, progress: Callable[[int], None] | None = None) -> list[str]:
    """Hash all logins and e-mail addresses of the blind index with a new key, and destroy the old one.

    People sign in and register all the while: a value is found under either key. Stopped anywhere, it goes on when it
    is run again. `progress(values left)` is called after each batch. Returns what was done, as lines.
    """
    keys = units.house.keys
    await greenlet_spawn(keys.begin_index_rotation)
    await units.run_unaudited(outlast_claims)
    after: str | None = ""
    while after is not None:
        held, after = await units.read(partial(held_values, after=after, people_max=PEOPLE_A_BATCH))
        left = await greenlet_spawn(partial(keys.move_index, held))
        if progress is not None:
            progress(left)
    abandoned = await greenlet_spawn(keys.end_index_rotation)
    await units.run(Call("rotateIndexKey", SYSTEM), lambda work: None)
    return [
        "Logins and e-mail addresses are hashed with a new key, and the old one is destroyed. "
        f"Values that nobody held any more: {abandoned}."
    ]


async def rotate_signing(units: Units) -> list[str]:
    """Sign ledger roots, audit seals and certificates of erasures with new keys from now on; what the old ones signed
    stays verifiable.
    """
    for purpose in (LEDGER_SIGNING_KEY, AUDIT_SIGNING_KEY, ERASURE_SIGNING_KEY):
        now = units.house.clock.now()
        await greenlet_spawn(partial(units.house.keys.rotate_signer, purpose, now))
    await units.run(Call("rotateSigningKeys", SYSTEM), lambda work: None)
    return [
        "Ledger roots, audit seals and certificates are signed with new keys. The old public keys are kept."
    ]

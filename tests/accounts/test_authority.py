"""Nothing commits after a revocation was answered; and nothing readable lies in the database files."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text

from server.accounts import actions
from server.kit.clock import ManualClock
from server.kit.events import DomainEvent, after
from server.kit.problems import PublicError
from server.kit.viewer import Viewer
from server.kit.work import Call, Units, Work
from tests.accounts.conftest import DEVICE, LOGIN, PASSWORD, Accounts


@dataclass(frozen=True, slots=True)
class Acted(DomainEvent):
    """A mutation took effect."""


async def act(units: Units, viewer: Viewer) -> int:
    """Some mutation, guarded as every mutation is."""

    call = Call("act", viewer)

    def guarded(work: Work) -> int:
        let_no_deadlock_pass(work)
        actions.guard(work, call)
        return work.record(Acted(viewer.account_id or "", viewer.account_id or ""))

    return await units.run(call, guarded)


def let_no_deadlock_pass(work: Work) -> None:
    """PostgreSQL would resolve a deadlock and the unit of work run again: let it end in a lock timeout instead."""
    if work.connection.dialect.name == "postgresql":
        work.execute(text("SET LOCAL deadlock_timeout = '1min'"))


async def test_a_viewer_from_before_the_revocation_cannot_act_after_it(
    accounts: Accounts, units: Units
) -> None:
    owner = await accounts.signed_in()
    other = await accounts.viewer((await accounts.sign_in()).secret)
    assert other is not None
    await act(units, other)
    await units.run(
        Call("revokeSession", owner), lambda work: actions.revoke_session(work, other.credential_id or "")
    )
    with pytest.raises(PublicError) as caught:
        await act(units, other)
    assert caught.value.code == "UNAUTHENTICATED"
    await act(units, owner)


async def test_racing_mutations_are_before_the_revocation_or_refused(
    accounts: Accounts, units: Units
) -> None:
    owner = await accounts.signed_in()
    other = await accounts.viewer((await accounts.sign_in()).secret)
    assert other is not None

    revocation = Call("revokeSession", owner)
    acting = [act(units, other) for _ in range(20)]
    revoking = units.run(revocation, lambda work: actions.revoke_session(work, other.credential_id or ""))
    results = await asyncio.gather(*acting[:5], revoking, *acting[5:], return_exceptions=True)
    assert all(result is None or isinstance(result, int | PublicError) for result in results)

    events = await units.read(
        lambda read: after(read.connection, owner.account_id or "", 0, ["Acted", "SessionRevoked"], 100)
    )
    assert [event.kind for event in events].count("Acted") == sum(isinstance(one, int) for one in results)
    assert events[-1].kind == "SessionRevoked"


async def test_concurrent_changes_of_credentials_wait_for_each_other(
    accounts: Accounts, units: Units
) -> None:
    owner = await accounts.signed_in()
    others = [await accounts.sign_in() for _ in range(6)]
    call = Call("revokeSession", owner)

    def revoke(session_id: str) -> Callable[[Work], None]:
        def guarded(work: Work) -> None:
            let_no_deadlock_pass(work)
            actions.guard(work, call)
            actions.revoke_session(work, session_id)

        return guarded

    acting = [act(units, owner) for _ in others]
    await asyncio.gather(*acting, *(units.run(call, revoke(other.id)) for other in others))
    viewers = [await accounts.viewer(other.secret) for other in others]
    assert viewers == [None] * 6


async def test_an_expired_credential_cannot_act(accounts: Accounts, units: Units, clock: ManualClock) -> None:
    owner = await accounts.signed_in()
    assert owner.expires_at is not None
    clock.set(owner.expires_at)
    with pytest.raises(PublicError):
        await act(units, owner)


@pytest.mark.rule("Q006", "Q017")
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_no_known_plaintext_lies_in_the_files(accounts: Accounts, tmp_path: Path) -> None:
    owner = await accounts.signed_in()
    token = (await accounts.sign_in()).secret
    key = await accounts.create_key(owner)
    secrets = [LOGIN, PASSWORD, token, token[4:], key.secret, key.secret[7:], "nightly import"]
    secrets += [DEVICE.user_agent or "", DEVICE.address or "", "argon2id"]
    files = contents_under(tmp_path)
    assert {path.suffix for path in files} >= {".sqlite3", ".sqlite3-wal"}
    for path, content in files.items():
        assert not [secret for secret in secrets if secret.encode() in content], path.name


def contents_under(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

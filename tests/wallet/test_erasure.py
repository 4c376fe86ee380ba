"""The end of wallets: nothing lost from the sums, nothing left of the account, and every forgery named."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, update

from server.kit.clock import ManualClock, to_micros
from server.kit.crypto import Shredded
from server.kit.db import Base
from server.kit.due import DueRunner, DueWork
from server.kit.work import Read, Units, Work
from server.wallet.actions import (
    SHRED_DUE,
    Transfer,
    collect,
    erase,
    open_wallets,
    post,
    post_unattributed,
    pseudonymise,
    release,
    reserve,
    reverse,
    reverse_unattributed,
)
from server.wallet.jobs import handlers, verify_ledger, write_root
from server.wallet.jobs.roots import root_paths
from server.wallet.model import Claim, ErasedSeal, ErasedTotal, Hold, Posting, Tombstone, Wallet
from server.wallet.reads import balance, counter_totals, owed
from server.wallet.reads import proof as proof_reads
from server.wallet.reads.erasure import is_closed
from server.wallet.reads.proof import Verification, leaves_after, verify_account
from server.wallet.rules import (
    CHAIN_KEY,
    HOUSE,
    BalanceTooLow,
    Counter,
    LedgerNotIntact,
    PostingKind,
    WalletsClosed,
)
from server.wallet.rules.erasure import SIGNING_KEY
from server.wallet.rules.merkle import MerkleTree
from tests.conftest import START
from tests.wallet.conftest import ACCOUNT, OTHER, Do
from tests.wallet.test_actions import spend, top_up
from tests.wallet.test_proof import mine, theirs, told

SOON = START + timedelta(hours=1)
TABLES = (Wallet, Posting, Hold, Claim, Tombstone, ErasedTotal, ErasedSeal)


@pytest.fixture(autouse=True)
async def history(do: Do) -> None:
    """A customer with two wallets, an open hold and a claim; and another customer."""
    await do(lambda work: post(work, [top_up(1000), spend(200), top_up(40, "top_2", "EMAIL")]))
    await do(lambda work: reserve(work, ACCOUNT, "EUR", 300, None, SOON))
    await do(lambda work: charge_back(work, 600))
    await do(lambda work: post(work, [top_up(500, account_id=OTHER), spend(100, account_id=OTHER)]))


def charge_back(work: Work, amount: int, unit: str = "EUR") -> Any:
    return reverse(work, ACCOUNT, unit, amount, Counter.CHARGEBACKS, PostingKind.TOP_UP_REVERSED, "top_1")


async def totals(units: Units) -> Mapping[tuple[str, str], int]:
    return {key: total for key, total in (await units.read(counter_totals)).items() if total}


def rows_of(read: Read, wallet_id: str) -> int:
    counts = [
        read.scalar(select(func.count()).select_from(table).where(table.wallet_id == wallet_id))
        for table in (Posting, Hold, Claim)
    ]
    return sum(counts) + (read.first(select(Wallet.id).where(Wallet.id == wallet_id)) is not None)


def everywhere(read: Read) -> list[Any]:
    """Every value of every column of the ledger's tables, and of the due work that it plans."""
    tables = [*(table.__table__ for table in TABLES), Base.metadata.tables["wallet_closed_owners"]]
    of_ledger = DueWork.__table__.select().where(DueWork.kind.startswith("wallet."))
    rows = [row for table in tables for row in read.rows(select(table))]
    return [value for row in [*rows, *read.rows(of_ledger)] for value in row]


async def test_erasure_empties_the_wallets_and_leaves_only_sums_and_tombstones(
    units: Units, do: Do, clock: ManualClock
) -> None:
    wallet_id = await units.read(mine)
    erased = await do(lambda work: erase(work, ACCOUNT))
    # Of 1000: 200 spent, 500 charged back at once, 100 owed of which the released hold pays all, 200 left.
    assert (erased.forfeited, erased.written_off) == ({"EUR": 200, "EMAIL": 40}, {})
    assert len(erased.tombstone_ids) == 2
    assert await units.read(lambda read: rows_of(read, wallet_id)) == 0
    assert await totals(units) == {
        ("PAYMENTS", "EUR"): -1500,
        ("PAYMENTS", "EMAIL"): -40,
        ("REVENUE", "EUR"): 300,
        ("CHARGEBACKS", "EUR"): 600,
        ("FORFEITS", "EUR"): 200,
        ("FORFEITS", "EMAIL"): 40,
    }
    report = await verify_ledger(units)
    assert (told(report), report.wallets, report.tombstones) == ([], 1, 2)
    assert {key: total for key, total in report.totals.items() if total} == await totals(units)
    values = await units.read(everywhere)
    assert ACCOUNT not in values
    assert await units.read(lambda read: is_closed(read, ACCOUNT))


async def test_erasure_changes_no_total_but_moves_what_was_available_to_the_forfeits(
    units: Units, do: Do
) -> None:
    before = dict(await totals(units))
    before["CHARGEBACKS", "EUR"] += 100  # the claim, which the released hold can pay
    erased = await do(lambda work: erase(work, ACCOUNT))
    for unit, amount in erased.forfeited.items():
        before["FORFEITS", unit] = before.get(("FORFEITS", unit), 0) + amount
    assert await totals(units) == before
    assert await do(lambda work: erase(work, OTHER))
    assert (await totals(units))["FORFEITS", "EUR"] == 600
    assert (await verify_ledger(units)).intact


async def test_what_cannot_be_collected_is_written_off(units: Units, do: Do) -> None:
    await do(lambda work: charge_back(work, 1000))
    erased = await do(lambda work: erase(work, ACCOUNT))
    assert (erased.forfeited, erased.written_off) == ({"EMAIL": 40}, {"EUR": 800})


async def test_after_an_erasure_nothing_opens_again(units: Units, do: Do) -> None:
    hold_id = await units.read(lambda read: read.scalar(select(Hold.id)))
    await do(lambda work: erase(work, ACCOUNT))
    refused: list[Callable[[Work], Any]] = [
        lambda work: post(work, [top_up(1)]),
        lambda work: post(work, [top_up(1, unit="USD")]),
        lambda work: reserve(work, ACCOUNT, "EUR", 1, None, SOON),
        lambda work: charge_back(work, 1),
        lambda work: collect(work, ACCOUNT, "EUR"),
        lambda work: open_wallets(work, ACCOUNT, ["EUR"]),
        lambda work: pseudonymise(work, ACCOUNT),
    ]
    for action in refused:
        with pytest.raises(WalletsClosed):
            await do(action)
    with pytest.raises(Exception, match="no such hold"):
        await do(lambda work: release(work, hold_id))
    assert (await do(lambda work: erase(work, ACCOUNT))).tombstone_ids == ()
    assert (await units.read(lambda read: balance(read, ACCOUNT, "EUR"))).sequence == 0
    assert (await verify_ledger(units)).intact


async def test_late_money_is_unattributed(units: Units, do: Do) -> None:
    await do(lambda work: erase(work, ACCOUNT))
    (posted,) = await do(lambda work: post_unattributed(work, [top_up(70, "top_late")]))
    assert (posted.account_id, posted.available) == (HOUSE, 70)
    back = Transfer(ACCOUNT, "EUR", -100, Counter.CHARGEBACKS, PostingKind.TOP_UP_REVERSED, "top_late")
    outcome = await do(lambda work: reverse_unattributed(work, back))
    assert outcome.shortfall == 30
    assert await units.read(lambda read: owed(read, HOUSE, "EUR")) == 30
    assert ACCOUNT not in await units.read(everywhere)
    assert (await verify_ledger(units)).intact
    for wrong in (lambda work: post_unattributed(work, [back]), lambda work: erase(work, HOUSE)):
        with pytest.raises(ValueError, match=r"reversed|stays"):
            await do(wrong)
    with pytest.raises(ValueError, match="takes something back"):
        await do(lambda work: reverse_unattributed(work, top_up(1)))


async def test_the_secret_outlives_the_commit_and_then_dies(units: Units, do: Do, tmp_path: Path) -> None:
    wallet_id = await units.read(mine)

    def fail(work: Work) -> None:
        erase(work, ACCOUNT)
        raise RuntimeError("the server stops before the commit")

    with pytest.raises(RuntimeError):
        await do(fail)
    assert (await verify_ledger(units)).intact  # nothing was erased, and all of it can be proven
    await do(lambda work: erase(work, ACCOUNT))
    assert (await verify_ledger(units)).intact  # the server stops here: the step is still to be done
    assert await units.read(lambda read: read.keys.key(wallet_id, CHAIN_KEY))
    steps = handlers(tmp_path)
    await steps[SHRED_DUE](units, wallet_id)  # done, and the server stops before it is finished
    assert await DueRunner(units, steps).run_due() == 2
    with pytest.raises(Shredded):
        await units.read(lambda read: read.keys.key(wallet_id, CHAIN_KEY))
    assert wallet_id not in await units.read(everywhere)
    assert (await verify_ledger(units)).intact


async def test_the_secret_of_a_living_wallet_is_not_shredded(units: Units, tmp_path: Path) -> None:
    await handlers(tmp_path)[SHRED_DUE](units, await units.read(mine))
    assert (await verify_ledger(units)).intact


async def test_a_pseudonymous_wallet_keeps_its_amounts_and_not_its_account(units: Units, do: Do) -> None:
    kept = await do(lambda work: pseudonymise(work, ACCOUNT))
    assert kept.owner_id.startswith("psn_")
    assert (kept.forfeited, len(kept.wallet_ids)) == ({"EUR": 200, "EMAIL": 40}, 2)
    postings = await units.read(
        lambda read: list(
            read.execute(
                select(Posting.posted_delta).where(Posting.wallet_id == kept.wallet_ids[1])
            ).scalars()
        )
    )
    assert [delta for delta in postings if delta] == [1000, -200, -500, -100, -200]
    assert ACCOUNT not in await units.read(everywhere)
    report = await units.read(lambda read: verify_account(read, kept.owner_id))
    assert (told(report), report.wallets) == ([], 2)
    assert (await verify_ledger(units)).intact


async def test_a_pseudonymous_wallet_is_closed_for_ever(units: Units, do: Do) -> None:
    kept = await do(lambda work: pseudonymise(work, ACCOUNT))
    for owner in (ACCOUNT, kept.owner_id):
        for unit in ("EUR", "USD"):
            with pytest.raises(WalletsClosed):
                await do(
                    lambda work, owner=owner, unit=unit: post(
                        work, [top_up(1, "top_3", unit, account_id=owner)]
                    )
                )
        with pytest.raises(WalletsClosed):
            await do(lambda work, owner=owner: pseudonymise(work, owner))
    # At the end of the retention of bills, what was kept goes too.
    before = await totals(units)
    assert len((await do(lambda work: erase(work, kept.owner_id))).tombstone_ids) == 2
    assert await totals(units) == before
    assert (await verify_ledger(units)).intact


@pytest.mark.parametrize("thief", ["closed", "reopened", "living"])
async def test_a_stolen_wallet_is_named(units: Units, do: Do, thief: str) -> None:
    await do(lambda work: pseudonymise(work, ACCOUNT))

    def steal(work: Work) -> None:
        kept = work.first(select(Wallet.__table__).where(Wallet.closure.is_not(None), Wallet.unit == "EUR"))
        assert kept is not None
        stolen = theirs(work) if thief == "living" else kept.id
        values: dict[str, Any] = {"account_id": "acc_thief"}
        if thief == "reopened":
            values |= {"origin": None, "closure": None}
        elif thief == "living":
            values |= {"origin": kept.origin, "closure": kept.closure}
        work.execute(update(Wallet).where(Wallet.id == stolen).values(values))

    await units.run_unaudited(steal)
    whats = {what for _, what in told(await verify_ledger(units))}
    assert whats & {"the wallet was not closed by this server", "the posting is not what was chained"}


async def test_a_posting_added_behind_the_closing_is_named(units: Units, do: Do) -> None:
    kept = await do(lambda work: pseudonymise(work, ACCOUNT))

    def reopen(work: Work) -> None:
        row = work.first(select(Wallet.__table__).where(Wallet.account_id == kept.owner_id).limit(1))
        assert row is not None
        work.execute(update(Wallet).where(Wallet.id == row.id).values(closure=None))
        post(work, [top_up(5, "top_9", row.unit, account_id=kept.owner_id)])
        work.execute(update(Wallet).where(Wallet.id == row.id).values(closure=row.closure))

    await units.run_unaudited(reopen)
    assert told(await verify_ledger(units)) == [(None, "the wallet was not closed by this server")]


# ---- what verification accepts, and what it names


async def test_a_root_accepts_the_erased_at_its_head_and_later(
    units: Units, do: Do, tmp_path: Path, clock: ManualClock
) -> None:
    await write_root(units, tmp_path)  # older than the forfeits: an earlier head
    await do(lambda work: pseudonymise(work, ACCOUNT))
    clock.advance(timedelta(days=1))
    await write_root(units, tmp_path)  # of the last head
    owner = await units.read(
        lambda read: read.scalar(select(Wallet.account_id).where(Wallet.closure.is_not(None)).limit(1))
    )
    await do(lambda work: erase(work, owner))
    clock.advance(timedelta(days=1))
    await write_root(units, tmp_path)
    await do(lambda work: erase(work, OTHER))
    report = await verify_ledger(units, roots_dir=tmp_path)
    assert (told(report), report.wallets, report.tombstones, report.roots) == ([], 0, 3, 3)


def vanish(work: Work) -> None:
    wallet_id = theirs(work)
    for table in (Posting, Hold, Claim):
        work.execute(delete(table).where(table.wallet_id == wallet_id))
    work.execute(delete(Wallet).where(Wallet.id == wallet_id))


def forge_tombstone(work: Work) -> None:
    """One more tombstone, and a count that fits it; only the signatures are missing."""
    values = {"id": "tmb_forged", "wallet_key": b"k", "sequence": 1, "head": b"h", "signature": bytes(64)}
    work.execute(insert(Tombstone).values(values))
    work.execute(update(ErasedSeal).values(wallets=ErasedSeal.wallets + 1))


NOT_SIGNED = "the totals of erased wallets are not signed by this server"
FORGERIES: dict[str, tuple[Callable[[Work], Any], list[str]]] = {
    "a vanished wallet": (vanish, ["the wallet is gone; root {root} has it"]),
    "a forged tombstone": (forge_tombstone, [NOT_SIGNED, "the tombstone is not signed by this server"]),
    "a tombstone of another head": (
        lambda work: work.execute(update(Tombstone).values(head=b"h")),
        ["the wallet is gone; root {root} has it"] * 2 + ["the tombstone is not signed by this server"] * 2,
    ),
    "a lost tombstone": (
        lambda work: work.execute(delete(Tombstone)),
        ["the wallet is gone; root {root} has it"] * 2 + ["2 wallets were erased, there are 0 tombstones"],
    ),
    "a changed total": (
        lambda work: work.execute(
            update(ErasedTotal).where(ErasedTotal.unit == "EMAIL", ErasedTotal.total > 0).values(total=41)
        ),
        [NOT_SIGNED, "the totals of erased wallets in EMAIL are not 0 together"],
    ),
    "two changed totals": (
        lambda work: work.execute(update(ErasedTotal).values(total=ErasedTotal.total * 2)),
        [NOT_SIGNED],
    ),
    "a lost bucket": (
        lambda work: [work.execute(delete(table)) for table in (ErasedTotal, ErasedSeal)],
        ["0 wallets were erased, there are 2 tombstones"],
    ),
    "a lost seal": (
        lambda work: work.execute(delete(ErasedSeal)),
        [
            NOT_SIGNED,
            "0 wallets were erased, there are 2 tombstones",
            "root {root} signed other totals of erased wallets",
        ],
    ),
}


@pytest.mark.parametrize("how", FORGERIES)
async def test_forgeries_are_named(units: Units, do: Do, tmp_path: Path, how: str) -> None:
    forge, expected = FORGERIES[how]
    root = (await write_root(units, tmp_path)).stem
    await do(lambda work: erase(work, ACCOUNT))
    await units.run_unaudited(forge)
    report = await verify_ledger(units, roots_dir=tmp_path)
    assert [what for _, what in told(report)] == [what.format(root=root) for what in expected]


@pytest.mark.parametrize("how", ["a forged tombstone", "two changed totals"])
async def test_an_erasure_does_not_sign_a_changed_bucket(units: Units, do: Do, how: str) -> None:
    await do(lambda work: erase(work, ACCOUNT))
    await units.run_unaudited(FORGERIES[how][0])
    with pytest.raises(LedgerNotIntact):
        await do(lambda work: erase(work, OTHER))


@pytest.mark.parametrize("end", [erase, pseudonymise])
async def test_an_erasure_does_not_launder_a_changed_wallet(
    units: Units, do: Do, end: Callable[[Work, str], Any]
) -> None:
    changed = (Posting.kind == "USAGE") & (Posting.posted_delta == -100)
    await units.run_unaudited(
        lambda work: work.execute(update(Posting).where(changed).values(counter="FEES"))
    )
    with pytest.raises(LedgerNotIntact):
        await do(lambda work: end(work, OTHER))
    assert (await verify_ledger(units)).faults_found == 1


async def test_a_root_sees_that_an_erasure_was_taken_back(
    units: Units, do: Do, tmp_path: Path, clock: ManualClock
) -> None:
    """All of it: the tombstones, and the bucket as it was signed before."""
    await do(lambda work: erase(work, OTHER))
    before = await units.read(lambda read: [read.rows(select(table.__table__)) for table in TABLES[4:]])
    await do(lambda work: erase(work, ACCOUNT))
    root = (await write_root(units, tmp_path)).stem

    def take_back(work: Work) -> None:
        for table, rows in zip(TABLES[4:], before, strict=True):
            work.execute(delete(table))
            work.execute(insert(table), [dict(row._mapping) for row in rows])

    await units.run_unaudited(take_back)
    assert (await verify_ledger(units)).intact
    report = await verify_ledger(units, roots_dir=tmp_path)
    assert told(report) == [(None, f"1 wallets were erased, root {root} has 3")]


async def test_the_bucket_in_a_root_is_signed(units: Units, do: Do, tmp_path: Path) -> None:
    await do(lambda work: erase(work, ACCOUNT))
    path = await write_root(units, tmp_path)
    whole = path.read_text()
    assert "PAYMENTS EUR -1000" in whole
    path.write_text(whole.replace("PAYMENTS EUR -1000", "PAYMENTS EUR -1001"))
    whats = [what for _, what in told(await verify_ledger(units, roots_dir=tmp_path))]
    assert whats == ["the file is damaged or not signed by this server"]
    assert len(root_paths(tmp_path)) == 1


# ---- at the same time


@pytest.mark.parametrize("end", [erase, pseudonymise])
async def test_spends_beside_an_erasure_are_counted_or_refused(
    units: Units, do: Do, end: Callable[[Work, str], Any]
) -> None:
    await do(lambda work: post(work, [top_up(1000, "top_5")]))
    before = await totals(units)
    *results, ended = await asyncio.gather(
        *(do(lambda work, n=n: post(work, [spend(10, f"use_{n}")])) for n in range(20)),
        *(do(lambda work, n=n: post(work, [top_up(1, f"top_{n}", "USD")])) for n in range(20)),
        do(lambda work: end(work, ACCOUNT)),
        return_exceptions=True,
    )
    assert not isinstance(ended, Exception)
    spent = sum(10 for result in results[:20] if isinstance(result, list))
    paid = sum(1 for result in results[20:] if isinstance(result, list))
    refusals = [result for result in results if isinstance(result, Exception)]
    assert all(isinstance(refusal, WalletsClosed | BalanceTooLow) for refusal in refusals)
    after = await totals(units)
    assert after["REVENUE", "EUR"] == before["REVENUE", "EUR"] + spent
    assert after.get(("PAYMENTS", "USD"), 0) == -paid
    assert ended.forfeited.get("USD", 0) == paid  # no wallet was opened behind the closing
    assert (await verify_ledger(units)).intact
    left = await units.read(lambda read: read.first(select(Wallet.id).where(Wallet.account_id == ACCOUNT)))
    assert left is None


async def test_erasures_at_once_all_arrive_in_the_bucket(units: Units, do: Do) -> None:
    accounts = [f"acc_many_{number}" for number in range(10)]
    await do(lambda work: post(work, [top_up(7, f"t_{name}", account_id=name) for name in accounts]))
    await asyncio.gather(*(do(lambda work, name=name: erase(work, name)) for name in accounts))
    report = await verify_ledger(units)
    assert (told(report), report.tombstones) == ([], 10)
    assert (await totals(units))["FORFEITS", "EUR"] == 70


async def test_a_wallet_that_is_erased_during_a_verification_is_no_fault(
    units: Units, do: Do, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof_reads, "READ_ROWS_MAX", 2)
    verification = Verification()
    assert await units.read(verification.advance)
    await do(lambda work: erase(work, ACCOUNT))
    monkeypatch.setattr(proof_reads, "READ_ROWS_MAX", 1_000)
    while await units.read(verification.advance):
        pass
    assert told(verification.report) == []
    assert verification.report.totals == {}  # they would count the erased twice


async def test_a_root_of_the_first_format_is_still_read(units: Units, do: Do, tmp_path: Path) -> None:
    """It has no bucket, and signs the rest: made here as the server made it before it could erase."""
    leaves = await units.read(lambda read: leaves_after(read, "", 100))
    tree = MerkleTree()
    for leaf in leaves:
        tree.add(leaf)
    at, previous = to_micros(START), bytes(32).hex()
    message = f"postmeter-root-1 {at} {tree.count} {tree.root().hex()} {previous}".encode()
    signer = await units.read(lambda read: read.keys.signer(SIGNING_KEY))
    header = {"format": "postmeter-root-1", "at": at, "previous": previous}
    footer = {"wallets": tree.count, "root": tree.root().hex(), "signature": signer.sign(message).hex()}
    lines = [json.dumps(header), *(leaf.line() for leaf in leaves), json.dumps(footer)]
    (tmp_path / "20260301T090000000000Z.root").write_text("\n".join(lines) + "\n")
    await do(lambda work: erase(work, ACCOUNT))
    await write_root(units, tmp_path)  # the next one, in the format of today
    report = await verify_ledger(units, roots_dir=tmp_path)
    assert (told(report), report.roots) == ([], 2)


async def test_a_living_wallet_without_its_secret_is_named(units: Units) -> None:
    wallet_id = await units.read(theirs)
    await units.run_unaudited(lambda work: work.keys.destroy(wallet_id, [CHAIN_KEY]))
    assert told(await verify_ledger(units)) == [(None, "the secret of the chain is gone")]
    report = await units.read(lambda read: verify_account(read, OTHER))
    assert told(report) == [(None, "the secret of the chain is gone")]


async def test_a_secret_that_goes_before_its_row_is_seen_to_go_is_no_fault(units: Units) -> None:
    """The snapshot of the wallets is older than their erasure, the look into the key store is younger."""
    wallet_id = await units.read(theirs)
    verification = Verification()
    await units.run_unaudited(lambda work: work.keys.destroy(wallet_id, [CHAIN_KEY]))
    assert await units.read(verification.advance)
    await units.run_unaudited(vanish)
    while await units.read(verification.advance):
        pass
    assert told(verification.report) == []

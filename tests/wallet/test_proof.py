"""What verification sees: nothing in an honest ledger, and each way of rewriting one."""

from __future__ import annotations

import struct
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, text, update

from server.kit.clock import ManualClock
from server.kit.due import DueRunner
from server.kit.work import Read, Units, Work
from server.wallet.actions import capture, post, release, reserve
from server.wallet.jobs import handlers, plan, verify_ledger, write_root
from server.wallet.jobs.roots import root_paths
from server.wallet.model import Hold, Posting, Wallet
from server.wallet.reads import counter_totals
from server.wallet.reads import proof as proof_reads
from server.wallet.reads.proof import Report, verify_account
from server.wallet.rules import Counter, PostingKind
from server.wallet.rules.chain import genesis, link
from server.wallet.rules.merkle import Leaf, MerkleTree
from tests.conftest import START
from tests.wallet.conftest import ACCOUNT, OTHER, Do
from tests.wallet.test_actions import spend, top_up

SOON = START + timedelta(hours=1)


@pytest.fixture
async def history(do: Do) -> None:
    """Two customers, eight changes of the first one's EUR wallet: 1 to 8."""
    await do(lambda work: post(work, [top_up(1000), spend(100), spend(50)]))
    await do(lambda work: post(work, [top_up(500, account_id=OTHER), spend(100, account_id=OTHER)]))
    hold = await do(lambda work: reserve(work, ACCOUNT, "EUR", 300, None, SOON))
    await do(lambda work: capture(work, hold.id, 100, Counter.REVENUE, PostingKind.ORDER, "ord_1"))
    await do(lambda work: release(work, hold.id))
    await do(lambda work: reserve(work, ACCOUNT, "EUR", 10, None, SOON))
    await do(lambda work: post(work, [spend(1)]))


def mine(read: Read) -> Any:
    return read.scalar(select(Wallet.id).where(Wallet.account_id == ACCOUNT))


def theirs(read: Read) -> Any:
    return read.scalar(select(Wallet.id).where(Wallet.account_id == OTHER))


def at(read: Read, sequence: int) -> Any:
    return (Posting.wallet_id == mine(read)) & (Posting.sequence == sequence)


def told(report: Report) -> list[tuple[int | None, str]]:
    return [(fault.sequence, fault.what) for fault in report.faults]


@pytest.mark.rule("Q013")
@pytest.mark.usefixtures("history")
async def test_an_honest_ledger_is_intact(units: Units, tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    await write_root(units, tmp_path)
    report = await verify_ledger(units, progress=lambda *step: steps.append(step), roots_dir=tmp_path)
    assert (told(report), report.wallets, report.postings, report.roots) == ([], 2, 10, 1)
    assert steps[-1] == (2, 2)
    assert dict(report.totals) == await units.read(counter_totals)
    assert report.totals == {("PAYMENTS", "EUR"): -1500, ("REVENUE", "EUR"): 351}
    assert list(report.lines())[-1] == "The ledger is intact."


@pytest.mark.usefixtures("history")
async def test_verification_may_pause_anywhere(units: Units, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof_reads, "READ_ROWS_MAX", 3)
    report = await verify_ledger(units)
    assert (told(report), report.postings) == ([], 10)


@pytest.mark.usefixtures("history")
async def test_of_a_long_wallet_a_request_replays_the_newest(
    units: Units, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof_reads, "ACCOUNT_POSTINGS_MAX", 5)
    report = await units.read(lambda read: verify_account(read, ACCOUNT))
    assert (told(report), report.postings, report.complete) == ([], 5, False)


Tampering = Callable[[Work], Any]
TAMPERINGS: dict[str, tuple[Tampering, list[tuple[int | None, str]]]] = {
    "an edited amount": (
        lambda work: work.execute(update(Posting).where(at(work, 2)).values(posted_delta=-1)),
        [
            (2, "the posting is not what was chained"),
            (2, "the posted balance does not follow from the posting before"),
        ],
    ),
    "a deleted row in the middle": (
        lambda work: work.execute(delete(Posting).where(at(work, 3))),
        [
            (4, "postings 3 to 3 are missing"),
            (4, "the posted balance does not follow from the posting before"),
        ],
    ),
    "a row moved to another wallet": (
        lambda work: work.execute(
            update(Posting).where(at(work, 8)).values(wallet_id=theirs(work), sequence=3)
        ),
        [
            (None, "the wallet is at sequence 8, its postings end at 7"),
            (None, "the wallet's balance is not what its postings add up to"),
            (None, "the wallet's head is not the link of its last posting"),
            (3, "the posting is not what was chained"),
            (3, "the posted balance does not follow from the posting before"),
            (3, "the held balance does not follow from the posting before"),
            (None, "the wallet is at sequence 2, its postings end at 3"),
            (None, "the wallet's balance is not what its postings add up to"),
            (None, "the wallet's head is not the link of its last posting"),
        ],
    ),
    "a rewound wallet": (
        lambda work: work.execute(
            update(Wallet).where(Wallet.id == mine(work)).values(sequence=7, posted=750)
        ),
        [
            (None, "the wallet is at sequence 7, its postings end at 8"),
            (None, "the wallet's balance is not what its postings add up to"),
        ],
    ),
    "a raised balance": (
        lambda work: work.execute(update(Wallet).where(Wallet.id == mine(work)).values(posted=9999)),
        [(None, "the wallet's balance is not what its postings add up to")],
    ),
    "a wallet given to somebody else": (
        lambda work: work.execute(
            update(Wallet).where(Wallet.id == mine(work)).values(account_id="acc_thief")
        ),
        [(1, "the posting is not what was chained")],
    ),
}


@pytest.mark.parametrize("how", TAMPERINGS)
@pytest.mark.usefixtures("history")
async def test_tampering_is_named(units: Units, how: str) -> None:
    tamper, expected = TAMPERINGS[how]
    await units.run_unaudited(tamper)
    report = await verify_ledger(units)
    assert told(report) == expected
    assert not report.intact


@pytest.mark.usefixtures("history")
async def test_two_swapped_rows_are_named(units: Units) -> None:
    def swap(work: Work) -> None:
        for old, new in ((2, 99), (3, 2), (99, 3)):
            work.execute(update(Posting).where(at(work, old)).values(sequence=new))

    await units.run_unaudited(swap)
    sequences = {sequence for sequence, _ in told(await verify_ledger(units))}
    assert sequences == {2, 3, 4}


@pytest.mark.usefixtures("history")
async def test_forged_holds_are_named(units: Units) -> None:
    def forge(work: Work) -> None:
        real = work.first(select(Hold.__table__).where(Hold.state == "OPEN"))
        assert real is not None
        work.execute(Hold.__table__.insert().values({**real._mapping, "id": "hld_forged"}))
        work.execute(update(Hold).where(Hold.id == real.id).values(quantity=11))

    await units.run_unaudited(forge)
    whats = [what for _, what in told(await verify_ledger(units))]
    assert any("is not what its postings say" in what for what in whats)
    assert "hold hld_forged was never placed by a posting" in whats
    await units.run_unaudited(lambda work: work.execute(delete(Hold)))
    whats = [what for _, what in told(await verify_ledger(units))]
    assert len(whats) == 2
    assert all(what.endswith("is gone") for what in whats)


def cut_the_tail(work: Work) -> None:
    """Remove the newest posting and make the wallet row what it was before: no chain can tell."""
    wallet_id = mine(work)
    work.execute(delete(Posting).where(at(work, 8)))
    last = work.first(select(Posting.__table__).where(at(work, 7)))
    assert last is not None
    work.execute(
        update(Wallet)
        .where(Wallet.id == wallet_id)
        .values(sequence=7, posted=last.posted_after, held=last.held_after, head=last.link)
    )


@pytest.mark.usefixtures("history")
async def test_a_signed_root_sees_a_cut_tail(units: Units, tmp_path: Path, clock: ManualClock) -> None:
    name = (await write_root(units, tmp_path)).stem
    await units.run_unaudited(cut_the_tail)
    assert (await verify_ledger(units)).intact
    # A later root over the cut history does not hide it: all kept roots are compared.
    clock.advance(timedelta(days=1))
    await write_root(units, tmp_path)
    report = await verify_ledger(units, roots_dir=tmp_path)
    assert told(report) == [(7, f"the tail is cut: root {name} has sequence 8")]


@pytest.mark.usefixtures("history")
async def test_a_signed_root_sees_another_history_and_a_vanished_wallet(
    units: Units, tmp_path: Path, do: Do
) -> None:
    name = (await write_root(units, tmp_path)).stem
    await units.run_unaudited(cut_the_tail)
    await do(lambda work: post(work, [spend(2)]))
    report = await verify_ledger(units, roots_dir=tmp_path)
    assert told(report) == [(8, f"root {name} signed another history")]

    def vanish(work: Work) -> None:
        wallet_id = mine(work)
        for table in (Posting, Hold):
            work.execute(delete(table).where(table.wallet_id == wallet_id))
        work.execute(delete(Wallet).where(Wallet.id == wallet_id))

    await units.run_unaudited(vanish)
    assert told(await verify_ledger(units, roots_dir=tmp_path)) == [
        (None, f"the wallet is gone; root {name} has it")
    ]


@pytest.mark.usefixtures("history")
async def test_root_files_cannot_be_edited_or_lost(units: Units, tmp_path: Path, clock: ManualClock) -> None:
    paths = []
    for _ in range(3):
        paths.append(await write_root(units, tmp_path))
        clock.advance(timedelta(days=1))
    whole = paths[1].read_text()
    paths[1].write_text(whole.replace(" 8 ", " 7 "))
    whats = [what for _, what in told(await verify_ledger(units, roots_dir=tmp_path))]
    assert whats == [
        "the file is damaged or not signed by this server",
        "the root before it is another or is missing",
    ]
    paths[1].unlink()
    whats = [what for _, what in told(await verify_ledger(units, roots_dir=tmp_path))]
    assert whats == ["the root before it is another or is missing"]


async def test_a_damaged_root_does_not_end_the_signing(
    units: Units, tmp_path: Path, clock: ManualClock
) -> None:
    await write_root(units, tmp_path)
    clock.advance(timedelta(days=1))
    (await write_root(units, tmp_path)).write_text("nonsense")
    clock.advance(timedelta(days=1))
    await write_root(units, tmp_path)
    report = await verify_ledger(units, roots_dir=tmp_path)
    assert [what for _, what in told(report)] == ["the file is damaged or not signed by this server"]
    assert report.roots == 2


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("history")
async def test_a_posting_of_nonsense_is_named_and_stops_nothing(units: Units) -> None:
    await units.run_unaudited(lambda work: work.execute(text("UPDATE postings SET posted_delta = 'much'")))
    report = await verify_ledger(units)
    assert told(report) == [(1, "the posting cannot be read")] * 2


@pytest.mark.usefixtures("history")
async def test_due_work_signs_a_root_a_day_and_expires_holds(
    units: Units, tmp_path: Path, clock: ManualClock
) -> None:
    runner = DueRunner(units, handlers(tmp_path))
    await units.run_unaudited(plan)
    await runner.run_due()
    await units.run_unaudited(plan)  # a restart plans nothing twice
    assert await runner.run_due() == 0
    assert len(root_paths(tmp_path)) == 1
    for _ in range(60):
        clock.advance(timedelta(minutes=1))
        await runner.run_due()
    states = await units.read(lambda read: list(read.execute(select(Hold.state)).scalars()))
    assert sorted(states) == ["EXPIRED", "RELEASED"]
    clock.advance(timedelta(hours=23))
    await runner.run_due()
    assert len(root_paths(tmp_path)) == 2
    assert (await verify_ledger(units, roots_dir=tmp_path)).intact


def test_the_canonical_form_is_fixed() -> None:
    start = genesis(b"k" * 32, "wal_1", "acc_1", "EUR")
    first = link(
        b"k" * 32, start, "wal_1", 1, "TOP_UP", 5, 0, 5, 0, "PAYMENTS", "trf_1", None, "top_1", 1_000_000
    )
    assert start.hex() == "29ca8a38f408c442e07abeb1327658bc21d34826122d4c0fbbdf2433cc2d2fb3"
    assert first.hex() == "928fdcd000dc2a867c04d99d49f98406a4881ec99807c09bb3ed0b76d05ea1dc"


def test_no_two_postings_have_one_form() -> None:
    def form(counter: str | None, transfer_id: str | None, reference: str) -> bytes:
        return link(b"k" * 32, b"", "wal_1", 1, "USAGE", 1, 0, 1, 0, counter, transfer_id, None, reference, 0)

    forms = [form("AB", "C", "D"), form("A", "BC", "D"), form("A", "B", "CD"), form(None, "AB", "CD")]
    forms += [form("", "AB", "CD"), form("AB", None, "CD"), form("AB", "", "CD")]
    assert len(set(forms)) == len(forms)
    with pytest.raises(struct.error):
        form("A", "B", "C" * 40_000)


def test_the_merkle_root_depends_on_every_leaf_and_its_place() -> None:
    def root(*numbers: int) -> bytes:
        tree = MerkleTree()
        for number in numbers:
            tree.add(Leaf(f"wal_{number}", number, bytes([number])))
        return tree.root()

    roots = [root(), root(1), root(1, 2), root(2, 1), root(1, 2, 3), root(1, 2, 3, 3), root(1, 2, 3, 4)]
    assert len(set(roots)) == len(roots)

"""Two hundred accounts for a year: declines, lost requests and answers, notices twice, late and in any order,
chargebacks, processes killed between any two transactions, and two schedulers at once.

`pytest tests/year --full` runs ten seeds; a failure names the seed, and `--seed N` runs it again.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from server.kit.clock import ManualClock
from server.kit.registry import Registry
from server.kit.work import Units
from tests.orders.automatic import without_channels
from tests.year import checks
from tests.year.world import World

ACCOUNTS = 200
DAYS = 365


@pytest.fixture
def terms() -> Registry:
    return without_channels()


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_a_year_of_two_hundred_accounts(
    units: Units, clock: ManualClock, tmp_path: Path, seed: int
) -> None:
    world = World(units, clock, Random(seed), tmp_path / "roots")
    await world.live(ACCOUNTS, DAYS)
    await units.read(lambda read: checks.check_ledger(read, world.accounts))
    await units.read(lambda read: checks.check_charges(read, world.provider))
    renewals = await units.read(checks.check_plans)
    automatic = await units.read(checks.check_auto_top_ups)
    documents = await units.read(checks.check_invoices)
    print(
        f"seed {seed}: {world.done.total()} deeds, {world.refused.total()} refused, {len(world.provider.charges)} "
        f"charges, {renewals} renewals, {automatic} automatic top-ups, {documents} documents, {world.kills} kills"
    )
    assert min(renewals, automatic, world.kills) > 20, "the year was not a quiet one"

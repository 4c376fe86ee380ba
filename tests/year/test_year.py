"""Two hundred accounts for a year: declines, lost requests and answers, notices twice, late and in any order,
chargebacks, suspensions, processes killed between any two transactions, and two schedulers at once.

`pytest tests/year --full` runs ten seeds; a failure names the seed in the name of its test, and `--seed N` runs it
again. What happens is chosen by the seed; which of the two schedulers comes first is not, so that a year is much the
same when it is run again, and not exactly: what must be true is true of every interleaving.
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
    usage = await units.read(checks.check_usage)
    print(
        f"seed {seed}: {world.done.total()} deeds, {world.refused.total()} refused, {len(world.provider.charges)} "
        f"charges, {renewals} renewals, {automatic} automatic top-ups, {documents} documents, {usage} of usage, "
        f"{world.kills} kills"
    )
    assert min(renewals, automatic, usage, world.kills) > 20, "the year was not a quiet one"

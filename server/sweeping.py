"""What `postmeter sweep` does: run, or only list, all that falls due until an instant.

Up to now it does what a running server would, beside one if need be: each step is leased. Beyond now it only lists,
except in a sandbox, where nobody's contract is at stake: there the clock is moved on from one due instant to the next,
and what is written is dated in the future.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from rich.console import Group
from rich.table import Table

from server.app import Postmeter
from server.kit.clock import ManualClock
from server.kit.due import DueRunner, Swept, Timer
from server.kit.due.overview import key_of, listed
from server.kit.due.queue import next_due
from server.kit.work import Read
from server.migrations import newest
from server.privacy.actions.retention import RETENTION
from server.privacy.reads.retention import preview

LISTED_A_READ = 500
LISTED_MAX = 10_000
HOUSEKEEPING_EVERY = timedelta(hours=1)
"""How finely the server's own work is repeated while a sandbox's clock is moved on."""


class SweepRefused(Exception):
    """Why nothing was swept, as a sentence."""


async def planned(postmeter: Postmeter, until: datetime) -> Group:
    """What falls due until then, and what will be over by the policy's retention, without changing anything. Raises
    SweepRefused for an older database.
    """
    async with postmeter.looking():
        if await postmeter.schema_version() != newest():
            raise SweepRefused("The database has another version than this program: run `postmeter migrate`.")
        return await postmeter.units.read(
            lambda read: Group(_planned(read, postmeter.due, until), _over(read, until))
        )


async def sweep(postmeter: Postmeter, until: datetime, clock: ManualClock | None) -> Table:
    """Do what falls due until then. `clock` is that of a sandbox, which may run ahead. Raises SweepRefused."""
    now = postmeter.house.clock.now()
    if clock is None and until > now:
        raise SweepRefused(
            f"It is {now:%Y-%m-%d %H:%M:%S} UTC, and only a sandbox can be swept beyond that. "
            "With --dry-run it is listed what would fall due."
        )
    async with postmeter.storage():
        swept = dict(await postmeter.due.sweep(until))
        while clock is not None and (instant := await _next_instant(postmeter, until)) is not None:
            clock.set(max(instant, clock.now()))
            for kind, more in (await postmeter.due.sweep(until)).items():
                total = swept.setdefault(kind, Swept())
                total.done += more.done
                total.failed += more.failed
    return _swept(swept)


async def _next_instant(postmeter: Postmeter, until: datetime) -> datetime | None:
    """To when the clock moves: the next term, or an hour's housekeeping. None when nothing is due by `until`."""
    timers = postmeter.due.timers
    own = [kind for kind, timer in timers.of_kind.items() if timer is Timer.OPERATIONAL]

    def look(read: Read) -> datetime | None:
        terms = next_due(read, timers.contractual, besides=own)
        any_work = next_due(read, timers.contractual)
        housekeeping = None if any_work is None else max(any_work, read.now + HOUSEKEEPING_EVERY)
        return min((one for one in (terms, housekeeping) if one is not None), default=None)

    instant = await postmeter.units.read(look)
    return instant if instant is not None and instant <= until else None


def _planned(read: Read, runner: DueRunner, until: datetime) -> Table:
    table = Table("Due (UTC)", "Kind", "Subject", "State", "Attempts", "Last error")
    after, rows_left = None, LISTED_MAX
    contractual = runner.timers.contractual
    while rows_left:
        limit = min(LISTED_A_READ, rows_left)
        rows = listed(read, limit, contractual=contractual, until=until, after=after)
        for row in rows:
            due_at = f"{row.due_at:%Y-%m-%d %H:%M:%S}"
            table.add_row(
                due_at, row.kind, row.subject_id, row.state, str(row.attempts), row.last_error or ""
            )
        if len(rows) < limit:
            break
        after, rows_left = key_of(rows[-1]), rows_left - len(rows)
    table.caption = f"{table.row_count} to do" + ("" if rows_left else f", and more: {LISTED_MAX} are shown")
    return table


def _over(read: Read, until: datetime) -> Table:
    table = Table("Retention", "Table", "Rows", "Held", "Deleted by")
    found = [each for each in preview(read, until) if each.rows or each.held]
    for each in found:
        by = each.by_step or RETENTION
        table.add_row(each.name, each.table or "", str(each.rows), str(each.held), by)
    table.caption = f"{sum(each.rows for each in found if each.table)} rows will be over"
    return table


def _swept(swept: Mapping[str, Swept]) -> Table:
    table = Table("Kind", "Done", "Failed")
    for kind, tried in sorted(swept.items()):
        table.add_row(kind, str(tried.done), str(tried.failed))
    done, failed = sum(one.done for one in swept.values()), sum(one.failed for one in swept.values())
    table.caption = f"{done} done, {failed} failed"
    return table

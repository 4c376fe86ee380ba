"""The command `postmeter`: what operators do from a terminal."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from server.accounts.rules.staff import StaffRole
from server.settings import Settings

if TYPE_CHECKING:
    from server.app import Postmeter

app = typer.Typer(
    help="Postmeter, the back office of a prepaid sending service, as one GraphQL API.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
)
ledger = typer.Typer(help="The ledger and its proof.", no_args_is_help=True)
app.add_typer(ledger, name="ledger")
audit = typer.Typer(help="The audit log and its proof.", no_args_is_help=True)
app.add_typer(audit, name="audit")
keys = typer.Typer(help="The keys that data is sealed and signed with.", no_args_is_help=True)
app.add_typer(keys, name="keys")
notices = typer.Typer(help="What customers are told.", no_args_is_help=True)
app.add_typer(notices, name="notices")
staff = typer.Typer(
    help="The company's own people, and what they are authorised to do.", no_args_is_help=True
)
app.add_typer(staff, name="staff")

policy = typer.Typer(help="The policy that the server runs by, and what proves it.", no_args_is_help=True)
app.add_typer(policy, name="policy")

out = Console()
err = Console(stderr=True)


def main() -> None:
    """The entry point of the command and of `python -m server`."""
    try:
        app()
    except ValidationError as invalid:
        if invalid.title != Settings.__name__:
            raise
        faults = "\n".join(f"  - {_fault(error)}" for error in invalid.errors())
        raise SystemExit(f"Postmeter does not start:\n{faults}") from None


def _fault(error: ErrorDetails) -> str:
    """What is wrong with a setting, without its value: that may be a secret."""
    said = error["msg"].removeprefix("Value error, ")
    name = "".join(f"POSTMETER_{part}: ".upper() for part in error["loc"][:1])
    return f"{name}{said}"


@app.command()
def serve(
    demo: Annotated[
        bool, typer.Option("--demo", help="Start with a small made-up company whose balances keep moving.")
    ] = False,
    sandbox: Annotated[
        bool,
        typer.Option(
            "--sandbox", help="Mark a new database as a sandbox: its payment gateway mints play money."
        ),
    ] = False,
    host: Annotated[str | None, typer.Option(help="Listen here instead of the setting.")] = None,
    port: Annotated[int | None, typer.Option(help="Listen on this port; 0 takes a free one.")] = None,
    workers: Annotated[
        int | None, typer.Option(help="Run so many server processes; several on PostgreSQL only.")
    ] = None,
) -> None:
    """Run the server: migrates the database, makes what is missing, prints where it listens."""
    from server.serving import serve as run_server

    given = {"host": host, "port": port, "workers": workers}
    changed = {name: value for name, value in given.items() if value is not None}
    settings = Settings(**changed)  # type: ignore[arg-type]
    run_server(settings, demo=demo, sandbox=sandbox, out=out)


@app.command()
def migrate() -> None:
    """Bring the database to the newest schema, and say which one that is."""
    from server.app import Postmeter

    async def run() -> None:
        postmeter = Postmeter(Settings())
        async with postmeter.storage():
            out.print(f"The database is at version {await postmeter.schema_version()}.")

    _run(run)


@app.command()
def sweep(
    until: Annotated[datetime, typer.Option(help="Until when, in UTC: 2026-11-30 or 2026-11-30T12:00:00.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list it, and change nothing.")] = False,
) -> None:
    """Do all that falls due until an instant. Only a sandbox is swept beyond now; there the clock is moved."""
    from server import sweeping
    from server.app import Postmeter
    from server.kit.clock import ManualClock, SystemClock

    settings = existing(Settings())
    instant = until.replace(tzinfo=UTC)
    clock = ManualClock(SystemClock().now()) if settings.sandbox_mark_file.exists() and not dry_run else None
    postmeter = Postmeter(settings, clock=clock)
    try:
        table = _run(
            lambda: (
                sweeping.planned(postmeter, instant) if dry_run else sweeping.sweep(postmeter, instant, clock)
            )
        )
    except sweeping.SweepRefused as refused:
        err.print(str(refused), style="red", highlight=False, markup=False, soft_wrap=True)
        raise typer.Exit(1) from None
    out.print(table, highlight=False)


@app.command()
def backup(
    folder: Annotated[Path, typer.Argument(help="A new folder, away from this machine's disk.")],
) -> None:
    """Copy everything but the master key into a new folder, while the server runs."""
    from server import backing_up
    from server.app import Postmeter

    settings = existing(Settings())
    _backing_up(lambda: backing_up.backup(Postmeter(settings), folder))


@app.command()
def restore(
    folder: Annotated[Path, typer.Argument(help="The folder of a backup.")],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the data that is there.")] = False,
    replace_keys: Annotated[
        bool,
        typer.Option("--replace-keys", help="Take the backup's key store, too, though there is a newer one."),
    ] = False,
) -> None:
    """Put a backup back, while no server runs, and erase again what was erased since."""
    from server import backing_up
    from server.backups.restoring import Wish

    _backing_up(lambda: backing_up.restore(Settings(), folder, Wish(overwrite, replace_keys)))


@app.command()
def schema() -> None:
    """Print the GraphQL schema, as committed in schema.graphql."""
    from server.schema import sdl

    # Plain print: rich would wrap and colour what other programs read.
    typer.echo(sdl())


@ledger.command()
def verify() -> None:
    """Replay every posting; check balances, sequences, chains and signed roots. Exit code 1 on a fault."""
    from server.app import Postmeter

    async def run() -> int:
        postmeter = Postmeter(existing(Settings()))
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        async with postmeter.storage():
            with Progress(*columns, console=err) as progress:
                task = progress.add_task("Verifying wallets", total=None)
                report = await postmeter.verify_ledger(
                    lambda done, total: progress.update(task, completed=done, total=total)
                )
        for line in report.lines():
            out.print(line, highlight=False)
        return 0 if report.intact else 1

    raise typer.Exit(_run(run))


@audit.command("verify")
def verify_audit() -> None:
    """Check every row of the audit log against its link, its seal and the seals' files. Exit code 1 on a fault."""
    from server.app import Postmeter

    async def run() -> int:
        postmeter = Postmeter(existing(Settings()))
        columns = (TextColumn("{task.description}"), TextColumn("{task.completed}"), TimeElapsedColumn())
        async with postmeter.storage():
            with Progress(*columns, console=err) as progress:
                task = progress.add_task("Verifying entries", total=None)
                report = await postmeter.verify_audit(lambda done: progress.update(task, completed=done))
        for line in report.lines():
            out.print(line, highlight=False)
        return 0 if report.intact else 1

    raise typer.Exit(_run(run))


class RotatedKey(StrEnum):
    """Which keys `postmeter keys rotate` replaces."""

    MASTER = "master"
    INDEX = "index"
    SIGNING = "signing"


@keys.command()
def rotate(
    which: Annotated[
        RotatedKey,
        typer.Argument(
            help="The master key that wraps all others, the key that hashes logins and e-mail addresses, or the "
            "signing keys."
        ),
    ],
) -> None:
    """Replace keys while the server runs. Stopped anywhere, it goes on where it was when it is run again."""
    from server import housekeeping
    from server.app import Postmeter

    async def run() -> list[str]:
        postmeter = Postmeter(existing(Settings()))
        async with postmeter.storage():
            if which is RotatedKey.SIGNING:
                return await housekeeping.rotate_signing(postmeter.units)
            columns = (TextColumn("{task.description}"), TextColumn("{task.completed}"), TimeElapsedColumn())
            with Progress(*columns, console=err) as progress:
                is_master = which is RotatedKey.MASTER
                task = progress.add_task("Keys left" if is_master else "Values left", total=None)
                rotation = housekeeping.rotate_master if is_master else housekeeping.rotate_index
                return await rotation(postmeter.units, lambda left: progress.update(task, completed=left))

    for line in _run(run):
        out.print(line, highlight=False)


@notices.command()
def dead() -> None:
    """List the newest e-mails that were given up, without their addresses: those are deleted by then."""
    from server.app import Postmeter
    from server.notices.reads import dead_letters

    async def run() -> None:
        postmeter = Postmeter(existing(Settings()))
        async with postmeter.storage():
            for letter in await postmeter.units.read(dead_letters):
                out.print(
                    f"{letter.settled_at:%Y-%m-%d %H:%M} {letter.account_id} {letter.notice_id} {letter.kind}: "
                    f"{letter.error} after {letter.attempts} attempts",
                    highlight=False,
                    markup=False,
                    soft_wrap=True,
                )

    _run(run)


@notices.command()
def translations() -> None:
    """List what each language lacks; customers read that in English."""
    from server.notices.adapters.templates import load
    from server.notices.rules import Terms

    for language, kinds in load().missing_translations(Terms().languages).items():
        out.print(f"{language}: {', '.join(kinds)}", highlight=False, soft_wrap=True)


@policy.command("check")
def check_policy() -> None:
    """Run one check per clause against the live database. Exit code 1 when one fails or an attestation is overdue."""
    from server import proving
    from server.app import Postmeter

    async def run() -> bool:
        postmeter = Postmeter(existing(Settings()))
        async with postmeter.storage():
            lines, good = await proving.check(postmeter)
        for line in lines:
            out.print(line, highlight=False, markup=False, soft_wrap=True)
        return good

    raise typer.Exit(0 if _run(run) else 1)


@policy.command()
def attest(
    kind: Annotated[str, typer.Argument(help="What, as the policy names it: security_review.")],
    owner: Annotated[str, typer.Option(help="The office that answers for it, such as security.officer.")],
    reference: Annotated[str, typer.Option(help="Where the proof is kept.")],
) -> None:
    """Enter that the company attests something today, such as a security review; its next review follows from it."""
    from server import proving

    _command(lambda postmeter: proving.attest(postmeter, kind, owner, reference))


@policy.command()
def coverage() -> None:
    """List every rule of the rulebook: enforced (and by which tests), attested, text, or not yet."""
    from server import proving

    for line in proving.coverage():
        out.print(line, highlight=False, markup=False, soft_wrap=True)


@policy.command()
def missing() -> None:
    """List the clauses that are not written in a language in which the policy is published."""
    from server import proving

    for line in proving.missing(Settings().policy):
        out.print(line, highlight=False, markup=False, soft_wrap=True)


@staff.command()
def add(
    login: Annotated[str, typer.Argument(help="The login; of a new person, or of one to authorise anew.")],
    role: Annotated[
        list[StaffRole], typer.Option("--role", help="What they do; may be given more than once.")
    ],
    scope: Annotated[str, typer.Option(help="What the authorisation covers, such as 'support tickets'.")],
    instructions: Annotated[str, typer.Option(help="The version of the instructions they act under.")],
    days: Annotated[int, typer.Option(min=1, max=366, help="How many days it is valid.")],
    starts: Annotated[
        datetime | None, typer.Option("--from", help="When it begins, in UTC; now if not given.")
    ] = None,
    password: Annotated[
        str | None,
        typer.Option(
            envvar="POSTMETER_STAFF_PASSWORD", help="The password of a new person; asked for if not given."
        ),
    ] = None,
) -> None:
    """Authorise somebody of the company to act on customers' data, for a limited time."""
    from server import staffing

    asked = staffing.Asked(login, tuple(role), scope, instructions, days, starts)

    def ask_password() -> str:
        return password or typer.prompt("Password", hide_input=True, confirmation_prompt=True)

    _command(lambda postmeter: staffing.add(postmeter, asked, ask_password))


@staff.command("list")
def list_staff() -> None:
    """Show every authorisation that was given, the newest first."""
    from server import staffing

    _command(staffing.listed)


@staff.command()
def revoke(login: Annotated[str, typer.Argument(help="Whose authorisations end now.")]) -> None:
    """Take all authority from somebody of the company; their sessions and feeds end at once."""
    from server import staffing

    _command(lambda postmeter: staffing.revoke(postmeter, login))


def _backing_up(run: Callable[[], Coroutine[Any, Any, list[str]]]) -> None:
    """Run it and print its lines. Exit code 1 when it is refused."""
    from server.backups.manifest import BackupRefused

    try:
        lines = _run(run)
    except BackupRefused as refused:
        err.print(str(refused), style="red", highlight=False, markup=False, soft_wrap=True)
        raise typer.Exit(1) from None
    for line in lines:
        out.print(line, highlight=False, markup=False, soft_wrap=True)


def _command(command: Callable[[Postmeter], Coroutine[Any, Any, list[str]]]) -> None:
    """Run a command on the storage and print its lines. Exit code 1 on a refusal."""
    from server.app import Postmeter
    from server.kit.problems import Refusal

    async def run() -> list[str]:
        postmeter = Postmeter(existing(Settings()))
        async with postmeter.storage():
            return await command(postmeter)

    try:
        lines = _run(run)
    except Refusal as refusal:
        err.print(refusal.message, style="red", highlight=False, markup=False, soft_wrap=True)
        raise typer.Exit(1) from None
    for line in lines:
        out.print(line, highlight=False, markup=False, soft_wrap=True)


@app.command()
def watch(
    unit: Annotated[str, typer.Argument(help="EMAIL, SMS or a currency such as EUR.")] = "EMAIL",
    url: Annotated[str, typer.Option(help="The server's GraphQL address.")] = "http://127.0.0.1:8000/graphql",
    after: Annotated[int | None, typer.Option(help="Resume behind this sequence.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="A line of JSON a change.")] = False,
) -> None:
    """Watch a balance live in the terminal, through the public API. Ctrl-C ends it.

    The API key or session token is taken from POSTMETER_API_KEY or asked for: of arguments, everybody on the machine
    can read. Into a pipe, or with --json, it writes one line a change; what it says of the connection goes to the
    error output. Behind a cut it goes on where it was.

    Exit codes: 0 when the reader has enough, 1 when the server refuses or cannot be reached at the start, 2 for wrong
    arguments or no key, 130 after Ctrl-C.
    """
    from server.watching import Shown, WatchRefused
    from server.watching import watch as run_watch

    key = os.environ.get("POSTMETER_API_KEY") or _asked_for_key()
    try:
        _run(lambda: run_watch(url, key, unit, after, Shown(out, err, as_json)))
    except WatchRefused as refused:
        err.print(str(refused), style="red", highlight=False, markup=False, soft_wrap=True)
        raise typer.Exit(1) from None


@app.command("bench-data")
def bench_data(
    campaign: Annotated[str, typer.Argument(help="The campaign that the events are of, cmp_….")],
    events: Annotated[int, typer.Option(min=1, max=100_000_000, help="How many lines.")] = 1_000_000,
    seed: Annotated[int, typer.Option(help="Other events by another number.")] = 1,
    until: Annotated[
        datetime | None, typer.Option(help="When the last of them happens, in UTC; now if not given.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="Write them to this file instead of sending them.")
    ] = None,
    url: Annotated[str, typer.Option(help="Where they are sent.")] = "http://127.0.0.1:8000/campaigns/events",
    key: Annotated[
        str, typer.Option(envvar="POSTMETER_API_KEY", help="An API key with the scope events:write.")
    ] = "",
) -> None:
    """Make plausible events of a campaign, out of order and some twice, and send them to the server as a stream."""
    from server import bench_data as data
    from server.kit.clock import SystemClock

    ends = SystemClock().now() if until is None else until.replace(tzinfo=UTC)
    lines = data.lines(data.Asked(campaign, events, seed, ends))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err) as progress:
        shown = progress.track(lines, total=events, description="Writing" if output else "Sending")
        said = data.write(shown, output) if output else data.send(shown, url, key)
    out.print(said, highlight=False, markup=False, soft_wrap=True)


def _asked_for_key() -> str:
    if not sys.stdin.isatty():
        err.print("There is no API key: put one into POSTMETER_API_KEY.", style="red", highlight=False)
        raise typer.Exit(2)
    return str(typer.prompt("API key or session token", hide_input=True, err=True))


def existing(settings: Settings) -> Settings:
    """The settings, if there is a database behind them: a command that only looks must not make an empty one."""
    file = settings.sqlite_file
    if file is not None and not file.exists():
        err.print(f"There is no database at {file}. Is this the server's working directory?", soft_wrap=True)
        raise typer.Exit(2)
    return settings


def _run(make: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    try:
        return asyncio.run(make())
    except KeyboardInterrupt:
        raise typer.Exit(130) from None

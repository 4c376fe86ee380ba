"""What an operator sees of `postmeter serve` and the other commands, and what they refuse."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from rich.console import Console
from sqlalchemy import text
from typer.testing import CliRunner

from server import proving
from server.app import Postmeter
from server.cli import app as command
from server.kit.viewer import SYSTEM
from server.kit.work import Call, Work
from server.serving import mark_sandbox, require_tls, serve
from server.settings import Settings
from server.wallet.actions import Transfer, post
from server.wallet.rules import Counter, PostingKind
from tests.servers import environment

READY_SECONDS_MAX = 180


def settings(folder: Path, **changes: object) -> Settings:
    names = {
        "database_url": f"sqlite:///{folder}/data/postmeter.sqlite3",
        "key_store_url": f"sqlite:///{folder}/keys/keys.sqlite3",
        "master_key_file": folder / "keys" / "master.key",
        "ledger_roots_dir": folder / "keys" / "ledger-roots",
        "sandbox_mark_file": folder / "data" / "SANDBOX",
        "policy": "demo",
    }
    return Settings(**{**names, **changes})


@pytest.mark.rule("P001", "M114", "M139")
def test_plain_http_is_not_served_outside_loopback(tmp_path: Path) -> None:
    for host in ("127.0.0.1", "::1", "localhost"):
        require_tls(settings(tmp_path, host=host))
    for host in ("0.0.0.0", "::", "192.0.2.7", "mail.example"):
        with pytest.raises(SystemExit, match="does not serve plain HTTP"):
            require_tls(settings(tmp_path, host=host))
    require_tls(settings(tmp_path, host="0.0.0.0", tls_certificate_file=tmp_path / "chain.pem"))
    require_tls(settings(tmp_path, host="0.0.0.0", tls_terminated_by_proxy=True))


def test_a_database_with_real_accounts_is_never_made_a_sandbox(tmp_path: Path) -> None:
    mark_sandbox(settings(tmp_path / "new"))
    assert (tmp_path / "new" / "data" / "SANDBOX").exists()
    mark_sandbox(settings(tmp_path / "new"))
    database = tmp_path / "real" / "data" / "postmeter.sqlite3"
    database.parent.mkdir(parents=True)
    database.touch()
    with pytest.raises(SystemExit, match="is no sandbox"):
        mark_sandbox(settings(tmp_path / "real"))


def test_the_demo_listens_on_loopback_only(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="loopback only"):
        serve(settings(tmp_path, host="0.0.0.0"), demo=True, sandbox=False, out=Console(quiet=True))


def test_origins_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTMETER_ALLOWED_ORIGINS", "https://a.example, https://b.example")
    assert Settings().allowed_origins == ("https://a.example", "https://b.example")


async def one_posting(postmeter: Postmeter) -> None:
    def pay(work: Work) -> None:
        post(work, [Transfer("acc_1", "EUR", 500, Counter.PAYMENTS, PostingKind.TOP_UP, "top_1")])

    await postmeter.units.run(Call("test", SYSTEM), pay)


def run(arguments: list[str], folder: Path) -> tuple[int, str]:
    result = CliRunner().invoke(command, arguments, env=environment(folder), catch_exceptions=False)
    return result.exit_code, result.output


async def test_the_ledger_is_verified_by_a_command_with_an_exit_code(tmp_path: Path) -> None:
    postmeter = Postmeter(settings(tmp_path))
    async with postmeter.storage():
        await one_posting(postmeter)
    command_line = [sys.executable, "-m", "server", "ledger", "verify"]

    def verify() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command_line, env=environment(tmp_path), cwd=tmp_path, capture_output=True, text=True, timeout=60
        )

    sound = verify()
    assert (sound.returncode, "The ledger is intact." in sound.stdout) == (0, True)
    spoilt = Postmeter(settings(tmp_path))
    async with spoilt.storage():
        await spoilt.house.database.write(
            lambda connection: connection.execute(text("UPDATE postings SET posted_delta = 900"))
        )
    found = verify()
    assert found.returncode == 1
    assert "FAULT" in found.stdout


def test_a_command_that_only_looks_makes_no_database(tmp_path: Path) -> None:
    exit_code, _ = run(["ledger", "verify"], tmp_path)
    assert exit_code == 2
    assert list(tmp_path.iterdir()) == []


def test_the_schema_is_printed_as_it_is_committed(tmp_path: Path) -> None:
    exit_code, output = run(["schema"], tmp_path)
    assert exit_code == 0
    assert output == (Path(__file__).parent.parent / "schema.graphql").read_text()


@contextmanager
def demo(folder: Path) -> Iterator[Path]:
    """`postmeter serve --demo` as a process; its output goes to the file."""
    folder.mkdir()
    log = folder / "log"
    line = [sys.executable, "-m", "server", "serve", "--demo", "--port", "0"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            line,
            cwd=folder,
            env={**environment(folder), "TMPDIR": str(folder)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            yield log
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def wait_for(pattern: str, log: Path) -> str:
    until = time.monotonic() + READY_SECONDS_MAX
    while not (found := re.search(pattern, log.read_text())):
        assert time.monotonic() < until, log.read_text()
        time.sleep(0.05)  # the file of another process: there is nothing to await
    return found[1]


def commerce(log: Path) -> dict[str, Any]:
    """What the demo's company settled: plan, card, VAT number, sender ID, automatic top-up and invoices."""
    page = httpx.get(wait_for(r"Read an invoice +(http\S+)", log))
    assert (page.status_code, "Lark Press" in page.text) == (200, True)
    query = """plan { plan { code } status } vatNumber { number }
        senders { edges { node { name status } } } autoTopUps { unit below add }
        invoices(first: 100, kind: INVOICE) { edges { node {
            gross { amount } lines { code } taxes { ratePercent treatment } } } }"""
    account: dict[str, Any] = ask(log, query)
    documents = [edge["node"] for edge in account.pop("invoices")["edges"]]
    # Without that of a month's usage: when the demo's months end depends on the day on which it is started.
    orders = [one for one in documents if not one["lines"][0]["code"].startswith("USAGE")]
    return account | {"invoices": orders[::-1][:10]}  # the oldest: it goes on buying


def history(log: Path) -> list[tuple[str, str]]:
    """The kinds and amounts of the first hundred postings of the demo's e-mail credits."""
    after = "MTAx"  # the cursor of sequence 101: what comes behind it are the hundred before
    postings = f'postings(first: 100, after: "{after}") {{ edges {{ node {{ kind amount }} }} }}'
    wallets = {wallet["unit"]: wallet for wallet in ask(log, f"wallets {{ unit {postings} }}")["wallets"]}
    assert set(wallets) == {"EMAIL", "SMS", "EUR"}
    edges = wallets["EMAIL"]["postings"]["edges"]
    return [(edge["node"]["kind"], edge["node"]["amount"]) for edge in edges]


def ask(log: Path, query: str) -> Any:
    """What the demo's company sees of its own account."""
    key = wait_for(r"API key +(pm_\w+)", log)
    origin = wait_for(r"listens at (http://\S+)", log)
    body = {"query": f"{{ viewer {{ account {{ {query} }} }} }}"}
    answer = httpx.post(f"{origin}/graphql", json=body, headers={"Authorization": f"Bearer {key}"}).json()
    assert "errors" not in answer, answer
    return answer["data"]["viewer"]["account"]


def mailings(log: Path) -> list[Any]:
    """What became of the campaigns that were over when the demo was ready, the first one first."""
    counts = "sent { total unique } delivered { unique } bounces { unique } segments "
    counts += "opens { human machine } clicks { humanUnique } unsubscribes { unique } complaints { total }"
    fields = f"name channel status recipients creditsCaptured statistics {{ counts {{ {counts} }} }}"
    edges = ask(log, f"campaigns(first: 10) {{ edges {{ node {{ {fields} }} }} }}")["campaigns"]["edges"]
    return [edge["node"] for edge in edges[:0:-1]]


def live(log: Path) -> list[tuple[int, int, int]]:
    """Messages sent of the live campaign, what they cost, and who opened them, as it is pushed until somebody did."""
    key = wait_for(r"API key +(pm_\w+)", log)
    origin = wait_for(r"listens at (http://\S+)", log)
    campaign = wait_for(r"Watch a campaign .* id (cmp_\w+)", log)
    counts = "creditsCaptured counts { sent { total } opens { unique } }"
    query = f'subscription {{ campaignStats(id: "{campaign}") {{ statistics {{ {counts} }} }} }}'
    headers = {"Authorization": f"Bearer {key}", "Accept": "text/event-stream"}
    seen: list[tuple[int, int, int]] = []
    with httpx.stream(
        "POST", f"{origin}/graphql", json={"query": query}, headers=headers, timeout=30
    ) as said:
        for line in said.iter_lines():
            if line.startswith("data: "):
                found = json.loads(line.removeprefix("data: "))["data"]["campaignStats"]["statistics"]
                counted = found["counts"]
                figures = (counted["sent"]["total"], found["creditsCaptured"], counted["opens"]["unique"])
                seen.append((int(figures[0]), int(figures[1]), int(figures[2])))
                if seen[-1][2]:
                    return seen
    raise AssertionError(seen)


def broken_clauses(folder: Path) -> list[str]:
    """What the checks of the policy find against the demo's database, while it is served."""
    (home,) = folder.glob("postmeter-demo-*")
    kept = {"audit_seals_dir": "audit-seals", "erasure_journal_file": "erasures.journal"}
    postmeter = Postmeter(settings(home, **{name: home / "keys" / file for name, file in kept.items()}))

    async def look() -> list[str]:
        async with postmeter.storage():
            lines, _ = await proving.check(postmeter)
        return [line for line in lines[:-1] if not line.startswith("PASSED ")]

    return asyncio.run(look())


def test_the_demo_tells_the_same_story_each_time_behind_another_password(tmp_path: Path) -> None:
    with demo(tmp_path / "one") as one, demo(tmp_path / "two") as two:
        first, second = history(one), history(two)
        assert len(first) == 100
        assert first == second
        settled = commerce(one)
        assert settled == commerce(two)
        assert settled["plan"] == {"plan": {"code": "STARTER"}, "status": "ACTIVE"}
        assert settled["vatNumber"] == {"number": "DE111111125"}
        assert settled["senders"]["edges"] == [{"node": {"name": "LARKPRESS", "status": "SUBMITTED"}}]
        assert [rule["unit"] for rule in settled["autoTopUps"]] == ["EUR"]
        told = ask(one, "incidents { edges { node { kind state } } }")["incidents"]["edges"]
        assert told == [{"node": {"kind": "MISUSE", "state": "MITIGATED"}}]
        invoices = settled["invoices"]
        assert {"PLAN", "CREDIT_PACK_EMAIL"} <= {line["code"] for one in invoices for line in one["lines"]}
        assert {"STANDARD", "REVERSE_CHARGE"} == {
            tax["treatment"] for one in invoices for tax in one["taxes"]
        }
        kinds = {kind for kind, _ in first}
        assert {"USAGE", "ORDER_CREDITS"} <= kinds
        over = mailings(one)
        assert over == mailings(two)
        assert [(each["channel"], each["status"]) for each in over] == [
            ("EMAIL", "COMPLETED"),
            ("SMS", "COMPLETED"),
            ("EMAIL", "COMPLETED"),
        ]
        for each in over:
            counts, recipients = each["statistics"]["counts"], each["recipients"]
            assert counts["sent"] == {"total": str(recipients), "unique": str(recipients)}
            assert int(counts["delivered"]["unique"]) + int(counts["bounces"]["unique"]) == recipients
            assert counts["complaints"] == {"total": "0"}
        assert [each["creditsCaptured"] for each in over] == [360, 80, 420]
        seen = live(one)
        assert all(sent == credits for sent, credits, _ in seen)
        assert [sent for sent, _, _ in seen] == sorted({sent for sent, _, _ in seen})
        passwords = {wait_for(r"Sign in +larkpress / (\w+)", log) for log in (one, two)}
        assert len(passwords) == 2
        assert broken_clauses(tmp_path / "one") == []
    assert "error" not in (tmp_path / "one" / "log").read_text()

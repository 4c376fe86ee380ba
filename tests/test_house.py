"""The rules of the house, read from the sources: imports, names, time, commits, what pages load."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import house
from tests.house import Source

ROOT = Path(__file__).parent.parent
FILE_BYTES_MAX = 400_000

SourceRule = Callable[[Source], Iterator[str]]
TextRule = Callable[[str, str], Iterator[str]]

SOURCE_RULES: list[SourceRule] = [
    house.direction,
    house.slice_module_names,
    house.slice_module_imports,
    house.pure_libraries,
    house.domain_is_plain,
    house.injected_time_and_chance,
    house.only_work_commits,
    house.no_print,
    house.docstrings,
]
TEXT_RULES: list[TextRule] = [house.names_no_machine, house.names_no_foreign_host]


@pytest.fixture(scope="module")
def sources() -> list[Source]:
    found = sorted(ROOT.glob("server/**/*.py"))
    return [Source(path.relative_to(ROOT).as_posix(), path.read_text("utf-8")) for path in found]


@pytest.fixture(scope="module")
def tracked() -> list[Path]:
    """What a commit would hold: tracked files and new ones that are not ignored."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_the_package_is_read(sources: list[Source]) -> None:
    assert "server/kit/registry.py" in {source.path for source in sources}


@pytest.mark.parametrize("rule", SOURCE_RULES, ids=lambda rule: rule.__name__)
def test_sources_keep(rule: SourceRule, sources: list[Source]) -> None:
    found = [sentence for source in sources for sentence in rule(source)]
    assert not found, f"{rule.__doc__}\n" + "\n".join(found)


@pytest.mark.parametrize("rule", TEXT_RULES, ids=lambda rule: rule.__name__)
def test_files_keep(rule: TextRule, tracked: list[Path]) -> None:
    found = [
        sentence
        for path in tracked
        for sentence in rule(path.relative_to(ROOT).as_posix(), path.read_text("utf-8", errors="replace"))
    ]
    assert not found, f"{rule.__doc__}\n" + "\n".join(found)


def test_no_tracked_file_is_large(tracked: list[Path]) -> None:
    large = [str(path.relative_to(ROOT)) for path in tracked if path.stat().st_size > FILE_BYTES_MAX]
    assert not large, f"over {FILE_BYTES_MAX} bytes, so make it smaller or generate it: {', '.join(large)}"


BAD_SOURCES: list[tuple[SourceRule, str, str]] = [
    (house.direction, "server/kit/work.py", "from server.wallet import actions"),
    (house.direction, "server/kit/work.py", "import server.gateway.http"),
    (house.direction, "server/gateway/http.py", "from server.accounts.actions import sign_in"),
    (house.direction, "server/gateway/http.py", "from server.settings import Settings"),
    (house.direction, "server/wallet/actions.py", "from server.orders.actions import place_order"),
    (house.direction, "server/wallet/graph.py", "from server.gateway import limits"),
    (house.direction, "server/wallet/actions.py", "from ..orders import actions"),
    (house.direction, "server/wallet/actions.py", "def f():\n    from server import app"),
    (house.direction, "server/schema.py", "from server.gateway import limits"),
    (house.slice_module_names, "server/wallet/utils.py", ""),
    (house.slice_module_names, "server/wallet/helpers/tree.py", ""),
    (house.slice_module_imports, "server/orders/actions.py", "from server.wallet.model import Wallet"),
    (house.slice_module_imports, "server/orders/actions.py", "from server.wallet.graph import Money"),
    (house.slice_module_imports, "server/orders/actions.py", "from server.orders.graph import Order"),
    (house.slice_module_imports, "server/orders/reads.py", "from server.wallet.actions import post"),
    (house.slice_module_imports, "server/orders/reads.py", "from .actions import place_order"),
    (house.slice_module_imports, "server/orders/rules.py", "from server.kit.clock import Clock"),
    (house.slice_module_imports, "server/orders/rules.py", "from server.orders.model import Order"),
    (house.slice_module_imports, "server/orders/graph.py", "from server.wallet.actions import post"),
    (
        house.slice_module_imports,
        "server/orders/__init__.py",
        "from server.orders.actions import place_order",
    ),
    (house.pure_libraries, "server/orders/rules.py", "import sqlalchemy"),
    (house.pure_libraries, "server/orders/model.py", "from pydantic import BaseModel"),
    (house.domain_is_plain, "server/orders/actions.py", "import strawberry"),
    (house.domain_is_plain, "server/orders/reads.py", "from starlette.requests import Request"),
    (house.domain_is_plain, "server/orders/actions.py", "async def place_order(work): ..."),
    (house.injected_time_and_chance, "server/orders/actions.py", "at = datetime.now(UTC)"),
    (house.injected_time_and_chance, "server/orders/actions.py", "at = datetime.datetime.utcnow()"),
    (house.injected_time_and_chance, "server/app.py", "started = time.time()"),
    (house.injected_time_and_chance, "server/app.py", "from time import time"),
    (house.injected_time_and_chance, "server/gateway/http.py", "request_id = uuid.uuid4()"),
    (house.injected_time_and_chance, "server/gateway/http.py", "from uuid import uuid4"),
    (house.injected_time_and_chance, "server/gateway/http.py", "import random"),
    (house.injected_time_and_chance, "server/gateway/http.py", "field(default_factory=datetime.now)"),
    (house.only_work_commits, "server/orders/actions.py", "work.connection.commit()"),
    (house.only_work_commits, "server/kit/audit.py", "connection.commit()"),
    (house.no_print, "server/kit/work.py", "print('here')"),
    (house.docstrings, "server/kit/money.py", "def rounded(amount): ..."),
    (house.docstrings, "server/orders/actions.py", "class Basket: ..."),
]


@pytest.mark.parametrize(("rule", "path", "text"), BAD_SOURCES)
def test_a_source_rule_can_fail(rule: SourceRule, path: str, text: str) -> None:
    assert [sentence for sentence in rule(Source(path, text)) if sentence.startswith(f"{path}:")]


GOOD_SOURCES: list[tuple[str, str]] = [
    ("server/orders/actions.py", "from server.wallet.actions import post\nfrom server.wallet import reads"),
    (
        "server/orders/actions.py",
        "from server.kit.work import Work\nfrom .model import Order\nfrom . import rules",
    ),
    ("server/orders/actions/fees.py", "from server.orders.actions.cancel import cancel_order"),
    ("server/orders/rules.py", "from dataclasses import dataclass\nfrom server.kit.money import Money"),
    ("server/orders/model.py", "import sqlalchemy as sa\nfrom server.kit.db import Base"),
    ("server/topups/graph.py", "import strawberry\nfrom server.accounts.graph import OWNER"),
    ("server/topups/jobs.py", "async def settle():\n    await gateway()"),
    ("server/kit/clock.py", "from datetime import datetime\nnow = datetime.now"),
    ("server/kit/db/writer.py", "def end(connection):\n    'Ends it.'\n    connection.commit()"),
    ("server/orders/actions.py", "elapsed = time.monotonic()\nat = work.now\nsa.func.random()"),
    ("server/cli.py", "from server.gateway import limits\nprint('ready')"),
    ("server/app.py", "from server.gateway import limits\nfrom server.wallet import model"),
    ("server/kit/money.py", "def _half(amount): ..."),
]


@pytest.mark.parametrize(("path", "text"), GOOD_SOURCES)
def test_what_is_allowed_passes_every_source_rule(path: str, text: str) -> None:
    assert [sentence for rule in SOURCE_RULES for sentence in rule(Source(path, text))] == []


BAD_TEXTS: list[tuple[TextRule, str, str]] = [
    (house.names_no_machine, "README.md", "cd /ho" + "me/jo/postmeter"),
    (house.names_no_machine, "Makefile", "index = https://py" + "pi.org/simple"),
    (house.names_no_machine, "package-lock.json", '"https://registry.npm' + 'js.org/x.tgz"'),
    (
        house.names_no_foreign_host,
        "frontend-examples/page/index.html",
        '<script src="https://cdn.example.com/x.js">',
    ),
    (
        house.names_no_foreign_host,
        "frontend-examples/page/index.html",
        '<link href="//fonts.example.com/x.css">',
    ),
    (house.names_no_foreign_host, "server/gateway/static/page.css", "src: url(https://fonts.example.com/x)"),
    (
        house.names_no_foreign_host,
        "frontend-examples/page/main.js",
        "new WebSocket('wss://live.example.com')",
    ),
]


@pytest.mark.parametrize(("rule", "path", "text"), BAD_TEXTS)
def test_a_text_rule_can_fail(rule: TextRule, path: str, text: str) -> None:
    assert list(rule(path, text))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("README.md", "https://graphql.org and server/kit/work.py"),
        ("frontend-examples/page/main.js", "// a comment\nfetch('http://127.0.0.1:8000/graphql')"),
        ("frontend-examples/page/icon.svg", '<svg xmlns="http://www.w3.org/2000/svg"/>'),
        (house.CDN_PAGE, '<script src="https://cdn.example.com/x.js">'),
    ],
)
def test_what_is_allowed_passes_every_text_rule(path: str, text: str) -> None:
    assert [sentence for rule in TEXT_RULES for sentence in rule(path, text)] == []

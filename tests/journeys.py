"""Runs the integrator's journey as a person does, over a network that loses answers, and looks at what came of it."""

from __future__ import annotations

import os
import re
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest

from tests.relay import relaying
from tests.servers import ROOT, Customer

EXAMPLES = ROOT / "frontend-examples" / "integrator"
LOST = (b"createTopUp(", b"placeOrder(")
SECONDS_MAX = 60
SPENT_EVERY_SECONDS = 0.4
STEPS = ["sign in", "key", "watch", "quote", "top-up", "order", "retry", "watch", "export"]
ORDERS = "{ viewer { account { orders(first: 10) { edges { node { id } } } } } }"


def check_journey(command: list[str], customer: Customer, folder: Path) -> None:
    """Each step is told, an answer that was lost is asked for again, and nothing is charged twice.

    Somebody else spends meanwhile, as the demo does.
    """
    credits, money, orders = int(customer.available("EMAIL")), _money(customer), _orders(customer)
    with relaying(customer.origin, *LOST) as relay, _spending(customer) as spent:
        said = _run(command, customer, relay.origin, folder)
    assert [line[:9].strip() for line in said] == STEPS
    assert relay.lost == list(LOST)

    (bought,) = _orders(customer) - orders
    told = said[STEPS.index("order")]
    price = re.search(r"for (\d+\.\d\d) EUR", told)
    assert bought in told
    assert price is not None
    assert "the order's 1000" in said[STEPS.index("watch", 3)]
    assert spent
    assert int(customer.available("EMAIL")) == credits + 1_000 - len(spent)
    assert _money(customer) == pytest.approx(money + 20 - float(price[1]))
    with zipfile.ZipFile(folder / "postmeter-export.zip") as package:
        tables = [name for name in package.namelist() if name.endswith(".json")]
        assert any(bought in package.read(name).decode() for name in tables)


@contextmanager
def _spending(customer: Customer) -> Iterator[list[int]]:
    """A credit every now and then, until it ends; the list grows with each."""
    spent: list[int] = []
    enough = Event()

    def spend() -> None:
        while not enough.wait(SPENT_EVERY_SECONDS):
            customer.send(1)
            spent.append(1)

    thread = Thread(target=spend)
    thread.start()
    try:
        yield spent
    finally:
        enough.set()
        thread.join()


def _run(command: list[str], customer: Customer, origin: str, folder: Path) -> list[str]:
    given = {
        "POSTMETER_URL": origin,
        "POSTMETER_LOGIN": customer.login,
        "POSTMETER_PASSWORD": customer.password,
    }
    ran = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | given,
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout.splitlines()


def _money(customer: Customer) -> float:
    return float(customer.available("EUR"))


def _orders(customer: Customer) -> set[str]:
    edges = customer.ask(ORDERS)["viewer"]["account"]["orders"]["edges"]
    return {edge["node"]["id"] for edge in edges}

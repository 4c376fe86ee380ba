"""The integrator's journey in each of its languages, as a person runs it, over a network that loses answers."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.relay import Relay, relaying
from tests.servers import Customer, RunningServer

EXAMPLES = Path(__file__).parent.parent / "frontend-examples" / "integrator"
SECONDS_MAX = 60
STEPS = ["sign in", "key", "watch", "quote", "top-up", "order", "retry", "watch", "export"]
ORDERS = "{ viewer { account { orders(first: 10) { edges { node { id product } } } } } }"


@pytest.fixture
def customer(running_server: RunningServer) -> Customer:
    return running_server.customer()


@pytest.fixture
def relay(customer: Customer) -> Iterator[Relay]:
    with relaying(customer.origin, b"createTopUp(", b"placeOrder(") as relay:
        yield relay


def test_python(customer: Customer, relay: Relay, tmp_path: Path) -> None:
    check_journey(
        [sys.executable, "-W", "error", str(EXAMPLES / "python" / "journey.py")], customer, relay, tmp_path
    )


def test_curl(customer: Customer, relay: Relay, tmp_path: Path) -> None:
    check_journey(["bash", str(EXAMPLES / "curl" / "journey.sh")], customer, relay, tmp_path)


def check_journey(command: list[str], customer: Customer, relay: Relay, folder: Path) -> None:
    """Each step is told, an answer that was lost is asked for again, and nothing is charged twice."""
    credits, money = int(customer.available("EMAIL")), float(customer.available("EUR"))
    orders = ids_of_orders(customer)
    said = run(command, customer, relay.origin, folder)
    assert [line[:9].strip() for line in said] == STEPS
    assert relay.lost == [b"createTopUp(", b"placeOrder("]

    (bought,) = set(ids_of_orders(customer)) - set(orders)
    assert bought in said[STEPS.index("order")]
    assert int(customer.available("EMAIL")) == credits + 1_000
    price = re.search(r"for (\d+\.\d\d) EUR", said[STEPS.index("order")])
    assert price is not None
    assert float(customer.available("EUR")) == pytest.approx(money + 20 - float(price[1]))
    with zipfile.ZipFile(folder / "postmeter-export.zip") as package:
        assert any(
            bought in package.read(name).decode() for name in package.namelist() if name.endswith(".json")
        )


def run(command: list[str], customer: Customer, origin: str, folder: Path) -> list[str]:
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


def ids_of_orders(customer: Customer) -> list[str]:
    edges = customer.ask(ORDERS)["viewer"]["account"]["orders"]["edges"]
    return [edge["node"]["id"] for edge in edges]

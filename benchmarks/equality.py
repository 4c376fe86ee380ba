"""Both servers must say the same before either is measured, and what was measured must add up afterwards."""

from __future__ import annotations

from typing import Any

from benchmarks import documents
from benchmarks.servers import Failed, Server

DEBITS = 5


def check_same_answers(postmeter: Server, stock: Server) -> None:
    """The dashboard, debits, a repetition, refusals, and the balances after them. Raises Failed."""
    questions = {
        "the dashboard": documents.body(documents.DASHBOARD),
        **{
            f"debit {number}": documents.debit(f"same-{number}", f"same:{number}", 7)
            for number in range(DEBITS)
        },
        "a repeated debit": documents.debit("same-0", "same:0", 7),
        "another debit with a used key": documents.debit("same-0", "same:0", 8),
        "a debit of nothing": documents.debit("nothing", "same:nothing", 0),
        "the balances": documents.body(documents.BALANCES),
    }
    for name, body in questions.items():
        ours, theirs = _data(postmeter, body), _data(stock, body)
        if ours != theirs:
            raise Failed(f"The servers disagree about {name}:\nPostmeter: {ours}\nstock: {theirs}")


def available(server: Server) -> int:
    """The measured balance, in credits."""
    return available_in(_data(server, documents.body(documents.BALANCES)))


def available_in(data: Any) -> int:
    """The measured balance in the answer to the balances, in credits."""
    balances = data["viewer"]["account"]["balances"]
    (balance,) = (balance for balance in balances if balance["unit"] == documents.UNIT)
    return int(balance["available"])


def check_spent(server: Server, before: int, debits: int) -> None:
    """Every debit that was counted, and no other, is in the balance. Raises Failed."""
    spent = before - available(server)
    if spent != debits:
        raise Failed(f"{server.name} answered {debits} debits and its balance fell by {spent}")


def _data(server: Server, body: bytes) -> Any:
    answer = server.ask(body)
    assert isinstance(answer, dict)
    if answer.get("errors"):
        raise Failed(f"{server.name} answers with errors: {answer['errors']}")
    return answer["data"]

"""What Lark Press asks of support, the defect that it reports, and what it is answered."""

from __future__ import annotations

from collections.abc import Mapping

from server.demo.api import Api
from server.demo.mailings import Engine

QUESTIONS: Mapping[int, tuple[str, str, str]] = {
    14: (
        "Reverse charge",
        "Our invoices show no VAT since last week. Is that right?",
        "It is: your VAT number was confirmed, so that you account for the VAT yourselves.",
    ),
    44: (
        "More than one sender",
        "May we send SMS under two names?",
        "You may apply for several; each is reviewed on its own.",
    ),
}
"""By the day: subject, question and answer."""
DEFECT_DAY = 56
_DEFECT = ("Chart of the spring campaign", "The chart of opens shows a gap at noon on Sunday.")


async def ask_something(owner: Api, engine: Engine, day: int) -> None:
    """Ask support, and be answered."""
    subject, question, answer = QUESTIONS[day]
    asked = await owner.do(
        "openTicket",
        "OpenTicketInput",
        {"subject": subject, "text": question},
        "... on TicketOpened { ticket { id } }",
    )
    await engine.answer(asked["ticket"]["id"], answer)


async def report_defect(owner: Api) -> None:
    """In writing; nobody answers it yet."""
    subject, text = _DEFECT
    await owner.do("reportDefect", "ReportDefectInput", {"subject": subject, "text": text})

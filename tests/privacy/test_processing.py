"""What customers are told of the processing of their data, made from the declarations and the policy."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from server.kit.personal import Declared
from server.kit.work import Work
from server.policy.actions.processors import activate_processor, register_processor
from server.policy.rules.disclosing import NewProcessor, ProcessorRole, RecipientClass
from tests.staffed import Staff

PROCESSING = """{ viewer { account { processing { category purpose legalBasis sources sourceColumn retention
    retentionGround recipients columns period(language: "en") } } } }"""

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


@pytest.mark.rule("Q021", "P006", "M110", "B002", "B003", "H003", "H026")
async def test_customers_see_what_is_processed_why_how_long_from_where_and_who_receives_it(
    staff: Staff,
) -> None:
    await staff.postmeter.units.run_unaudited(_register_printer)
    records = (await staff.ask("CUSTOMER", PROCESSING))["account"]["processing"]
    by_column: dict[str, Any] = {column: record for record in records for column in record["columns"]}
    assert by_column.keys() == {
        name
        for held in staff.postmeter.house.terms.get(Declared).held
        if held.owner is not None
        for name in held.names()
    }, "whatever is held of an account, each column once"
    login = by_column["people.login"]
    assert {name: login[name] for name in login.keys() - {"columns"}} == {
        "category": "identification",
        "purpose": "transactions",
        "legalBasis": "contract",
        "sources": ["registration"],
        "sourceColumn": None,
        "retention": "retain.account",
        "retentionGround": "contract",
        "recipients": ["Lark Print"],
        "period": "as long as the relation lasts",
    }
    asked = by_column["privacy_requests.text"]
    assert (asked["sources"], asked["sourceColumn"]) == (
        ["chat_or_ticket", "registration"],
        "privacy_requests.source",
    )
    assert asked["recipients"] == []
    assert all(record["retentionGround"] in ("business", "contract", "law") for record in records)


def _register_printer(work: Work) -> None:
    """A processor that may get what identifies somebody, and one that is not active yet."""
    new = NewProcessor(
        "Lark Print", ProcessorRole.PROCESSOR, RecipientClass.OPERATING_PARTNER, "IT", ("identification",)
    )
    active = register_processor(work, new)
    activate_processor(work, active.id, "DPA-1", work.now + timedelta(days=100))
    register_processor(
        work,
        NewProcessor("Wren", ProcessorRole.PROCESSOR, RecipientClass.ADVISER, "IT", ("identification",)),
    )

"""Resale: only where the terms leave it to contracts, and the contract with the account permits it."""

from __future__ import annotations

import pytest

from server.accounts.reads import team
from server.accounts.rules import Terms
from server.accounts.rules.resale import ResaleForbidden, ResalePolicy, check_resale_permission
from tests.staffed import Staff

MINE = "{ viewer { account { id mayResell } } }"
SET = """mutation($input: SetResalePermissionInput!) { setResalePermission(input: $input) { __typename
    ... on ResalePermissionSet { permitted } ... on Problem { code field } } }"""


@pytest.mark.rule("M009")
def test_a_permission_is_given_only_where_contracts_may_and_taken_always() -> None:
    with pytest.raises(ResaleForbidden):
        check_resale_permission(ResalePolicy.FORBIDDEN, permitted=True)
    check_resale_permission(ResalePolicy.FORBIDDEN, permitted=False)
    check_resale_permission(ResalePolicy.PER_CONTRACT, permitted=True)


@pytest.mark.rule("M009")
async def test_staff_says_what_the_contract_permits(staff: Staff) -> None:
    account_id = (await staff.ask("CUSTOMER", MINE))["account"]["id"]

    async def say(permitted: bool, who: str = "ADMIN", of: str = account_id) -> str:
        given = {"accountId": of, "permitted": permitted, "reason": "CONTRACT_SIGNED"}
        return str((await staff.ask(who, SET, input=given))["__typename"])

    async def may_resell() -> bool:
        shown: bool = (await staff.ask("CUSTOMER", MINE))["account"]["mayResell"]
        assert shown == await staff.postmeter.units.read(lambda read: team.may_resell(read, account_id))
        return shown

    staff.postmeter.units.house.terms.add(Terms(resale=ResalePolicy.FORBIDDEN))
    assert (await say(True), await may_resell()) == ("ResaleForbidden", False)
    staff.postmeter.units.house.terms.add(Terms(resale=ResalePolicy.PER_CONTRACT))
    assert not await may_resell()
    assert (await say(True), await may_resell()) == ("ResalePermissionSet", True)
    assert await say(True, of="acc_\x00") == await say(True, of="acc_1") == "AccountNotFound"
    staff.postmeter.units.house.terms.add(Terms(resale=ResalePolicy.FORBIDDEN))
    assert not await may_resell()
    assert await say(False) == "ResalePermissionSet"
    staff.postmeter.units.house.terms.add(Terms(resale=ResalePolicy.PER_CONTRACT))
    assert not await may_resell()


@pytest.mark.parametrize("who", ["CUSTOMER", "SUPPORT", "FINANCE"])
async def test_nobody_else_says_so(staff: Staff, who: str) -> None:
    given = {"accountId": "acc_1", "permitted": True, "reason": "CORRECTION"}
    assert await staff.refused(who, SET, input=given) == "FORBIDDEN"

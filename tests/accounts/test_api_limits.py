"""What the company lets one account use of the API instead of what everybody may (M144)."""

from __future__ import annotations

from typing import Any

import pytest

from server.accounts.rules.limits import ApiLimits, ApiLimitsInvalid, check_api_limits
from tests.staffed import Staff

SET = """mutation($account: ID!, $limits: ApiLimitsInput) {
  setApiLimits(input: {accountId: $account, limits: $limits}) {
    __typename ... on ApiLimitsInvalid { field costMin costMax restoredPerSecondMin restoredPerSecondMax } } }"""
OWN = "{ viewer { account { id } } }"


@pytest.mark.rule("M144")
@pytest.mark.parametrize(
    ("cost_max", "restored_per_second", "allowed"),
    [
        (999, 10, False),
        (1_000, 9, False),
        (1_000, 10, True),
        (10_000_000, 1_000_000, True),
        (10_000_001, 10, False),
        (1_000, 1_000_001, False),
    ],
)
def test_what_an_account_can_be_given_is_bounded(
    cost_max: int, restored_per_second: int, allowed: bool
) -> None:
    limits = ApiLimits(cost_max, restored_per_second)
    if allowed:
        check_api_limits(limits)
    else:
        with pytest.raises(ApiLimitsInvalid):
            check_api_limits(limits)


async def throttle_of(staff: Staff) -> tuple[int, int]:
    """What the customer's next answer reports."""
    answer = await staff.send("CUSTOMER", OWN)
    status = answer["extensions"]["cost"]["throttleStatus"]
    return status["maximumAvailable"], status["restoreRate"]


@pytest.mark.rule("M144")
async def test_an_admin_gives_an_account_limits_of_its_own_that_hold_from_its_next_request(
    staff: Staff,
) -> None:
    account = (await staff.ask("CUSTOMER", OWN))["account"]["id"]
    everybody = await throttle_of(staff)
    given = {"costMax": 5_000, "restoredPerSecond": 50}

    async def set_limits(limits: Any, who: str = "ADMIN", account: str = account) -> Any:
        return await staff.ask(who, SET, account=account, limits=limits)

    assert (await set_limits(given))["__typename"] == "ApiLimitsSet"
    assert await throttle_of(staff) == (5_000, 50)
    assert (await set_limits({**given, "costMax": 7_000}))["__typename"] == "ApiLimitsSet"
    assert await throttle_of(staff) == (7_000, 50)
    invalid = await set_limits({**given, "costMax": 1})
    assert (invalid["__typename"], invalid["field"]) == ("ApiLimitsInvalid", "limits")
    assert (invalid["costMin"], invalid["restoredPerSecondMax"]) == (1_000, 1_000_000)
    assert (await set_limits(None))["__typename"] == "ApiLimitsSet"
    assert await throttle_of(staff) == everybody
    assert (await set_limits(given, account="acc_unknown"))["__typename"] == "AccountNotFound"
    for who in ("CUSTOMER", "SUPPORT", "FINANCE"):
        assert await staff.refused(who, SET, account=account, limits=given) == "FORBIDDEN"

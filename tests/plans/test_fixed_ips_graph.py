"""Fixed addresses through the API: the customer's side, the staff's, and who may do what."""

from __future__ import annotations

from typing import Any

import pytest

from server.kit.viewer import ANONYMOUS, Viewer
from server.notices.rules import OutboxState
from server.plans.rules.terms import Cycle
from tests.plans.conftest import Subscriber
from tests.plans.test_fixed_ips import STAFF, Pool, ips, with_email  # noqa: F401 - ips is a fixture
from tests.plans.test_graph import Api, api  # noqa: F401 - a fixture

MONEY = "{ amount currency }"
FIXED_IP = "id address subscription { product cycle status periodEnd endsAt nextCharge { gross { amount } } }"
MINE = f"""{{ viewer {{ account {{ fixedIps {{ {FIXED_IP} }}
    fixedIpPrice {{ net {MONEY} tax {MONEY} gross {MONEY} }} }} }} }}"""
POOL = """query($first: Int! = 20, $after: String) { ipPool(first: $first, after: $after) {
    edges { node { id address fixedIpId accountId assignedAt reclaimAnnounced availableAt retiredAt } }
    pageInfo { hasNextPage endCursor } } }"""


def do(verb: str, selection: str = "") -> str:
    return (
        f"mutation($input: {verb[0].upper()}{verb[1:]}Input!) {{ {verb}(input: $input) "
        f"{{ __typename ... on Problem {{ code field }} {selection} }} }}"
    )


RENT = do("rentFixedIp", f"... on FixedIpOrdered {{ replayed fixedIp {{ {FIXED_IP} }} }}")
CANCEL = do("cancelFixedIp", f"... on FixedIpCancelled {{ fixedIp {{ {FIXED_IP} }} }}")
KEEP = do(
    "keepFixedIp", f"... on FixedIpKept {{ fixedIp {{ {FIXED_IP} }} }} ... on PlanNotCancelled {{ status }}"
)
ADD = do("addIpToPool", "... on IpAddedToPool { ip { id address } }")
RETIRE = do("retireIpFromPool", "... on IpRetiredFromPool { ip { retiredAt } }")
ANNOUNCE = do("announceFixedIpReclaim", "... on FixedIpReclaimAnnounced { noticeId }")
RECLAIM = do(
    "reclaimFixedIp", "... on FixedIpReclaimed { fixedIpId } ... on FixedIpNotAnnounced { emailState }"
)


async def staff(api: Api, query: str, **given: Any) -> Any:  # noqa: F811
    data = await api.data(query, STAFF, **given)
    return next(iter(data.values()))


async def mine(api: Api) -> Any:  # noqa: F811
    return (await api.data(MINE))["viewer"]["account"]


@pytest.mark.rule("M055", "M060")
async def test_an_address_is_rented_and_given_up(
    api: Api,  # noqa: F811
    subscriber: Subscriber,
    ips: Pool,  # noqa: F811
) -> None:
    assert (await api.do(RENT, idempotencyKey="rent-1"))["__typename"] == "NoPaidPlan"
    await subscriber.start(cycle=Cycle.YEARLY)
    price = (await mine(api))["fixedIpPrice"]
    assert [price[part]["amount"] for part in ("net", "tax", "gross")] == ["240.00", "0.00", "240.00"]
    ordered = await api.do(RENT, idempotencyKey="rent-2")
    assert (ordered["fixedIp"]["address"], ordered["replayed"]) == ("192.0.2.1", False)
    again = await api.do(RENT, idempotencyKey="rent-2")
    assert (again["fixedIp"]["id"], again["replayed"]) == (ordered["fixedIp"]["id"], True)
    await subscriber.settle()
    [rented] = (await mine(api))["fixedIps"]
    shown = rented["subscription"]
    assert (shown["product"], shown["cycle"], shown["status"]) == ("FIXED_IP", "YEARLY", "ACTIVE")
    assert shown["nextCharge"]["gross"]["amount"] == "240.00"
    cancelled = await api.do(CANCEL, fixedIpId=rented["id"])
    assert cancelled["fixedIp"]["subscription"]["endsAt"] == "2028-03-02T09:00:00Z"
    kept = await api.do(KEEP, fixedIpId=rented["id"])
    assert kept["fixedIp"]["subscription"]["endsAt"] is None
    twice = await api.do(KEEP, fixedIpId=rented["id"])
    assert (twice["__typename"], twice["status"]) == ("PlanNotCancelled", "ACTIVE")
    assert (await api.do(CANCEL, fixedIpId="pls_none"))["__typename"] == "FixedIpNotFound"


@pytest.mark.rule("M056", "M057", "M058")
async def test_the_staff_fills_the_pool_and_takes_an_address_back(
    api: Api,  # noqa: F811
    subscriber: Subscriber,
    units: Any,
) -> None:
    added = await staff(api, ADD, input={"address": "198.51.100.7"})
    assert added["ip"]["address"] == "198.51.100.7"
    assert (await staff(api, ADD, input={"address": "198.51.100.7"}))["__typename"] == "IpAddressKnown"
    assert (await staff(api, ADD, input={"address": "localhost"}))["__typename"] == "IpAddressInvalid"
    await with_email(subscriber)
    await subscriber.start()
    fixed_ip_id = (await api.do(RENT, idempotencyKey="rent-1"))["fixedIp"]["id"]
    await subscriber.settle()
    assert (await api.do(RENT, idempotencyKey="rent-2"))["__typename"] == "FixedIpPoolEmpty"
    assert (await staff(api, RETIRE, input={"ipId": added["ip"]["id"]}))["__typename"] == "IpAddressInUse"
    early = await staff(api, RECLAIM, input={"fixedIpId": fixed_ip_id})
    assert (early["__typename"], early["emailState"]) == ("FixedIpNotAnnounced", None)
    notice_id = (await staff(api, ANNOUNCE, input={"fixedIpId": fixed_ip_id}))["noticeId"]
    queued = await staff(api, RECLAIM, input={"fixedIpId": fixed_ip_id})
    assert queued["emailState"] == "QUEUED"
    await Pool(units).set_email(notice_id, OutboxState.DELIVERED)
    [row] = [edge["node"] for edge in (await staff(api, POOL))["edges"]]
    assert (row["accountId"], row["fixedIpId"]) == (subscriber.account_id, fixed_ip_id)
    assert row["reclaimAnnounced"]
    assert (await staff(api, RECLAIM, input={"fixedIpId": fixed_ip_id}))["fixedIpId"] == fixed_ip_id
    assert (await mine(api))["fixedIps"] == []
    [row] = [edge["node"] for edge in (await staff(api, POOL))["edges"]]
    assert (row["accountId"], row["availableAt"]) == (None, "2026-04-01T09:00:00Z")
    assert (await staff(api, RETIRE, input={"ipId": row["id"]}))["ip"]["retiredAt"] is not None
    assert (await staff(api, RETIRE, input={"ipId": "ipa_none"}))["__typename"] == "IpAddressNotFound"


async def test_only_the_staff_sees_the_pool(api: Api) -> None:  # noqa: F811
    accountant = Viewer("acc_staff", "ses_8", staff_roles=frozenset({"FINANCE"}))
    asked: tuple[tuple[str, dict[str, str]], ...] = (
        (POOL, {}),
        (ADD, {"address": "198.51.100.7"}),
        (RETIRE, {"ipId": "ipa_none"}),
        (ANNOUNCE, {"fixedIpId": "pls_none"}),
        (RECLAIM, {"fixedIpId": "pls_none"}),
    )
    for viewer, code in ((api.me, "FORBIDDEN"), (accountant, "FORBIDDEN"), (ANONYMOUS, "UNAUTHENTICATED")):
        for query, given in asked:
            response = await api.send(query, viewer, **({"input": given} if given else {}))
            assert [error["extensions"]["code"] for error in response["errors"]] == [code]


async def test_the_pool_has_pages(api: Api, ips: Pool) -> None:  # noqa: F811
    seen, cursor = [], None
    for _ in range(3):
        page = await staff(api, POOL, first=1, after=cursor)
        seen += [edge["node"]["address"] for edge in page["edges"]]
        cursor = page["pageInfo"]["endCursor"]
    assert seen == ["192.0.2.3", "192.0.2.2", "192.0.2.1"]
    assert not page["pageInfo"]["hasNextPage"]

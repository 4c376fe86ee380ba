"""What an account's owner stops, by which right and for which purpose, is not done: by nobody, and not by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from graphql import GraphQLUnionType, get_named_type
from sqlalchemy import insert
from strawberry.types import get_object_definition

from server.accounts.actions.lifecycle import apply_inactivity
from server.accounts.actions.restricting import release_processing, restrain
from server.accounts.reads.lifecycle import may_be_charged
from server.accounts.reads.restrictions import restrictions_of
from server.accounts.rules import Terms as AccountTerms
from server.accounts.rules.restricting import (
    STAYS_OPEN,
    Granularity,
    ProcessingRestricted,
    RestrictionNotFound,
    RestrictionTerms,
    may_be_stopped,
    stopped_by,
)
from server.campaigns.actions.launching import check_may_launch
from server.campaigns.actions.recording import API_SOURCE, Recorded, record_events
from server.campaigns.rules.events import EventKind, MessageEvent
from server.kit.clock import ManualClock
from server.kit.graph.access import Who, access_of
from server.kit.idempotency import Once, Receipt
from server.kit.viewer import Viewer
from server.kit.work import Call, House, Units, Work
from server.policy.actions.disclosures import record_disclosure
from server.policy.adapters.profiles import load_profile
from server.policy.model import Consent
from server.policy.reads.registers import live_purposes
from server.policy.rules.disclosing import Ground, Recipient, RecipientClass
from server.privacy.actions.limiting import (
    fulfil_by_hand,
    object_to_processing,
    restrict_processing,
)
from server.privacy.actions.requests import Filing, file_request, verify_identity
from server.privacy.reads import requests as reads
from server.privacy.reads.requests import PrivacyRequestRow
from server.privacy.rules.request_refusals import (
    PrivacyRequestKindConflict,
    PrivacyRequestPurposesInvalid,
)
from server.privacy.rules.requests import (
    IdentityProof,
    PrivacyRequestKind,
    PrivacyRequestSource,
)
from server.schema import Mutation, schema
from server.terms import terms_of
from tests.privacy.asking import Post, post_of

PURPOSES = ("identification", "api_use", "balance_and_orders")


class Shop:
    """The post's customer, who does things for a purpose, and restricts them."""

    def __init__(self, post: Post) -> None:
        self.post = post
        self.units = Units(replace(post.units.house, restraint=restrain))
        self.viewer = Viewer(post.account_id, "ses_1")

    async def do(self, purpose: str | None, action: str = "placeOrder", viewer: Viewer | None = None) -> str:
        call = Call(action, viewer or self.viewer, purpose=purpose)
        return await self.units.run(call, lambda _work: "done")

    async def restrict(self, *purposes: str) -> PrivacyRequestRow:
        account_id, named = self.post.account_id, frozenset(purposes)
        return await self.post.act(
            lambda work: restrict_processing(work, account_id, None, named), self.viewer
        )

    async def object_(self, *purposes: str, losses: str | None = None) -> PrivacyRequestRow:
        account_id, named = self.post.account_id, frozenset(purposes)
        return await self.post.act(
            lambda work: object_to_processing(work, account_id, None, named, losses), self.viewer
        )

    async def lift_all(self) -> None:
        def lift(work: Work) -> None:
            for row in restrictions_of(work, self.post.account_id):
                release_processing(work, self.post.account_id, row.id)

        await self.post.act(lift, self.viewer)

    async def ask(self, question: Callable[[Any], Any]) -> Any:
        return await self.post.units.read(question)

    async def may_launch(self) -> bool:
        try:
            await self.post.act(lambda work: check_may_launch(work, self.post.account_id))
        except ProcessingRestricted:
            return False
        return True

    async def may_charge(self) -> bool:
        return bool(await self.ask(lambda read: may_be_charged(read, self.post.account_id)))


@pytest.fixture
async def shop(house: House, clock: ManualClock) -> Shop:
    return Shop(await post_of(house, clock))


@pytest.mark.parametrize("purpose", PURPOSES)
@pytest.mark.rule("M124", "P011")
async def test_each_purpose_is_stopped_alone_and_goes_on_when_it_is_lifted(shop: Shop, purpose: str) -> None:
    row = await shop.restrict(purpose)
    assert (row.status, row.purposes, row.kind) == ("FULFILLED", purpose, "RESTRICTION")
    for other in PURPOSES:
        if other != purpose:
            assert await shop.do(other) == "done"
    assert await shop.do("security") == "done"
    with pytest.raises(ProcessingRestricted) as refused:
        await shop.do(purpose)
    assert refused.value.numbers() == {
        "purpose": purpose,
        "right": "RESTRICTION",
        "since": shop.post.clock.now().isoformat(),
    }
    assert await shop.may_charge() is (purpose != "balance_and_orders")
    await shop.lift_all()
    assert await shop.do(purpose) == "done"
    assert await shop.may_charge()


@pytest.mark.rule("M124")
async def test_who_stops_the_use_of_the_api_stops_its_keys_and_no_session(shop: Shop) -> None:
    key = Viewer(shop.post.account_id, shop.post.units.house.ids.new("key"))
    assert await shop.do("balance_and_orders", viewer=key) == "done"
    await shop.restrict("api_use")
    with pytest.raises(ProcessingRestricted) as refused:
        await shop.do("balance_and_orders", viewer=key)
    assert refused.value.purpose == "api_use"
    assert await shop.do("balance_and_orders", "cancelOrder", viewer=key) == "done"
    assert await shop.do("balance_and_orders") == "done"


@pytest.mark.rule("P025")
async def test_restricted_as_a_whole_data_is_stored_and_nothing_else(shop: Shop) -> None:
    post = shop.post
    assert await shop.may_launch()
    await shop.restrict()
    assert await post.campaign_status() == "PAUSED"
    for purpose in PURPOSES:
        with pytest.raises(ProcessingRestricted):
            await shop.do(purpose)
    for action in STAYS_OPEN:
        assert await shop.do("balance_and_orders", action) == "done"
    assert await shop.do("balance_and_orders", viewer=post.staff[0]) == "done", "the staff is asked elsewhere"
    assert not await shop.may_launch()
    assert not await shop.may_charge()
    given = Recipient(
        post.account_id, Ground.CONTRACT, RecipientClass.CARRIER, "Carrier Example", ("technical",)
    )
    with pytest.raises(ProcessingRestricted):
        await post.act(lambda work: record_disclosure(work, given), post.staff[0])
    assert (await post.letters())[-1] == ("privacy_request_fulfilled", "owner@example.com")
    await shop.lift_all()
    assert await shop.may_launch()
    with pytest.raises(RestrictionNotFound):
        await post.act(lambda work: release_processing(work, post.account_id, "rst_1"))


@pytest.mark.rule("M124")
async def test_a_service_is_stopped_and_the_account_kept(shop: Shop) -> None:
    await shop.restrict("campaigns")
    assert await shop.post.campaign_status() == "PAUSED"
    assert not await shop.may_launch()
    assert await shop.do("balance_and_orders") == "done"
    assert await shop.may_charge()
    again = await shop.restrict("campaigns")
    assert len(await shop.ask(lambda read: restrictions_of(read, shop.post.account_id))) == 1
    assert again.status == "FULFILLED"


@pytest.mark.rule("P025")
async def test_nobody_watches_recipients_whose_statistics_are_stopped(shop: Shop) -> None:
    post = shop.post

    def event(key: str, kind: EventKind) -> MessageEvent:
        return MessageEvent(key, post.campaign_id, "reader@example.com", kind, post.clock.now())

    async def record(key: str) -> Recorded:
        kinds = (EventKind.DELIVERED, EventKind.OPENED, EventKind.CLICKED, EventKind.UNSUBSCRIBED)
        events = [event(f"{key}-{kind.value}", kind) for kind in kinds]
        return await post.act(
            lambda work: record_events(work, API_SOURCE, events, account_id=post.account_id, billable=False)
        )

    await shop.restrict("statistics")
    assert await record("one") == Recorded(accepted=2, restricted=2)
    assert await post.suppressed() == [("UNSUBSCRIBED", "EVENT")]
    await shop.lift_all()
    assert await record("two") == Recorded(accepted=4)


async def test_the_outcome_of_a_key_is_final_when_it_was_restricted(shop: Shop) -> None:
    await shop.restrict()
    call = Call("placeOrder", shop.viewer, purpose="balance_and_orders")
    once = Once.of("key-1", {"a": 1})

    async def place() -> Receipt:
        return await shop.units.run_once(call, once, lambda _: Receipt({}), lambda _, receipt: receipt)

    with pytest.raises(ProcessingRestricted) as first:
        await place()
    await shop.lift_all()
    with pytest.raises(ProcessingRestricted) as second:
        await place()
    assert second.value.numbers() == first.value.numbers()


@pytest.mark.rule("C9")
async def test_an_objection_stops_its_purpose(shop: Shop) -> None:
    row = await shop.object_("api_use")
    assert (row.kind, row.status) == ("OBJECTION", "FULFILLED")
    with pytest.raises(ProcessingRestricted) as refused:
        await shop.do("api_use")
    assert refused.value.right == "OBJECTION"
    assert await shop.do("balance_and_orders") == "done"


@pytest.mark.rule("C10")
async def test_where_all_goes_together_no_purpose_is_named(shop: Shop) -> None:
    terms = shop.post.units.house.terms
    terms.add(RestrictionTerms(granularity=Granularity.ACCOUNT))
    with pytest.raises(PrivacyRequestPurposesInvalid) as refused:
        await shop.restrict("api_use")
    assert refused.value.purposes == ""
    await shop.restrict()
    with pytest.raises(ProcessingRestricted):
        await shop.do("api_use")


@pytest.mark.rule("P030", "H038")
async def test_the_staff_does_it_on_behalf_once_it_is_known_who_asks(shop: Shop) -> None:
    post = shop.post

    async def enter(kind: PrivacyRequestKind, *purposes: str) -> str:
        filing = Filing(post.account_id, kind, PrivacyRequestSource.STAFF, purposes=frozenset(purposes))
        entered = await post.act(lambda work: file_request(work, filing), post.staff[0])
        own = await shop.ask(lambda read: reads.due_date(read, entered.received_at, entered.regime))
        assert entered.due_at == own, "the deadline of those who ask by themselves"
        await post.act(lambda work: verify_identity(work, entered.id, IdentityProof.DOCUMENT), post.staff[0])
        return entered.id

    restriction = await enter(PrivacyRequestKind.RESTRICTION, "api_use")
    assert await shop.do("api_use") == "done"
    await post.act(lambda work: fulfil_by_hand(work, restriction), post.staff[0])
    with pytest.raises(ProcessingRestricted):
        await shop.do("api_use")
    await post.units.run_unaudited(_consented(post.account_id, "ai", "newsletter"))
    withdrawal = await enter(PrivacyRequestKind.CONSENT_WITHDRAWAL)
    await post.act(lambda work: fulfil_by_hand(work, withdrawal), post.staff[0])
    assert await shop.ask(lambda read: live_purposes(read, post.account_id)) == []
    erasure = await enter(PrivacyRequestKind.ERASURE)
    with pytest.raises(PrivacyRequestKindConflict):
        await post.act(lambda work: fulfil_by_hand(work, erasure), post.staff[0])


async def test_who_lets_nothing_be_sent_is_not_disabled_for_it(shop: Shop) -> None:
    post = shop.post
    await shop.restrict("campaigns")
    days = shop.post.units.house.terms.get(AccountTerms).disable_after_days
    post.clock.advance(timedelta(days=days))
    await post.act(lambda work: apply_inactivity(work, post.account_id))
    assert await post.status() == "ACTIVE"
    await shop.lift_all()
    await post.act(lambda work: apply_inactivity(work, post.account_id))
    assert await post.status() == "ACTIVE", "the clock starts anew"
    post.clock.advance(timedelta(days=days))
    await post.act(lambda work: apply_inactivity(work, post.account_id))
    assert await post.status() == "DISABLED"


def _consented(account_id: str, *purposes: str) -> Callable[[Work], None]:
    def consent(work: Work) -> None:
        for purpose in purposes:
            row = {"id": work.ids.new("cns"), "account_id": account_id, "purpose": purpose}
            work.execute(insert(Consent).values(**row, policy_version="1", given_at=work.now))

    return consent


@pytest.mark.rule("P011")
def test_every_declared_purpose_of_the_platform_can_be_switched_off_alone() -> None:
    profile = load_profile("platform")
    terms = terms_of(profile).get(RestrictionTerms)
    assert set(profile.value("purposes")) <= terms.nameable
    done = ("identification", "api_use", "balance_and_orders", "campaigns", "statistics", "disclosures")
    stopped = {
        purpose: {one for one in done if stopped_by((purpose,), one, terms)}
        for purpose in profile.value("purposes")
    }
    assert stopped == {
        "improvement": set(),
        "personalisation": set(),
        "product_development": set(),
        "behaviour_analysis": {"statistics"},
        "technical_support": {"api_use"},
        "communication": {"identification", "balance_and_orders", "campaigns", "disclosures"},
    }


def test_what_only_security_is_for_cannot_be_stopped() -> None:
    terms = terms_of(load_profile("mailpro")).get(RestrictionTerms)
    assert terms.nameable == {
        "transactions",
        "newsletter",
        "followup",
        "campaigns",
        "statistics",
        "disclosures",
    }
    assert not stopped_by(("", "security", "support"), "security", terms)


def test_the_schema_names_the_refusal_wherever_it_can_come() -> None:
    """And nowhere else, but where two mutations share a union."""
    mutations = schema._schema.mutation_type.fields  # type: ignore[union-attr]
    assert mutations.keys() >= STAYS_OPEN, "each of them is there"
    for name, purpose, signed_in in _declared():
        if signed_in and may_be_stopped(name, purpose):
            assert "ProcessingRestricted" in _members(name), name
    assert "ProcessingRestricted" not in _members("pauseCampaign")


def _members(mutation: str) -> set[str]:
    answer = get_named_type(schema._schema.mutation_type.fields[mutation].type)  # type: ignore[union-attr]
    return {one.name for one in answer.types} if isinstance(answer, GraphQLUnionType) else set()


def _declared() -> list[tuple[str, str, bool]]:
    found = []
    for field in get_object_definition(Mutation, strict=True).fields:
        access = access_of(None, field.metadata)
        assert access is not None
        name = schema.config.name_converter.get_graphql_name(field)
        found.append((name, access.purpose, access.who is Who.SIGNED_IN))
    return found

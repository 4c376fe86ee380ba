"""The registers: nothing is given without an entry, no entry without its ground, and consent is a ledger of its own."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from server.accounts.rules.lifecycle import AccountNotFound
from server.accounts.rules.signing import COUNTRIES
from server.kit.events import after
from server.kit.problems import Refusal
from server.policy.actions.attestations import record_attestation
from server.policy.actions.consents import give_consent, withdraw_consent
from server.policy.actions.disclosures import announce_recipient, check_legality, record_disclosure
from server.policy.actions.processors import activate_processor, end_processor, register_processor
from server.policy.reads import registers
from server.policy.rules.consenting import AttestationInvalid, AttestationUnknown, NoConsent, PurposeUnknown
from server.policy.rules.disclosing import (
    AgreementMissing,
    ConsentMissing,
    DisclosureIncomplete,
    DisclosureTerms,
    Ground,
    GroundNotAllowed,
    LegalityNotChecked,
    Mechanism,
    MechanismMissing,
    NewProcessor,
    ProcessorInvalid,
    ProcessorNotActive,
    ProcessorRole,
    ProcessorsNotAllowed,
    ProcessorStatusConflict,
    Recipient,
    RecipientClass,
    RecipientNotAnnounced,
    check_disclosure,
    check_processor,
)
from tests.policy.conftest import World

CARRIER = Recipient(
    account_id="",
    ground=Ground.OPERATION,
    recipient="Carrier Example Ltd",
    recipient_class=RecipientClass.CARRIER,
    categories=("technical", "identification"),
)
COURT = Recipient(
    account_id="",
    ground=Ground.LEGAL_OBLIGATION,
    recipient="Example Court",
    recipient_class=RecipientClass.AUTHORITY,
    categories=("identification",),
    authority="Example Court",
    legal_basis="Example Act, article 1",
    reference="EX-2026-1",
)
CLOUD = NewProcessor(
    name="Cloud Example Inc",
    role=ProcessorRole.PROCESSOR,
    recipient_class=RecipientClass.INFRASTRUCTURE,
    region="US",
    categories=("technical",),
    mechanism=Mechanism.SCC,
)


async def refused(
    world: World, kind: type[Refusal], action: Callable[..., Any], account_id: str | None = None
) -> Any:
    with pytest.raises(kind) as caught:
        await world.do(action, account_id)
    return caught.value


@pytest.mark.rule("M010", "M129", "M131", "H009")
async def test_operation_is_a_ground_once_the_account_was_told(world: World) -> None:
    wanted = dataclasses.replace(CARRIER, account_id=world.customer)
    found = await refused(world, RecipientNotAnnounced, lambda work: record_disclosure(work, wanted))
    assert found.recipient_class == "CARRIER"
    for _ in range(2):
        await world.do(lambda work: announce_recipient(work, world.customer, RecipientClass.CARRIER))
    entry = await world.do(lambda work: record_disclosure(work, wanted))
    (row,) = await world.read(lambda read: registers.disclosures(read, 10, account_id=world.customer))
    assert (row.id, row.ground, row.categories) == (entry, "OPERATION", "identification technical")
    assert await world.read(lambda read: registers.text_of(read, row, "recipient")) == "Carrier Example Ltd"
    assert b"Carrier" not in row.recipient
    assert await world.read(lambda read: registers.disclosures(read, 10, account_id=world.other)) == []
    events = await world.read(
        lambda read: after(
            read.connection, world.customer, 0, ["RecipientAnnounced", "DisclosureRecorded"], 9
        )
    )
    assert [event.kind for event in events] == ["RecipientAnnounced", "DisclosureRecorded"]
    nobody = dataclasses.replace(CARRIER, account_id="acc_nobody")
    await refused(world, AccountNotFound, lambda work: record_disclosure(work, nobody))


@pytest.mark.rule("P020", "Q016")
async def test_a_legal_request_is_answered_only_after_it_was_found_lawful(world: World) -> None:
    await world.do(lambda work: announce_recipient(work, world.customer, RecipientClass.AUTHORITY))
    wanted = dataclasses.replace(COURT, account_id=world.customer)
    await refused(world, LegalityNotChecked, lambda work: record_disclosure(work, wanted))
    checks = {
        "unlawful": await world.do(lambda work: check_legality(work, world.customer, "EX-2026-1", False)),
        "of another": await world.do(lambda work: check_legality(work, world.other, "EX-2026-1", True)),
        "not there": "lgc_01jqk5y0j0e9vr4zq9f7g5h3m2",
        "no id": "\0",
    }
    for check_id in checks.values():
        standing = dataclasses.replace(wanted, legality_check_id=check_id)
        await refused(world, LegalityNotChecked, lambda work, of=standing: record_disclosure(work, of))
    lawful = await world.do(lambda work: check_legality(work, world.customer, "EX-2026-1", True))
    good = dataclasses.replace(wanted, legality_check_id=lawful)
    assert await world.do(lambda work: record_disclosure(work, good))


@pytest.mark.rule("P017", "B004")
async def test_a_withdrawn_consent_blocks_the_next_disclosure(world: World) -> None:
    terms = world.units.house.terms.get(DisclosureTerms)
    allowed = dataclasses.replace(terms, grounds=frozenset({Ground.CONSENT}), notify_before=False)
    world.units.house.terms.add(allowed)
    mine = await world.do(lambda work: give_consent(work, "newsletter"), world.customer)
    theirs = await world.do(lambda work: give_consent(work, "newsletter"), world.other)
    wanted = dataclasses.replace(CARRIER, account_id=world.customer, ground=Ground.CONSENT)
    for consent_id in (None, theirs, "cns_x"):
        standing = dataclasses.replace(wanted, consent_id=consent_id)
        await refused(world, ConsentMissing, lambda work, of=standing: record_disclosure(work, of))
    good = dataclasses.replace(wanted, consent_id=mine)
    assert await world.do(lambda work: record_disclosure(work, good))
    await world.do(lambda work: withdraw_consent(work, "newsletter"), world.customer)
    await refused(world, ConsentMissing, lambda work: record_disclosure(work, good))


@pytest.mark.rule("B004", "M112", "M135", "P021")
async def test_a_purpose_is_off_until_it_is_consented_to_and_at_once_after(world: World) -> None:
    async def is_on(purpose: str) -> bool:
        return await world.read(lambda read: registers.is_consented(read, world.customer, purpose))

    assert (await is_on("ai"), await is_on("newsletter")) == (False, False)  # the terms were accepted before
    first = await world.do(lambda work: give_consent(work, "ai"), world.customer)
    assert await world.do(lambda work: give_consent(work, "ai"), world.customer) == first
    assert (await is_on("ai"), await is_on("newsletter")) == (True, False)
    await world.do(lambda work: withdraw_consent(work, "ai"), world.customer)
    assert await is_on("ai") is False
    await refused(world, NoConsent, lambda work: withdraw_consent(work, "ai"), world.customer)
    again = await world.do(lambda work: give_consent(work, "ai"), world.customer)
    rows = await world.read(lambda read: registers.consents_of(read, world.customer, 10))
    assert [(row.id, row.withdrawn_at is None) for row in rows] == [(again, True), (first, False)]
    found = await refused(
        world, PurposeUnknown, lambda work: give_consent(work, "advertising"), world.customer
    )
    assert found.purposes == "ai newsletter"


@pytest.mark.rule("P018", "H011", "M130", "B012")
async def test_a_processor_gets_data_only_under_a_reviewed_agreement(world: World) -> None:
    draft = await world.do(lambda work: register_processor(work, CLOUD))
    wanted = dataclasses.replace(
        CARRIER,
        account_id=world.customer,
        recipient_class=RecipientClass.INFRASTRUCTURE,
        categories=("technical",),
        processor_id=draft.id,
    )
    await world.do(lambda work: announce_recipient(work, world.customer, RecipientClass.INFRASTRUCTURE))
    await refused(world, ProcessorNotActive, lambda work: record_disclosure(work, wanted))
    soon = world.clock.now() + timedelta(days=365)
    for agreement, review_at in (("", soon), ("DPA-1", world.clock.now())):
        await refused(
            world,
            AgreementMissing,
            lambda work, a=agreement, at=review_at: activate_processor(work, draft.id, a, at),
        )
    active = await world.do(lambda work: activate_processor(work, draft.id, "DPA-1", soon))
    assert (active.status, active.role, active.agreement) == ("ACTIVE", "PROCESSOR", "DPA-1")
    assert await world.do(lambda work: record_disclosure(work, wanted))
    more = dataclasses.replace(wanted, categories=("technical", "financial"))
    await refused(world, ProcessorNotActive, lambda work: record_disclosure(work, more))
    await world.do(lambda work: end_processor(work, draft.id))
    await refused(world, ProcessorNotActive, lambda work: record_disclosure(work, wanted))
    await refused(world, ProcessorStatusConflict, lambda work: end_processor(work, draft.id))


@pytest.mark.rule("P004", "P005", "P015", "Q020", "H016", "M113")
async def test_an_attestation_is_overdue_from_the_instant_of_its_review(world: World) -> None:
    async def overdue() -> bool:
        (state,) = await world.read(registers.attestations)
        return state.overdue

    assert await overdue()  # never attested
    at = world.clock.now()
    await world.do(lambda work: record_attestation(work, "confidentiality", "legal.office", "Folder 7", at))
    review = at.replace(year=at.year + 1)
    for instant, expected in (
        (review - timedelta(seconds=1), False),
        (review, True),
        (review + timedelta(seconds=1), True),
    ):
        world.clock.set(instant)
        assert await overdue() is expected
    now = world.clock.now()
    for owner, reference, made in (
        ("Jane Example", "Folder 7", now),
        ("legal.office", "", now),
        ("legal.office", "Folder 7", now + timedelta(seconds=1)),
    ):
        await refused(
            world,
            AttestationInvalid,
            lambda work, o=owner, r=reference, m=made: record_attestation(work, "confidentiality", o, r, m),
        )
    await refused(
        world, AttestationUnknown, lambda work: record_attestation(work, "weather", "legal.office", "x", now)
    )


# ---- pure


@pytest.mark.parametrize("missing", ["authority", "legal_basis", "reference"])
@pytest.mark.rule("Q016")
def test_a_legal_disclosure_says_all(missing: str) -> None:
    check_disclosure(COURT, DisclosureTerms())
    with pytest.raises(DisclosureIncomplete) as caught:
        check_disclosure(dataclasses.replace(COURT, **{missing: None}), DisclosureTerms())
    assert caught.value.fault == missing.upper()


@pytest.mark.parametrize("ground", list(Ground))
@pytest.mark.rule("Q015", "P016", "H010", "M131")
def test_only_the_grounds_of_the_policy_are_taken(ground: Ground) -> None:
    wanted = dataclasses.replace(COURT, ground=ground)
    check_disclosure(wanted, DisclosureTerms(grounds=frozenset({ground})))
    with pytest.raises(GroundNotAllowed):
        check_disclosure(wanted, DisclosureTerms(grounds=frozenset(set(Ground) - {ground})))


@pytest.mark.rule("H009", "Q015")
def test_there_is_no_ground_and_no_recipient_for_selling() -> None:
    words = {*Ground, *RecipientClass}
    assert not any(word in name for name in words for word in ("SALE", "SELL", "RENT", "MARKETING", "ADVERT"))


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"recipient": ""}, DisclosureIncomplete),
        ({"recipient": "x" * 201}, DisclosureIncomplete),
        ({"recipient": "a\nb"}, DisclosureIncomplete),
        ({"categories": ()}, DisclosureIncomplete),
        ({"categories": ("everything",)}, DisclosureIncomplete),
    ],
)
def test_a_disclosure_that_is_not_plain_is_refused(changes: dict[str, Any], kind: type[Refusal]) -> None:
    with pytest.raises(kind):
        check_disclosure(dataclasses.replace(COURT, **changes), DisclosureTerms())


@pytest.mark.parametrize(
    ("region", "mechanism", "allowed"),
    [
        ("US", None, False),
        ("US", Mechanism.SCC, True),
        ("CH", None, False),
        ("CH", Mechanism.ADEQUACY, True),
        ("IS", None, True),
        ("IT", None, True),
    ],
)
@pytest.mark.rule("P041", "H033", "M136")
def test_outside_the_eea_a_recipient_needs_a_mechanism(
    region: str, mechanism: Mechanism | None, allowed: bool
) -> None:
    new = dataclasses.replace(
        CLOUD, region=region, mechanism=mechanism, recipient_class=RecipientClass.AI_PROVIDER
    )
    if allowed:
        check_processor(new, COUNTRIES, DisclosureTerms())
    else:
        with pytest.raises(MechanismMissing):
            check_processor(new, COUNTRIES, DisclosureTerms())


@pytest.mark.rule("M133")
def test_a_delivery_network_gets_what_the_policy_lists_and_no_more() -> None:
    terms = DisclosureTerms(delivery_network_categories=frozenset({"technical"}))
    network = dataclasses.replace(CLOUD, recipient_class=RecipientClass.DELIVERY_NETWORK)
    check_processor(network, COUNTRIES, terms)
    with pytest.raises(ProcessorInvalid):
        check_processor(dataclasses.replace(network, categories=("technical", "financial")), COUNTRIES, terms)


@pytest.mark.rule("C11")
def test_where_no_processor_is_allowed_only_one_without_personal_data_is_registered() -> None:
    terms = DisclosureTerms(processors_allowed=False)
    check_processor(dataclasses.replace(CLOUD, categories=()), COUNTRIES, terms)
    with pytest.raises(ProcessorsNotAllowed):
        check_processor(CLOUD, COUNTRIES, terms)


@pytest.mark.parametrize("changes", [{"name": ""}, {"region": "XX"}, {"categories": ("everything",)}])
def test_a_processor_that_is_not_plain_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ProcessorInvalid):
        check_processor(dataclasses.replace(CLOUD, **changes), COUNTRIES, DisclosureTerms())

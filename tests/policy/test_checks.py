"""Every check is green on a house in order, and each sabotage turns red the clause that it breaks, and names it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, text, update

from server.accounts.model import Acceptance, Account, ApiKey, Person, Session, StaffAuthorisation
from server.app import Postmeter
from server.checks import CHECKS
from server.kit.clock import ManualClock
from server.kit.work import Work
from server.orders.model.tax import PriceChange
from server.policy.actions.attestations import record_attestation
from server.policy.actions.checking import store_findings
from server.policy.actions.versions import record_versions
from server.policy.adapters.profiles import SHIPPED, load_profile
from server.policy.jobs import find
from server.policy.model import Consent, Disclosure, PolicyVersion, Processor
from server.policy.reads.compliance import compliance
from server.policy.rules.checking import Checks, Compliance, compliance_of
from server.policy.rules.profile import ClauseState
from server.policy.rules.publishing import Published
from server.policy.rules.validation import states, weakest
from server.proving import attest, check, coverage, marked_tests, missing
from server.senders.model import Sender
from server.wallet.model import Wallet
from tests.policy import spoiling_erasures, spoiling_incidents, spoiling_requests
from tests.policy.conftest import World
from tests.policy.spoiling import KEPT, SPOILED, Sabotage
from tests.staffed import Staff
from tests.test_app import settings


async def in_order(world: World) -> None:
    """Publish, and attest what the policy wants attested."""
    assert await world.do(record_versions) == []
    now = world.clock.now()
    await world.do(lambda work: record_attestation(work, "confidentiality", "legal.office", "Folder 7", now))


def evidence_in(work: Work, key: str) -> str:
    """What the clause's own check finds against it; nothing while it is kept."""
    clause = work.terms(Published).profile.clauses[key]
    if clause.check is not None:
        store_findings(work, {clause.check: CHECKS[clause.check](work)})
    (proof,) = [one for one in compliance(work) if one.clause.key == key]
    return proof.evidence or "" if proof.compliance is Compliance.FAILED else ""


async def red(world: World) -> dict[str, str]:
    """The same, as the daily run finds it."""
    found = await find(world.units, Checks(CHECKS))
    await world.do(lambda work: store_findings(work, found))
    proofs = await world.read(compliance)
    return {
        proof.clause.key: proof.evidence or "" for proof in proofs if proof.compliance is Compliance.FAILED
    }


def disclosed(world: World, **values: Any) -> Sabotage:
    """An entry that nobody should have been able to make."""
    row = {
        "id": "dsc_1",
        "account_id": world.customer,
        "ground": "OPERATION",
        "recipient_class": "CARRIER",
        "categories": "technical",
        "disclosed_by": "ses_1",
        "disclosed_at": world.clock.now(),
    }

    def sabotage(work: Work, _world: World) -> None:
        sealed = work.seal(world.customer, "content", "disclosures.recipient", "Carrier Example")
        work.execute(insert(Disclosure).values(**(row | values), recipient=sealed))

    return sabotage


def processing(world: World, **values: Any) -> Sabotage:
    """An active processor that is not as it should be."""
    now = world.clock.now()
    row = {
        "id": "prc_1",
        "name": "Stripe",
        "role": "PROCESSOR",
        "recipient_class": "INFRASTRUCTURE",
        "region": "IT",
        "categories": "technical",
        "status": "ACTIVE",
        "agreement": "DPA-1",
        "review_at": now + timedelta(days=1),
        "created_at": now,
    }
    return lambda work, _world: work.execute(insert(Processor).values(**(row | values)))


def change(table: Any, **values: Any) -> Sabotage:
    return lambda work, _world: work.execute(update(table).values(**values))


def _key(work: Work, world: World) -> None:
    person = work.scalar(text("SELECT min(id) FROM people"))
    work.execute(
        insert(ApiKey).values(
            id="key_1",
            account_id=world.customer,
            created_by=person,
            name=work.seal(world.customer, "identity", "api_keys.name", "Key"),
            secret_hash=b"1" * 32,
            prefix="pm_1234",
            scopes="account:read",
            created_at=work.now,
        )
    )


def _session(work: Work, world: World) -> None:
    person = work.scalar(text("SELECT min(id) FROM people"))
    far = work.now + timedelta(days=400)
    work.execute(
        insert(Session).values(
            id="ses_1",
            account_id=world.customer,
            person_id=person,
            token_hash=b"1" * 32,
            created_at=work.now,
            last_used_at=work.now,
            idle_at=far,
            expires_at=far,
        )
    )


def _authorised(work: Work, world: World) -> None:
    person = work.scalar(text("SELECT min(id) FROM people"))
    work.execute(
        insert(StaffAuthorisation).values(
            id="aut_1",
            account_id=world.customer,
            person_id=person,
            roles="ADMIN",
            scope="all",
            instructions_version="1",
            starts_at=work.now,
            ends_at=work.now + timedelta(days=367),
            created_at=work.now,
        )
    )


def _wallet(work: Work, world: World) -> None:
    work.execute(
        insert(Wallet).values(
            id="wal_1",
            account_id=world.customer,
            unit="EUR",
            posted=5,
            held=0,
            sequence=0,
            head=b"",
            opened_at=work.now,
            changed_at=work.now,
        )
    )


def _sender(status: str) -> Sabotage:
    def sabotage(work: Work, world: World) -> None:
        work.execute(
            insert(Sender).values(
                id="snd_1",
                account_id=world.customer,
                name=work.seal(world.customer, "identity", "senders.name", "Far too long"),
                kind="NAME",
                status="ACCEPTED",
                submissions=1,
                submission_id="sub_1",
                created_at=work.now,
                updated_at=work.now,
            )
        )
        work.execute(update(Account).where(Account.id == world.customer).values(status=status))

    return sabotage


def _price(work: Work, _world: World) -> None:
    work.execute(
        insert(PriceChange).values(
            id="prc_1",
            product="EMAIL_1K",
            currency="EUR",
            amount_minor=1,
            set_by="per_1",
            reason="FX",
            effective_at=work.now,
            announced_at=work.now,
        )
    )


SABOTAGES: list[tuple[str, str, Callable[[World], Sabotage]]] = [
    (
        "encryption.at_rest",
        "people.login",
        lambda _w: change(Person, login=b"lark.press in the clear, for all"),
    ),
    ("password.hash", "per_", lambda _w: _plain_password),
    ("acceptance.mode", "acc_", lambda _w: lambda work, _world: work.execute(delete(Acceptance))),
    ("acceptance.documents", "key_1", lambda _w: _key),
    ("entity.by_region", "acc_", lambda _w: change(Account, country="CH", contracting_entity=None)),
    ("account.kind", "acc_", lambda _w: change(Account, professional_since=None)),
    ("industries.deny", "acc_", lambda _w: change(Account, industry="CASINO")),
    ("session.idle_ttl", "ses_1", lambda _w: _session),
    ("staff.authorisation", "aut_1", lambda _w: _authorised),
    ("ledger.invariant", "wal_", lambda _w: _wallet),
    ("sms.sender_max_len", "snd_1", lambda _w: _sender("ACTIVE")),
    ("sms.sender_life", "snd_1", lambda _w: _sender("CLOSED")),
    ("price.effective", "prc_1", lambda _w: _price),
    ("disclosure.allowed_grounds", "dsc_1", lambda w: disclosed(w, ground="DELIVERY")),
    ("disclosure.operation", "dsc_1", lambda w: disclosed(w, categories="")),
    ("disclosure.legality_check", "dsc_1", lambda w: disclosed(w, ground="LEGAL_OBLIGATION")),
    ("disclosure.consent_ref", "dsc_1", lambda w: disclosed(w, ground="CONSENT")),
    ("disclosure.notify_before", "dsc_1", lambda w: disclosed(w)),
    ("processors.require_agreement", "prc_1", lambda w: processing(w, review_at=w.clock.now())),
    (
        "processors.cdn_categories",
        "prc_1",
        lambda w: processing(w, recipient_class="DELIVERY_NETWORK", categories="financial"),
    ),
    ("processors.ai_require_mechanism", "prc_1", lambda w: processing(w, region="US")),
    ("processors", "prc_1", lambda w: processing(w, recipient_class="PAYMENT_PROVIDER", name="Other")),
    (
        "consent.bundled",
        "cns_1",
        lambda w: (
            lambda work, _world: work.execute(
                insert(Consent).values(
                    id="cns_1",
                    account_id=w.customer,
                    purpose="advertising",
                    policy_version="1",
                    given_at=work.now,
                )
            )
        ),
    ),
    (
        "attest.confidentiality",
        "review due",
        lambda w: lambda work, _world: setattr(work, "now", work.now + timedelta(days=366)),
    ),
    ("policy.one_in_force", "mailpro", lambda _w: lambda work, _world: work.execute(delete(PolicyVersion))),
    ("policy.languages", "mailpro", lambda _w: change(PolicyVersion, text_hash="0" * 64)),
]


def _plain_password(work: Work, world: World) -> None:
    sealed = work.seal(world.customer, "identity", "people.password_hash", "a long enough phrase")
    work.execute(update(Person).where(Person.account_id == world.customer).values(password_hash=sealed))


class Undone(Exception):
    """Carries what was found out of a transaction that must leave nothing."""


async def spoiled(world: World, key: str, spoil: Sabotage) -> str:
    """The evidence against the clause once the sabotage is done, in a transaction that is undone."""

    def attempt(work: Work) -> None:
        spoil(work, world)
        raise Undone(evidence_in(work, key))

    with pytest.raises(Undone) as undone:
        await world.units.run_unaudited(attempt)
    return str(undone.value)


async def test_each_sabotage_turns_its_clause_red_and_names_what_is_wrong(world: World) -> None:
    await in_order(world)
    for key, named, sabotage in SABOTAGES:
        assert named in await spoiled(world, key, sabotage(world)), key
    more = (spoiling_requests, spoiling_erasures, spoiling_incidents)
    for key, named, spoil in [*SPOILED, *(each for one in more for each in one.SPOILED)]:
        assert named in await spoiled(world, key, spoil), key
    for key, harmless in [*KEPT, *(each for one in more for each in one.KEPT)]:
        assert await spoiled(world, key, harmless) == "", key
    assert await red(world) == {}


@pytest.mark.rule("M116", "P022")
async def test_a_house_in_order_is_green(world: World) -> None:
    assert set(await red(world)) == {"attest.confidentiality", "policy.languages", "policy.one_in_force"}
    await in_order(world)
    assert await red(world) == {}


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_without_its_guard_the_audit_is_red(world: World) -> None:
    await world.units.run_unaudited(lambda work: work.execute(text("DROP TRIGGER audit_entries_append_only")))
    assert "audit_entries_append_only" in (await world.read(CHECKS["audit_append_only"])).evidence


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
async def test_keys_that_are_the_same_are_red(world: World) -> None:
    def sabotage(work: Work) -> None:
        work.execute(text("ALTER TABLE api_keys DROP CONSTRAINT uq_api_keys_secret_hash"))
        _key(work, world)
        work.execute(
            text(
                "INSERT INTO api_keys SELECT 'key_2', account_id, created_by, name, secret_hash, prefix, scopes, "
                "created_at, expires_at, last_used_at, revoked_at FROM api_keys"
            )
        )

    await world.units.run_unaudited(sabotage)
    assert "key_1, key_2" in (await world.read(CHECKS["api_keys_unique"])).evidence


def test_every_check_is_named_by_a_clause() -> None:
    named = {clause.check for name in SHIPPED for clause in load_profile(name).clauses.values()}
    assert CHECKS.keys() <= named


def test_what_code_enforces_has_its_test() -> None:
    tests = marked_tests()
    for name in SHIPPED:
        for rule, clauses in states(load_profile(name)).items():
            if weakest(clauses) is ClauseState.ENFORCED:
                assert rule in tests, rule


def test_the_coverage_lists_every_rule() -> None:
    lines = coverage()
    assert lines[-1].startswith("281 rules: ")
    assert len(lines) == 282
    (fee,) = [line for line in lines if line.startswith("M078 ")]
    assert fee.startswith("M078 enforced: cancel.fee_min [")
    assert "orders/test_cancellation_fee.py::" in fee
    (seen,) = [line for line in lines if line.startswith("M101 ")]
    assert seen == "M101 not yet: defects.sla (planned in support)"


def test_what_is_not_translated_is_listed() -> None:
    lines = missing("mailpro")
    assert [line.partition(":")[0] for line in lines] == ["de", "es", "it", "pt"]
    assert missing("quix") == []


def test_a_clause_without_a_check_counts_as_tested_only() -> None:
    clauses = load_profile("mailpro").clauses
    assert compliance_of(clauses["refund.prepaid"], None) is Compliance.TESTED
    assert compliance_of(clauses["cancel.fee_min"], None) is Compliance.NOT_RUN
    assert compliance_of(clauses["defects.sla"], None) is Compliance.NOT_YET
    assert compliance_of(clauses["law"], None) is Compliance.STATEMENT


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.rule("M113")
async def test_the_command_is_good_once_all_is_attested(
    database_url: str, tmp_path: Path, clock: ManualClock
) -> None:
    postmeter = Postmeter(settings(tmp_path, database_url), clock=clock)
    async with postmeter.storage():
        lines, good = await check(postmeter)
        assert not good
        assert lines[-2] == "FAILED attest.confidentiality (M113): never attested"
        (said,) = await attest(postmeter, "confidentiality", "legal.office", "Folder 7")
        assert said == "confidentiality is attested by legal.office; its review is due 2027-03-02."
        lines, good = await check(postmeter)
        assert good
        assert "PASSED ledger.invariant: 0 wallets, none wrong" in lines


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_the_staff_checks_attests_and_keeps_the_registers(staff: Staff) -> None:
    shown = "compliance { clause { id } compliance evidence lastRun }"
    run = f"mutation {{ checkPolicy {{ passed failed {shown} }} }}"
    before = await staff.ask("ADMIN", run)
    red_keys = {one["clause"]["id"] for one in before["compliance"] if one["compliance"] == "FAILED"}
    assert red_keys == {"attest.confidentiality"}
    record = """mutation($input: RecordAttestationInput!) { recordAttestation(input: $input) {
        __typename ... on AttestationRecorded { attestation { overdue owner } } } }"""
    given = {"kind": "confidentiality", "owner": "legal.office", "reference": "Folder 7"}
    made = await staff.ask("ADMIN", record, input=given)
    assert made["attestation"] == {"overdue": False, "owner": "legal.office"}
    query = "{ policyCompliance { clause { id } compliance lastRun } }"
    after = await staff.ask("ADMIN", query)
    assert not [one for one in after if one["compliance"] == "FAILED"]
    assert await staff.refused("SUPPORT", query) == "FORBIDDEN"
    assert await staff.refused("CUSTOMER", query) == "FORBIDDEN"


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.rule("M129", "M010")
async def test_a_customer_sees_to_whom_data_went(staff: Staff) -> None:
    account = await staff.ask("CUSTOMER", "{ viewer { account { id } } }")
    account_id = account["account"]["id"]
    record = """mutation($input: RecordDisclosureInput!) { recordDisclosure(input: $input) { __typename
        ... on RecipientNotAnnounced { recipientClass } ... on Problem { code field }
        ... on DisclosureRecorded { disclosure { recipient authority } } } }"""
    given = {
        "accountId": account_id,
        "ground": "OPERATION",
        "recipient": "Carrier Example",
        "recipientClass": "CARRIER",
        "categories": ["technical"],
    }
    refused = await staff.ask("ADMIN", record, input=given)
    assert (refused["__typename"], refused["field"]) == ("RecipientNotAnnounced", "recipientClass")
    announce = """mutation($input: AnnounceRecipientClassInput!) { announceRecipientClass(input: $input) {
        __typename } }"""
    told = await staff.ask("ADMIN", announce, input={"accountId": account_id, "recipientClass": "CARRIER"})
    assert told["__typename"] == "RecipientClassAnnounced"
    made = await staff.ask("ADMIN", record, input=given)
    assert made["disclosure"] == {"recipient": "Carrier Example", "authority": None}
    mine = (
        "{ viewer { account { disclosures { edges { node { recipient ground } } } consents { purpose } } } }"
    )
    seen = await staff.ask("CUSTOMER", mine)
    assert seen["account"]["disclosures"]["edges"] == [
        {"node": {"recipient": "Carrier Example", "ground": "OPERATION"}}
    ]
    assert await staff.refused("SUPPORT", record, input=given) == "FORBIDDEN"


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.rule("M145", "M020")
async def test_refusing_the_api_policy_ends_the_keys_and_keeps_the_account(staff: Staff) -> None:
    create = """mutation { createApiKey(input: {name: "Key", scopes: [ACCOUNT_READ]}) { __typename
        ... on ApiKeyCreated { secret } ... on AcceptanceMissing { document version } } }"""
    staff.tokens["KEY"] = (await staff.ask("CUSTOMER", create))["secret"]
    who = "{ viewer { account { id } } }"
    assert await staff.ask("KEY", who)
    refuse = "mutation { refuseApiPolicy { __typename ... on ApiPolicyRefused { keysEnded } } }"
    assert (await staff.ask("CUSTOMER", refuse))["keysEnded"] == 1
    assert await staff.refused("KEY", who) == "UNAUTHENTICATED"
    assert await staff.ask("CUSTOMER", who)
    lacking = await staff.ask("CUSTOMER", create)
    assert lacking == {"__typename": "AcceptanceMissing", "document": "api_policy", "version": "2025-09-19"}
    accept = """mutation { acceptPolicy(input: {document: "api_policy", version: "2025-09-19", language: "LANG"}) {
        __typename } }"""
    wrong = await staff.ask("CUSTOMER", accept.replace("LANG", "xx"))
    assert wrong["__typename"] == "PolicyLanguageUnknown"
    assert (await staff.ask("CUSTOMER", accept.replace("LANG", "fr")))["__typename"] == "PolicyAccepted"
    assert (await staff.ask("CUSTOMER", create))["__typename"] == "ApiKeyCreated"


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.rule("Q024")
async def test_an_erasure_that_nobody_acknowledged_is_red(world: World) -> None:
    """The clause is of another profile."""

    def attempt(acknowledged: str | None) -> Callable[[Work], None]:
        def spoil(work: Work) -> None:
            spoiling_erasures.planned(clock="REQUEST", acknowledged=acknowledged)(work, world)
            raise Undone(CHECKS["erasures_acknowledged"](work).evidence)

        return spoil

    for acknowledged, named in (("{}", False), (None, True)):
        with pytest.raises(Undone) as undone:
            await world.units.run_unaudited(attempt(acknowledged))
        assert ("ers_1" in str(undone.value)) == named

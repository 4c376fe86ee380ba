"""Every check is green on a house in order, and each sabotage turns red the clause that it breaks, and names it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import strawberry
from sqlalchemy import text

from server.app import Postmeter
from server.checks import CHECKS
from server.checks.served import Offer
from server.gateway.engine import Engine
from server.kit.clock import ManualClock
from server.kit.graph.access import Access, Who, declare
from server.kit.work import Work
from server.policy.actions.attestations import record_attestation
from server.policy.actions.checking import store_findings
from server.policy.actions.versions import record_versions
from server.policy.adapters.profiles import DEMO, SHIPPED, load_profile
from server.policy.jobs import find
from server.policy.reads.compliance import compliance
from server.policy.rules.checking import IN_FORCE, Checks, Compliance, checks_of, compliance_of
from server.policy.rules.profile import ClauseState
from server.policy.rules.publishing import Published
from server.policy.rules.validation import states, weakest
from server.proving import attest, check, coverage, marked_tests, missing
from server.terms import NUMBERED
from tests.policy import (
    spoiling,
    spoiling_accounts,
    spoiling_aggregates,
    spoiling_erasures,
    spoiling_incidents,
    spoiling_mailings,
    spoiling_plans,
    spoiling_processing,
    spoiling_registers,
    spoiling_requests,
    spoiling_rights,
    spoiling_sales,
    spoiling_serving,
    spoiling_storage,
    spoiling_support,
)
from tests.policy.conftest import World, running
from tests.policy.rows import Sabotage
from tests.policy.spoiling_numbers import NUMBERS, other_words
from tests.staffed import Staff
from tests.test_app import settings

PARTS: tuple[Any, ...] = (
    spoiling,
    spoiling_accounts,
    spoiling_aggregates,
    spoiling_erasures,
    spoiling_incidents,
    spoiling_mailings,
    spoiling_plans,
    spoiling_processing,
    spoiling_registers,
    spoiling_requests,
    spoiling_rights,
    spoiling_sales,
    spoiling_serving,
    spoiling_storage,
    spoiling_support,
)
"""What was done against clauses, by the part of the server."""


async def in_order(world: World) -> None:
    """Publish, and attest what the policy wants attested."""
    assert await world.do(record_versions) == []
    now = world.clock.now()
    await world.do(lambda work: record_attestation(work, "confidentiality", "legal.office", "Folder 7", now))


def evidence_in(work: Work, key: str) -> Mapping[str, str]:
    """What the checks of the clause find against it, by their names, or what its attestation lacks; nothing while it is
    kept."""
    published = work.terms(Published)
    clause = published.profile.clauses[key]
    if clause.attestation is not None:
        (proof,) = [one for one in compliance(work) if one.clause.key == key]
        return {clause.attestation: proof.evidence or ""} if proof.compliance is Compliance.FAILED else {}
    found = {name: CHECKS[name](work) for name in checks_of(clause, published.numbered)}
    return {name: finding.evidence for name, finding in found.items() if not finding.passed}


async def red(world: World) -> dict[str, str]:
    """The same, as the daily run finds it."""
    found = await find(world.units, Checks(CHECKS))
    await world.do(lambda work: store_findings(work, found))
    proofs = await world.read(compliance)
    return {
        proof.clause.key: proof.evidence or "" for proof in proofs if proof.compliance is Compliance.FAILED
    }


class Undone(Exception):
    """Carries what was found out of a transaction that must leave nothing."""


async def spoiled(world: World, key: str, spoil: Sabotage, profile: str | None = None) -> Mapping[str, str]:
    """What is found against the clause once the sabotage is done, in a transaction that is undone; of a server that
    runs by another profile, where one is named.
    """

    def attempt(work: Work) -> None:
        if profile is not None:
            work.house = dataclasses.replace(work.house, terms=running(profile, world.folder))
            assert record_versions(work) == []
        spoil(work, world)
        raise Undone(evidence_in(work, key))

    with pytest.raises(Undone) as undone:
        await world.units.run_unaudited(attempt)
    (evidence,) = undone.value.args
    return evidence  # type: ignore[no-any-return]


async def test_each_sabotage_turns_its_clause_red_and_names_what_is_wrong(world: World) -> None:
    await in_order(world)
    red_ones: set[tuple[str, str]] = set()
    ours = [(None, *one) for part in PARTS for one in part.SPOILED]
    theirs = [
        (name, *one) for part in PARTS for name, ones in getattr(part, "OF", {}).items() for one in ones
    ]
    for profile, key, named, spoil in [*ours, *theirs]:
        found = await spoiled(world, key, spoil, profile)
        assert any(named in evidence for evidence in found.values()), (profile, key, found)
        red_ones |= {(key, check) for check in found}
    for part in PARTS:
        for key, harmless in part.KEPT:
            found = await spoiled(world, key, harmless)
            # Another number than the clause's is found, of course; what it then allows is not.
            assert not [check for check in found if not check.startswith(IN_FORCE)], (key, found)
    unspoiled = {one for one in enforced() - red_ones if not one[1].startswith(IN_FORCE)}
    assert unspoiled == {("api_keys.unique", "api_keys_unique")}, "which only one database lets anybody spoil"


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.parametrize("profile", ["mailpro", "platform"])
async def test_another_number_turns_its_clause_red_and_names_it(world: World, profile: str) -> None:
    """So do other words than those that were published."""

    def attempt(work: Work) -> None:
        house = dataclasses.replace(work.house, terms=running(profile, world.folder))
        work.house = house
        assert record_versions(work) == []
        numbered = {key for key in NUMBERED if enforces(profile, key)}
        only_here = {key for key in numbered if profile == "mailpro" or not enforces("mailpro", key)}
        for key, named, spoil in [one for one in NUMBERS if one[0] in only_here]:
            spoil(work, world)
            found = CHECKS[f"{IN_FORCE}{key}"](work)
            assert not found.passed, key
            assert named in found.evidence, key
            work.house = house
        assert found_against(work, numbered) == {}
        other_words(work, world)
        assert found_against(work, numbered).keys() == numbered
        raise Undone

    with pytest.raises(Undone):
        await world.units.run_unaudited(attempt)


def enforces(profile: str, key: str) -> bool:
    clause = load_profile(profile).clauses.get(key)
    return clause is not None and clause.state is ClauseState.ENFORCED


def found_against(work: Work, keys: set[str]) -> Mapping[str, str]:
    """What the checks of these clauses' numbers find, as the staff sees it."""
    names = [f"{IN_FORCE}{key}" for key in sorted(keys)]
    store_findings(work, {name: CHECKS[name](work) for name in names})
    failed = [proof for proof in compliance(work) if proof.compliance is Compliance.FAILED]
    return {proof.clause.key: proof.evidence or "" for proof in failed if proof.clause.key in keys}


def enforced() -> set[tuple[str, str]]:
    """Every enforced clause of every profile, with each of its checks."""
    found = set()
    for name in (*SHIPPED, DEMO):
        for clause in load_profile(name).clauses.values():
            checks = checks_of(clause, NUMBERED)
            assert bool(checks) == (clause.state is ClauseState.ENFORCED), clause.key
            found |= {(clause.key, check) for check in checks}
    return found


@pytest.mark.rule("M116", "P022")
async def test_a_house_in_order_is_green(world: World) -> None:
    for name in ("authentic_texts", "one_version_in_force", f"{IN_FORCE}password.min_length"):
        assert "mailpro" in (await world.read(CHECKS[name])).evidence
    await in_order(world)
    assert await red(world) == {}


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
async def test_keys_that_are_the_same_are_red(world: World) -> None:
    def sabotage(work: Work) -> None:
        work.execute(text("ALTER TABLE api_keys DROP CONSTRAINT uq_api_keys_secret_hash"))
        spoiling_accounts.key(work, world)
        work.execute(
            text(
                "INSERT INTO api_keys SELECT 'key_2', account_id, created_by, name, secret_hash, prefix, scopes, "
                "created_at, expires_at, last_used_at, revoked_at FROM api_keys"
            )
        )

    await world.units.run_unaudited(sabotage)
    assert "key_1, key_2" in (await world.read(CHECKS["api_keys_unique"])).evidence


def test_what_a_schema_serves_is_read_from_it() -> None:
    @strawberry.type
    class Query:
        open: int
        closed: int = strawberry.field(metadata=declare(Access(Who.STAFF, "security")))

    served = Offer.of(Engine(strawberry.Schema(Query))).fields
    assert {name: one.access and one.access.who for name, one in served.items()} == {
        "Query.open": None,
        "Query.closed": Who.STAFF,
    }


def test_every_check_is_named_by_a_clause() -> None:
    named = {clause.check for name in SHIPPED for clause in load_profile(name).clauses.values()}
    assert {name for name in CHECKS if not name.startswith(IN_FORCE)} <= named


def test_what_code_enforces_has_its_test() -> None:
    """Of each rule that a clause says is enforced, checked by data or not, there are tests that pytest runs."""
    tests = marked_tests()
    for name in SHIPPED:
        for rule, clauses in states(load_profile(name)).items():
            if weakest(clauses) is ClauseState.ENFORCED:
                assert rule in tests, rule
                assert all(test.partition("::")[2].startswith("test_") for test in tests[rule]), rule


def test_the_coverage_lists_every_rule() -> None:
    lines = coverage()
    assert lines[-1].startswith("281 rules: ")
    assert len(lines) == 282
    (fee,) = [line for line in lines if line.startswith("M078 ")]
    assert fee.startswith("M078 enforced: cancel.fee_min [")
    assert "orders/test_cancellation_fee.py::" in fee
    (seen,) = [line for line in lines if line.startswith("M101 ")]
    assert seen.startswith("M101 enforced: defects.sla [")
    assert all("(planned in " in line for line in lines[:-1] if " not yet: " in line)


def test_what_is_not_translated_is_listed() -> None:
    lines = missing("mailpro")
    assert [line.partition(":")[0] for line in lines] == ["de", "es", "it", "pt"]
    assert missing("quix") == []


def test_where_a_clause_stands_before_anything_ran() -> None:
    clauses = load_profile("mailpro").clauses
    assert compliance_of(clauses["cancel.fee_min"], None) is Compliance.NOT_RUN
    planned = dataclasses.replace(clauses["defects.sla"], point=None, planned="support")
    assert compliance_of(planned, None) is Compliance.NOT_YET
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

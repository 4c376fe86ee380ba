"""What everybody may read: the policy, its versions and differences, and the page; and how a change is told."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.accounts.rules import Terms as AccountTerms
from server.app import Postmeter
from server.backing_up import backup
from server.backups.manifest import BackupRefused
from server.kit.clock import ManualClock
from server.kit.due import DueRunner
from server.notices.reads import notices_of_account
from server.policy.actions.versions import record_versions
from server.policy.adapters.profiles import SHIPPED, load_profile, load_wordings
from server.policy.jobs import handlers
from server.policy.reads.versions import content_of, difference, versions_of
from server.policy.rules.checking import Checks
from server.policy.rules.profile import Document, Profile
from server.policy.rules.publishing import (
    ChangeTerms,
    KnownVersion,
    Published,
    Telling,
    upcoming_faults,
    version_faults,
)
from server.policy.rules.wording import authentic_hash, document_text, shown
from tests.policy.conftest import World
from tests.test_app import settings

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
QUERY = """query($language: String) { policy { document version effectiveAt authenticLanguage languages
    clauses { id rules source state title(language: $language) value(language: $language) text(language: $language) }
    versions { version inForce textSha256 } text(language: $language)
    diff(from: "2025-09-19", to: "2025-09-19") { id } } }"""


async def ask(postmeter: Postmeter, query: str, **variables: Any) -> Any:
    transport = httpx.ASGITransport(app=postmeter.asgi)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        return (await client.post("/graphql", json={"query": query, "variables": variables})).json()


async def page(postmeter: Postmeter, path: str = "/policy", **headers: str) -> httpx.Response:
    transport = httpx.ASGITransport(app=postmeter.asgi)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        return await client.get(path, headers=headers)


PUBLISHED_ONLY = (
    ("platform", None, ("P036", "P037")),
    ("helpdesk", None, ("H034",)),
    ("qboxmail", None, ("B001", "B019", "B020")),
    ("mailpro", None, ("M003", "M006", "M098", "M099", "M104", "M106")),
    ("mailpro", "api_policy", ("M146",)),
)
SAID = """query($document: String, $language: String) { policy(document: $document) { text(language: $language)
    clauses { rules state value(language: $language) text(language: $language) } } }"""


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("profile", "document", "rules"), PUBLISHED_ONLY)
@pytest.mark.rule("P036", "P037", "H034", "B001", "B019", "B020")
@pytest.mark.rule("M003", "M006", "M098", "M099", "M104", "M106", "M146")
async def test_what_is_only_said_is_published_in_each_language(
    profile: str,
    document: str | None,
    rules: tuple[str, ...],
    database_url: str,
    tmp_path: Path,
    clock: ManualClock,
) -> None:
    postmeter = Postmeter(settings(tmp_path, database_url, policy=profile), clock=clock)
    async with postmeter.storage():
        for language in ("en", "fr"):
            answer = await ask(postmeter, SAID, document=document, language=language)
            policy = answer["data"]["policy"]
            said = {rule: clause for clause in policy["clauses"] for rule in clause["rules"]}
            for rule in rules:
                assert said[rule]["state"] == "TEXT"
                assert said[rule]["text"]
                assert f"- {said[rule]['text']}\n" in policy["text"]
            if "M003" in rules:  # no notice is promised
                assert said["M003"]["value"] == {"en": "0 days", "fr": "0 jour"}[language]


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.rule("P050", "H035")
async def test_a_stranger_reads_the_policy_and_its_versions(
    database_url: str, tmp_path: Path, clock: ManualClock
) -> None:
    postmeter = Postmeter(settings(tmp_path, database_url), clock=clock)
    async with postmeter.storage():
        policy = (await ask(postmeter, QUERY, language="fr"))["data"]["policy"]
        assert (policy["document"], policy["version"], policy["authenticLanguage"]) == (
            "mailpro",
            "2025-09-19",
            "fr",
        )
        clauses = {clause["id"]: clause for clause in policy["clauses"]}
        fee = clauses["cancel.fee_min"]
        assert fee["text"] == "Les frais d’annulation sont d’au moins 35.00 USD."
        assert (fee["rules"], fee["state"], fee["title"]) == (
            ["M078"],
            "ENFORCED",
            "Annulation et remboursements",
        )
        assert fee["source"] == "004_22b9d201b4f9441a.txt [Order Cancellation]"
        assert policy["versions"][0]["inForce"] is True
        assert policy["diff"] == []
        assert f"- {fee['text']}\n" in policy["text"]
        other = await ask(postmeter, '{ policy(document: "api_policy") { clauses { id } } }')
        assert "api.own_risk" in str(other)
        assert (await ask(postmeter, '{ policy(document: "none") { version } }'))["data"]["policy"] is None
        refused = await ask(postmeter, QUERY, language="xx")
        assert refused["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


def test_what_no_code_keeps_yet_says_so_to_its_readers() -> None:
    mailpro, french = load_profile("mailpro"), load_wordings().of("fr")
    kept = mailpro.clauses["cancel.fee_min"]
    unkept = dataclasses.replace(kept, point=None, check=None, planned="orders")
    profile = dataclasses.replace(mailpro, clauses={**mailpro.clauses, kept.key: unkept})
    sentence = "- Les frais d’annulation sont d’au moins 35.00 USD."
    assert f"{sentence}\n" in document_text(mailpro, mailpro.policy, french, remarks=True)
    assert f"{sentence} (pas encore appliqué par ce serveur)\n" in document_text(
        profile, profile.policy, french, remarks=True
    )


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", SHIPPED)
async def test_the_server_runs_by_each_profile(
    database_url: str, tmp_path: Path, clock: ManualClock, name: str
) -> None:
    """It starts, shows its page, and registers with what the profile collects and nothing else."""
    postmeter = Postmeter(settings(tmp_path, database_url, policy=name), clock=clock)
    register = """mutation($input: RegisterInput!) { register(input: $input) { __typename
        ... on DetailNotCollected { detail } } }"""
    async with postmeter.storage():
        assert (await page(postmeter)).status_code == 200
        policy = (await ask(postmeter, "{ policyInForce { document version } }"))["data"]["policyInForce"]
        who = {"login": "some.body", "password": "a long enough phrase", "acceptedPolicy": policy}
        given = {**who, "country": "CH", "professionalUse": name == "mailpro"}
        answer = (await ask(postmeter, register, input=given))["data"]["register"]
        if name in ("quix", "platform"):
            assert answer == {"__typename": "DetailNotCollected", "detail": "COUNTRY"}
            answer = (await ask(postmeter, register, input=who))["data"]["register"]
        assert answer["__typename"] == "Registered"


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_the_page_is_plain_html_that_loads_and_runs_nothing(
    database_url: str, tmp_path: Path, clock: ManualClock
) -> None:
    postmeter = Postmeter(settings(tmp_path, database_url), clock=clock)
    french = await page(postmeter, "/policy", **{"accept-language": "fr-CH, en;q=0.5"})
    assert french.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert '<html lang="fr">' in french.text
    assert "<script" not in french.text
    assert "Ce texte fait foi." in french.text
    assert "Les frais d’annulation sont d’au moins 35.00 USD." in french.text
    german = (await page(postmeter, "/policy?language=de")).text
    assert "clauses. They are shown in the authentic language." in german
    assert '<li lang="fr">' in german
    assert (await page(postmeter, "/policy?document=api_policy&language=en")).status_code == 200
    for wrong in ("/policy?document=none", "/policy?language=xx", "/policy?language=%3Cscript%3E"):
        refused = await page(postmeter, wrong)
        assert (refused.status_code, "script" in refused.text) == (404, False)


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_a_profile_that_is_wrong_stops_the_start(database_url: str, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        'extends = "mailpro"\n[[clause]]\nkey = "x"\nkind = "law"\nvalue = 1\npoint = "nowhere"\ntext.fr = "X"'
    )
    with pytest.raises(SystemExit, match="there is no point `nowhere`"):
        async with Postmeter(settings(tmp_path, database_url, policy=str(own))).storage():
            raise AssertionError("it started")
    with pytest.raises(SystemExit, match="there is no profile `nobody`"):
        Postmeter(settings(tmp_path, database_url, policy="nobody"))


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.rule("M117")
async def test_data_is_stored_nowhere_else_than_the_policy_says(database_url: str, tmp_path: Path) -> None:
    """Neither without a region, nor in another one; nor is a backup made there."""
    named = settings(tmp_path, database_url, policy="mailpro")
    wrong = {
        "`main` declares no region: set POSTMETER_REGION": {"region": "LOCAL"},
        "`keys` is in US: set POSTMETER_KEY_STORE_REGION": {"key_store_region": "US"},
        "`backups` is in DE: set POSTMETER_BACKUP_REGION": {"backup_region": "DE"},
    }
    for fault, changes in wrong.items():
        misplaced = named.model_copy(update=changes)
        with pytest.raises(SystemExit, match=fault):
            async with Postmeter(misplaced).storage():
                raise AssertionError("it started")
        with pytest.raises(BackupRefused, match=fault):
            await backup(Postmeter(misplaced), tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


# ---- versions


def known(
    version: str, effective_at: datetime, text_hash: str = "h", recorded: datetime | None = None
) -> KnownVersion:
    return KnownVersion("d", version, effective_at, recorded or effective_at, text_hash)


def document(version: str, effective_at: datetime) -> Document:
    return Document("d", version, effective_at, {})


NOTICE = ChangeTerms(notice=timedelta(days=30))
SECOND = timedelta(seconds=1)
OLD = known("1", NOW - timedelta(days=400))
ANNOUNCED = known("2", NOW, "h", NOW - timedelta(days=30))


@pytest.mark.parametrize(
    ("now", "before", "fault"),
    [
        (NOW - SECOND, [], "is not in force until"),
        (NOW, [], None),
        (NOW, [OLD], "less than 30 days"),
        (NOW, [OLD, known("2", NOW, "h", NOW - timedelta(days=30) + SECOND)], "less than 30 days"),
        (NOW, [OLD, ANNOUNCED], None),
        (NOW, [OLD, known("2", NOW, "another", NOW - timedelta(days=30))], "another text or date"),
        (NOW + SECOND, [OLD, ANNOUNCED, known("3", NOW + SECOND)], "was superseded by 3"),
    ],
)
@pytest.mark.rule("P035", "M105", "M108", "H008", "H040")
def test_a_version_is_in_force_from_its_instant_on_and_announced_in_time(
    now: datetime, before: list[KnownVersion], fault: str | None
) -> None:
    found = version_faults(document("2", NOW), "h", before, now, NOTICE)
    assert [fault in sentence for sentence in found] == [True] if fault else found == []


@pytest.mark.rule("M105")
def test_without_a_promised_notice_a_change_holds_at_once() -> None:
    assert version_faults(document("2", NOW), "h", [OLD], NOW, ChangeTerms()) == []


@pytest.mark.parametrize(("early", "refused"), [(SECOND, True), (timedelta(0), False), (-SECOND, False)])
@pytest.mark.rule("P035")
def test_what_is_announced_takes_effect_after_the_notice(early: timedelta, refused: bool) -> None:
    next_one = document("2", NOW + timedelta(days=30) - early)
    assert bool(upcoming_faults(next_one, "h", [OLD], NOW, NOTICE)) is refused


def later(profile: Profile, version: str, effective_at: datetime) -> Profile:
    """The same, with another percentage, as a new version."""
    clause = dataclasses.replace(profile.clauses["cancel.percent"], value=6)
    documents = tuple(
        dataclasses.replace(each, version=version, effective_at=effective_at) for each in profile.documents
    )
    return dataclasses.replace(
        profile, documents=documents, clauses={**profile.clauses, "cancel.percent": clause}
    )


@pytest.mark.rule("M002", "P012", "H035", "M107")
async def test_a_new_version_is_told_to_all_and_differs_where_it_does(world: World) -> None:
    house, profile = world.units.house, load_profile("mailpro")
    assert await world.do(record_versions) == []
    assert await world.do(record_versions) == []  # twice is as good as once
    changed = later(profile, "2026-05-01", NOW + timedelta(days=60))
    house.terms.add(Published(profile, load_wordings(), changed))
    house.terms.add(ChangeTerms(telling=frozenset({Telling.IN_APP}), accounts_a_step=1))
    assert await world.do(record_versions) == []
    await DueRunner(world.units, handlers(Checks({}))).run_due()
    for account_id in (world.customer, world.other):
        told = await world.read(lambda read, of=account_id: notices_of_account(read, of, 10))  # type: ignore[misc]
        assert [notice.kind for notice in told].count("policy_changed") == 2  # the policy and the API policy
    newest, first = await world.read(lambda read: versions_of(read, "mailpro"))
    assert (newest.version, first.version, newest.announced_at is None) == ("2026-05-01", "2025-09-19", False)
    assert first.text_hash == authentic_hash(profile, profile.policy, load_wordings())
    before, after = [
        await world.read(lambda read, of=version: content_of(read, "mailpro", of))  # type: ignore[misc]
        for version in ("2025-09-19", "2026-05-01")
    ]
    assert before is not None
    assert after is not None
    (change,) = difference(before, after)
    assert change.key == "cancel.percent"
    assert (change.before or {})["en"] == "Above the limit the fee is 7 % of the total."
    assert (change.after or {})["en"] == "Above the limit the fee is 6 % of the total."
    house.terms.add(Published(dataclasses.replace(profile, clauses=changed.clauses), load_wordings()))
    assert "was published with another text" in (await world.do(record_versions))[0]


@pytest.mark.rule("M107")
def test_an_acceptance_is_of_the_authentic_text() -> None:
    from server.terms import terms_of

    profile = load_profile("mailpro")
    policy = terms_of(profile).get(AccountTerms).policy
    assert policy.text_hash == authentic_hash(profile, profile.policy, load_wordings())
    assert policy.languages == ("en", "fr", "de", "es", "it", "pt")
    assert profile.authentic == "fr"


@pytest.mark.parametrize(
    ("value", "english", "french"),
    [
        ("P30D", "30 days", "30 jours"),
        ("P1D", "1 day", "1 jour"),
        ("P12M", "12 months", "12 mois"),
        ("P5Y", "5 years", "5 ans"),
        ("PT48H", "48 hours", "48 heures"),
        ("PT0S", "0 days", "0 jour"),
        ({"amount": "35.00", "currency": "USD"}, "35.00 USD", "35.00 USD"),
        (("legal_request",), "legal request", "demande légale d’une autorité"),
        ((), "none", "aucun"),
        (True, "yes", "oui"),
        (7, "7", "7"),
    ],
)
def test_a_value_in_words(value: Any, english: str, french: str) -> None:
    wordings = load_wordings()
    assert (shown(value, wordings.of("en")), shown(value, wordings.of("fr"))) == (english, french)

"""Notices through the API: lists, reading, what others cannot see, and the live feed."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from server.accounts.model import Account
from server.gateway.engine import Engine, RequestError
from server.kit.graph.context import Context
from server.kit.graph.feed import Feed, FeedEventKind, FeedMode
from server.kit.registry import Registry
from server.kit.viewer import ANONYMOUS, Viewer
from server.notices.model import Notice
from server.schema import schema
from tests.notices.conftest import ACCOUNT, BOTH, Office

VIEWER = Viewer(ACCOUNT, "ses_1")
OTHER = Viewer("acc_other", "ses_2")
READER = Viewer(ACCOUNT, "key_1", scopes=frozenset({"account:read"}))
BLIND = Viewer(ACCOUNT, "key_2", scopes=frozenset({"orders:read"}))
FIELDS = "id kind title text createdAt readAt emailing"
LIST = f"""query($first: Int! = 20, $after: String, $unread: Boolean! = false) {{ viewer {{ account {{ unreadNotices
    notices(first: $first, after: $after, unreadOnly: $unread) {{
        edges {{ node {{ {FIELDS} }} }} pageInfo {{ hasNextPage endCursor }} }} }} }} }}"""
NODE = "query($id: ID!) { node(id: $id) { __typename id } }"
MARK = f"""mutation($id: ID!) {{ markNoticeRead(input: {{noticeId: $id}}) {{ __typename
    ... on NoticeRead {{ notice {{ {FIELDS} }} }} ... on Problem {{ code field }} }} }}"""
MARK_ALL = "mutation { markAllNoticesRead { marked } }"
SPEAK = "mutation($in: NoticeLanguage!) { setNoticeLanguage(input: {language: $in}) { language } }"
WATCH = f"""subscription($after: BigInt, $mode: FeedMode! = EVERY) {{ noticePosted(after: $after, mode: $mode) {{
    kind sequence notice {{ {FIELDS} }} newest {{ {FIELDS} }} }} }}"""
ENGINE = Engine(schema)


class Api:
    """Sends operations as a viewer, in a language."""

    def __init__(self, office: Office) -> None:
        self.office = office

    def context(self, viewer: Viewer, language: str = "en") -> Context:
        return Context(self.office.units, Registry(), viewer, "req_1", language)

    async def send(
        self, query: str, viewer: Viewer = VIEWER, language: str = "en", **variables: Any
    ) -> dict[str, Any]:
        try:
            prepared = ENGINE.prepare(query, None, variables)
        except RequestError as error:
            return {"errors": [{"extensions": error.errors[0].extensions}]}
        executed = await ENGINE.execute(prepared, self.context(viewer, language))
        response: dict[str, Any] = json.loads(executed.encode())
        return response

    async def data(self, query: str, viewer: Viewer = VIEWER, language: str = "en", **variables: Any) -> Any:
        response = await self.send(query, viewer, language, **variables)
        assert "errors" not in response, response
        (value,) = response["data"].values()
        return value

    async def codes(self, query: str, viewer: Viewer = VIEWER, **variables: Any) -> list[str]:
        response = await self.send(query, viewer, **variables)
        return [error["extensions"]["code"] for error in response.get("errors", [])]

    async def account(self, viewer: Viewer = VIEWER, language: str = "en", **variables: Any) -> Any:
        return (await self.data(LIST, viewer, language, **variables))["account"]

    async def listed(self, viewer: Viewer = VIEWER, language: str = "en", **variables: Any) -> Any:
        edges = (await self.account(viewer, language, **variables))["notices"]["edges"]
        return [edge["node"] for edge in edges]

    def feed(self, viewer: Viewer = VIEWER, **variables: Any) -> Feed:
        return ENGINE.feed(ENGINE.prepare(WATCH, None, variables), self.context(viewer))

    async def rendered(self, make: Any, language: str = "en") -> list[dict[str, Any]]:
        prepared, context = ENGINE.prepare(WATCH, None, {}), self.context(VIEWER, language)

        def render(read: Any) -> list[dict[str, Any]]:
            results = [ENGINE.render(prepared, event.value, context, read) for event in make(read)]
            return [json.loads(result.encode())["data"]["noticePosted"] for result in results]

        return await self.office.units.read(render)


@pytest.fixture
async def api(office: Office) -> Api:
    def open_accounts(work: Any) -> None:
        for account_id in (ACCOUNT, "acc_other"):
            work.execute(
                Account.__table__.insert().values(id=account_id, status="ACTIVE", created_at=work.now)
            )

    await office.units.run_unaudited(open_accounts)
    return Api(office)


async def test_notices_are_listed_newest_first_and_by_page(api: Api) -> None:
    told = [await api.office.tell() for _ in range(5)]
    first = await api.account(first=2)
    cursor = first["notices"]["pageInfo"]["endCursor"]
    rest = await api.listed(first=5, after=cursor)
    assert [edge["node"]["id"] for edge in first["notices"]["edges"]] == told[:2:-1]
    assert [node["id"] for node in rest] == told[2::-1]
    assert first["unreadNotices"] == 5
    assert (rest[0]["kind"], rest[0]["readAt"], rest[0]["emailing"]) == (
        "PASSWORD_CHANGED",
        None,
        "NOT_ASKED",
    )
    assert await api.data(NODE, id=told[0]) == {"__typename": "Notice", "id": told[0]}


async def test_they_are_told_in_the_requests_language(api: Api) -> None:
    await api.office.tell("topup_failed", data={"amount": "12.50 EUR"})
    (english,) = await api.listed(language="en-us")
    (french,) = await api.listed(language="fr-ch")
    (german,) = await api.listed(language="de")
    assert english["title"] == german["title"] == "A payment did not go through"
    assert "€12.50" in english["text"]
    assert french["title"] == "Un paiement n’a pas abouti"
    assert "12,50\xa0€" in french["text"]


async def test_reading_is_noted_once(api: Api) -> None:
    first, second = await api.office.tell(), await api.office.tell()
    read_at = "2026-03-02T09:00:00Z"
    marked = await api.data(MARK, id=first)
    assert (marked["__typename"], marked["notice"]["readAt"]) == ("NoticeRead", read_at)
    api.office.clock.advance(timedelta(hours=1))
    assert (await api.data(MARK, id=first))["notice"]["readAt"] == read_at
    assert [node["id"] for node in await api.listed(unread=True)] == [second]
    assert (await api.account())["unreadNotices"] == 1
    assert await api.data(MARK_ALL) == {"marked": 1}
    assert await api.data(MARK_ALL) == {"marked": 0}
    assert (await api.account())["unreadNotices"] == 0
    assert await api.listed(unread=True) == []
    assert len(await api.listed()) == 2


@pytest.mark.rule("Q014")
async def test_another_accounts_notice_is_not_there(api: Api) -> None:
    notice_id = await api.office.tell()
    assert await api.listed(OTHER) == []
    assert await api.data(NODE, OTHER, id=notice_id) is None
    foreign = await api.data(MARK, OTHER, id=notice_id)
    missing = await api.data(MARK, OTHER, id="ntc_none")
    malformed = await api.data(MARK, OTHER, id="\0")
    assert foreign == missing == malformed
    assert foreign == {"__typename": "NoticeNotFound", "code": "NOTICE_NOT_FOUND", "field": "noticeId"}
    assert await api.data(MARK_ALL, OTHER) == {"marked": 0}
    assert (await api.account())["unreadNotices"] == 1


@pytest.mark.rule("Q014")
async def test_nobody_and_the_wrong_scope_get_nothing(api: Api) -> None:
    notice_id = await api.office.tell()
    assert len(await api.listed(READER)) == 1
    assert await api.codes(MARK, READER, id=notice_id) == ["FORBIDDEN"]
    assert await api.codes(MARK_ALL, READER) == ["FORBIDDEN"]
    assert await api.codes(MARK, ANONYMOUS, id=notice_id) == ["UNAUTHENTICATED"]
    assert "FORBIDDEN" in await api.codes(LIST, BLIND)
    assert await api.data(NODE, BLIND, id=notice_id) is None
    assert await api.codes(NODE, ANONYMOUS, id=notice_id) == ["UNAUTHENTICATED"]
    with pytest.raises(RequestError):
        api.feed(BLIND)


async def test_what_was_meant_for_an_email_only_is_not_shown(api: Api) -> None:
    data = {"code": "K7QF-22"}
    hidden = await api.office.mail("password_reset", data=data, channels=BOTH[1:])
    shown = await api.office.mail("password_reset", data=data)
    (node,) = await api.listed()
    assert (node["id"], node["emailing"]) == (shown, "QUEUED")
    assert "K7QF" not in node["text"]
    assert "example.com" not in node["text"]
    assert await api.data(NODE, id=hidden) is None
    assert (await api.data(MARK, id=hidden))["__typename"] == "NoticeNotFound"


async def test_a_notice_whose_values_were_erased_says_nothing(api: Api) -> None:
    notice_id = await api.office.tell()
    sealed = (await api.office.notice(notice_id)).data
    broken = sealed[:-1] + bytes([sealed[-1] ^ 1])
    statement = update(Notice).values(data=broken)
    await api.office.units.run_unaudited(lambda work: work.execute(statement))
    (node,) = await api.listed()
    assert (node["title"], node["text"], node["kind"]) == (None, None, "PASSWORD_CHANGED")


async def test_the_language_of_emails_is_chosen(api: Api) -> None:
    assert await api.data(SPEAK, **{"in": "FR"}) == {"language": "FR"}
    await api.office.mail()
    await api.office.runner().run_due()
    assert api.office.inbox.read[0]["Content-Language"] == "fr"


# ---- live


async def test_push_equals_refetch(api: Api) -> None:
    await api.office.tell()
    feed = api.feed()
    (snapshot,) = await api.rendered(lambda read: [feed.state(read, FeedEventKind.SNAPSHOT)])
    assert (snapshot["kind"], snapshot["notice"], len(snapshot["newest"])) == ("SNAPSHOT", None, 1)
    state = snapshot["newest"]
    for number in range(3):
        await api.office.mail("topup_failed", data={"amount": f"{number}.00 EUR"}, dedupe_key=f"top/{number}")
        await api.office.tell("topup_failed", data={"amount": "9.00 EUR"}, dedupe_key=f"top/{number}")
    await api.office.tell(account_id="acc_other")
    await api.office.runner().run_due()
    told = await api.rendered(lambda read: feed.since(read, int(snapshot["sequence"]), 100))
    assert [message["kind"] for message in told] == ["CHANGE"] * 3
    sequences = [int(message["sequence"]) for message in told]
    assert sequences == sorted(set(sequences))
    for message in told:
        state = [message["notice"], *state]
    assert state == await api.listed()


async def test_a_message_tells_the_notice_as_it_was_posted(api: Api) -> None:
    await api.office.tell()
    feed = api.feed(mode="LATEST")
    await api.data(MARK_ALL)
    (message,) = await api.rendered(lambda read: feed.since(read, 0, 100), language="fr")
    assert feed.mode is FeedMode.LATEST
    assert message["notice"]["readAt"] is None
    assert message["notice"]["title"] == "Votre mot de passe a été modifié"
    assert (await api.listed())[0]["readAt"] is not None

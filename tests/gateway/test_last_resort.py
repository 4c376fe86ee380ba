"""What a client is answered where an endpoint raises."""

from __future__ import annotations

import httpx
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from server.gateway.last_resort import LastResort
from server.kit.problems import overloaded, storage_unavailable


def raising(failure: Exception, *, begun: bool = False) -> ASGIApp:
    async def endpoint(scope: Scope, receive: Receive, send: Send) -> None:
        if begun:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        raise failure

    return endpoint


async def answer_of(app: ASGIApp) -> httpx.Response:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(LastResort(app)), base_url="http://x"
    ) as client:
        return await client.get("/", headers={"x-request-id": "req_1"})


async def test_a_public_fault_is_told() -> None:
    locked = await answer_of(raising(storage_unavailable("DATABASE_LOCKED")))
    assert locked.status_code == 503
    (error,) = locked.json()["errors"]
    assert error["extensions"] == {"reason": "DATABASE_LOCKED", "code": "STORAGE_UNAVAILABLE"}

    busy = await answer_of(raising(overloaded("printing", 3)))
    assert (busy.status_code, busy.headers["retry-after"]) == (503, "3")


async def test_a_bug_is_masked_and_traceable() -> None:
    answer = await answer_of(raising(ValueError("the key is 7")))
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["errors"][0]["extensions"] == {"code": "INTERNAL", "requestId": "req_1"}
    assert "the key is 7" not in answer.text


async def test_an_answer_that_has_begun_is_cut_off() -> None:
    with pytest.raises(ValueError, match="half"):
        await answer_of(raising(ValueError("half"), begun=True))


async def test_what_goes_well_passes() -> None:
    assert (await answer_of(PlainTextResponse("well"))).text == "well"

"""Codes reach people by e-mail, and work: the assembled server with a real SMTP server."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from server.accounts.rules import Terms as AccountTerms
from server.app import Postmeter
from server.kit.clock import ManualClock
from tests.notices.conftest import Inbox, smtp_server
from tests.test_app import SIGN_IN, WHO, post, register, settings, sign_in

CODE = re.compile(r"[A-Za-z0-9_-]{8,}")
ADDRESS = "somebody@example.com"


async def do(postmeter: Postmeter, mutation: str, given: dict[str, Any], token: str = "") -> str:
    """Run a mutation; the name of the type that it answers."""
    name = f"{mutation[0].upper()}{mutation[1:]}Input"
    document = f"mutation($input: {name}!) {{ {mutation}(input: $input) {{ __typename }} }}"
    data: Any = await post(postmeter, document, {"input": given}, token)
    return str(data[mutation]["__typename"])


async def code_in_last_mail(postmeter: Postmeter, inbox: Inbox, expected: int) -> str:
    await postmeter.due.run_due()
    assert len(inbox.read) == expected
    lines = [line.strip() for line in inbox.read[-1].get_content().splitlines()]
    (code,) = filter(CODE.fullmatch, lines)
    return code


async def test_codes_reach_people_and_work(database_url: str, tmp_path: Path, clock: ManualClock) -> None:
    inbox = Inbox()
    async with smtp_server(inbox) as port:
        relay = {"smtp_url": f"smtp://127.0.0.1:{port}", "mail_from": "Postmeter <no-reply@example.com>"}
        postmeter = Postmeter(settings(tmp_path, database_url, **relay), clock=clock)
        postmeter.house.terms.add(AccountTerms(people_max=2))
        async with postmeter.storage():
            await register(postmeter)
            token = await sign_in(postmeter)

            assert await do(postmeter, "setEmail", {"email": "nobody@nowhere"}, token) == "EmailInvalid"
            assert await do(postmeter, "setEmail", {"email": ADDRESS}, token) == "EmailCodeSent"
            code = await code_in_last_mail(postmeter, inbox, 1)
            assert await do(postmeter, "verifyEmail", {"code": code}, token) == "EmailVerified"

            assert await do(postmeter, "requestPasswordReset", {"email": ADDRESS}) == "PasswordResetRequested"
            reset = {"token": await code_in_last_mail(postmeter, inbox, 2), "password": "a fresh long phrase"}
            assert await do(postmeter, "resetPassword", reset) == "PasswordWasReset"
            with pytest.raises(AssertionError, match=r"UNAUTHENTICATED"):
                await do(postmeter, "setEmail", {"email": ADDRESS}, token)
            fresh = {"login": WHO["login"], "password": "a fresh long phrase", "transport": "BEARER"}
            data: Any = await post(postmeter, SIGN_IN, {"input": fresh})
            token = data["signIn"]["token"]

            invited = {"role": "ANALYST", "email": "colleague@example.com"}
            assert await do(postmeter, "inviteMember", invited, token) == "MemberInvited"
            code = await code_in_last_mail(postmeter, inbox, 3)
            joining = {"token": code, "login": "colleague", "password": "yet another long phrase"}
            assert await do(postmeter, "acceptInvitation", joining) == "MemberJoined"

            seen: Any = await post(
                postmeter, "{ viewer { account { notices { edges { node { kind } } } } } }", token=token
            )
    assert inbox.recipients == [ADDRESS, ADDRESS, "colleague@example.com"]
    kinds = {edge["node"]["kind"] for edge in seen["viewer"]["account"]["notices"]["edges"]}
    assert kinds == {"EMAIL_VERIFICATION", "PASSWORD_RESET", "PASSWORD_WAS_RESET", "MEMBER_JOINED"}

"""`postmeter serve --demo`: a small made-up company, whose history goes through the public API like anybody's.

Its sixty days are made in seconds by a clock that moves; then gentle simulated traffic keeps its balances moving.
What happens is the same every time; what opens the door (password and key) is random every time.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import structlog
from rich.console import Console

from server.accounts.actions.events import EmailVerificationAsked
from server.app import Postmeter
from server.bench_data import Dice
from server.demo import commerce, incidents, mailings, support
from server.demo.api import KEY_SCOPES, Api
from server.demo.commerce import PATIENCE_SECONDS
from server.demo.mailings import Engine, LiveMailing, Mailings
from server.kit.clock import SystemClock
from server.kit.problems import PublicError
from server.kit.work import Work
from server.policy.rules.consenting import AttestationTerms
from server.proving import attest

DAYS = 60
SEED = 1883  # the year of the first postal meter patent, and as good a seed as any
LOGIN = "larkpress"
MONEY_LOW, EMAIL_LOW, SMS_LOW = 60, 4_000, 60
TOP_UP_EUR = 250
TRAFFIC_PAUSE_SECONDS = (0.6, 2.4)

_log = structlog.get_logger("postmeter.demo")


class DemoClock:
    """The machine's clock, moved back; it only ever moves forward until it shows the true time again."""

    def __init__(self) -> None:
        self._machine = SystemClock()
        self._behind = timedelta(days=DAYS)

    def now(self) -> datetime:
        return self._machine.now() - self._behind

    def forward(self, step: timedelta) -> None:
        self._behind = max(timedelta(0), self._behind - step)

    def catch_up(self) -> None:
        self._behind = timedelta(0)


class Demo:
    """Lark Press, a made-up publisher of newsletters."""

    def __init__(self, postmeter: Postmeter, clock: DemoClock, out: Console) -> None:
        self._postmeter = postmeter
        self._clock = clock
        self._out = out
        self._dice = Dice(SEED)
        self._password = postmeter.house.entropy.bytes(12).hex()
        self._made = 0
        self._automatic = False
        self._letters: list[str] = []
        postmeter.house.reactions.on(EmailVerificationAsked, self._receive)

    async def run(self, url: str) -> None:
        """Make the history, print how to get in, then keep the balances moving until cancelled."""
        self._out.print(f"[dim]The demo writes {DAYS} days of history; the server answers meanwhile.[/dim]")
        try:
            async with self._company(url) as company:
                engine = await Engine.authorised(self._postmeter, company)
                written = Mailings(company, engine, self._key)
                await self._history(company, written, engine)
                await self._attest()
                self._clock.catch_up()
                await self._postmeter.due.settle()  # what the jumps of the clock have left behind
                live = LiveMailing(written)
                invoice, campaign_id = await commerce.newest_invoice(company), await live.begin()
                self._invite(url, company.key, invoice, campaign_id)
                await self._traffic(company, live)
        except Exception:
            _log.exception("demo_failed")
            self._out.print("[red]The demo stopped; the server goes on. The log says why.[/red]")

    @asynccontextmanager
    async def _company(self, url: str) -> AsyncIterator[Api]:
        async with httpx.AsyncClient(base_url=url, timeout=30, trust_env=False) as client:
            api = Api(client)
            policy = (await api.ask("{ policyInForce { document version } }"))["policyInForce"]
            account = {
                "login": LOGIN,
                "password": self._password,
                "acceptedPolicy": policy,
                "industry": "MEDIA",
                "professionalUse": True,
            }
            await api.do("register", "RegisterInput", account)
            owner = await self._signed_in(api)
            await commerce.introduce(owner, lambda: self._letters[-1])
            key = await owner.do(
                "createApiKey",
                "CreateApiKeyInput",
                {"name": "Demo sender", "scopes": KEY_SCOPES},
                "... on ApiKeyCreated { secret }",
            )
            api.key = key["secret"]
            yield api

    async def _signed_in(self, company: Api) -> Api:
        """The owner, in a new session."""
        return await company.signed_in(LOGIN, self._password)

    def _receive(self, _work: Work, event: EmailVerificationAsked) -> None:
        """The company's own letter box: the demo has no mail relay."""
        self._letters.append(event.code)

    # ---- history

    async def _history(self, company: Api, written: Mailings, engine: Engine) -> None:
        await self._top_up(company, 400, "tok_sandbox_ok")
        await self._order_credits(company, "EMAIL_10K", 1)
        await self._order_credits(company, "SMS_1K", 1)
        for day in range(DAYS):
            await self._special(company, day)
            if day in support.QUESTIONS:
                await support.ask_something(await self._signed_in(company), engine, day)
            await self._incident(company, engine, day)
            if day in mailings.PAST:
                await written.past(mailings.PAST[day], self._clock.now, self._clock.forward)
            for _ in range(self._dice.between(2, 4)):
                await self._send(company)
                self._clock.forward(timedelta(minutes=self._dice.between(20, 300)))
            await self._replenish(company)
            self._clock.forward(timedelta(days=1) / 2)

    async def _incident(self, company: Api, staff: Engine, day: int) -> None:
        if day in (incidents.FALSE_ALARM, incidents.OPEN):
            account = (await company.ask("{ viewer { account { id } } }"))["viewer"]["account"]["id"]
            story = incidents.false_alarm if day == incidents.FALSE_ALARM else incidents.misdirected_list
            await story(staff, account, self._clock.now)

    async def _attest(self) -> None:
        """What the policy wants attested, by an office of the company that runs the demo."""
        kinds = self._postmeter.house.terms.get(AttestationTerms).review_after
        for kind in kinds:
            await attest(self._postmeter, kind, "demo.office", "Nothing is kept: this is a demo")

    async def _special(self, company: Api, day: int) -> None:
        """The days on which something out of the ordinary happens."""
        match day:
            case 3:
                await commerce.subscribe(company, self._key)
            case 6:
                await commerce.be_a_business(await self._signed_in(company))
            case 12:
                await commerce.automate(company, MONEY_LOW, TOP_UP_EUR)
                self._automatic = True
                await self._lifted(company)
            case 18:
                calls = {"product": "NUMBER_LOOKUP", "calls": 2_500, "currency": "EUR"}
                await self._use(company, {"apiCalls": calls})
            case 25:
                await commerce.apply_for_sender(await self._signed_in(company))
            case 9:
                await self._top_up(company, 90, "tok_sandbox_declined")
            case 15:
                await self._top_up(company, 120, "tok_sandbox_short")
            case 21:
                order = await self._order_credits(company, "SMS_1K", 1)
                await self._cancel(company, order, "CUSTOMER_ERROR")
            case 30:
                await self._verify_addresses(company, 12_000, "Spring list")
            case 38:
                order = await self._order_credits(company, "EMAIL_10K", 1)
                await self._cancel(company, order, "DUPLICATE")
            case 47:
                await self._hold(company, 1_500, 1_320)
            case support.DEFECT_DAY:
                await support.report_defect(await self._signed_in(company))
            case _:
                pass

    async def _send(self, company: Api) -> None:
        if self._dice.between(1, 6) == 1:
            segments = self._dice.between(2, 14)
            await self._use(company, {"smsSend": {"segments": segments, "country": "CH"}})
        else:
            await self._use(company, {"emailSend": {"messages": self._dice.between(40, 420)}})

    async def _replenish(self, company: Api) -> None:
        """Buy what runs low, as a careful office does."""
        money, email, sms = await self._balances(company)
        if money < MONEY_LOW and not self._automatic:
            await self._top_up(company, TOP_UP_EUR, "tok_sandbox_ok")
        if email < EMAIL_LOW:
            await self._order_credits(company, "EMAIL_10K", 1)
        if sms < SMS_LOW:
            await self._order_credits(company, "SMS_100", 3)

    # ---- live

    async def _traffic(self, company: Api, live: LiveMailing) -> None:
        while True:
            low, high = TRAFFIC_PAUSE_SECONDS
            await asyncio.sleep(low + (high - low) * self._dice.between(0, 100) / 100)
            try:
                await self._send(company)
                await self._replenish(company)
                await live.step(self._clock.now())
            except (httpx.HTTPError, PublicError) as error:
                _log.warning("demo_traffic_failed", error=type(error).__name__)

    def _invite(self, url: str, key: str, invoice: str, campaign_id: str) -> None:
        lines = (
            "",
            "[bold]The demo is ready.[/bold] Its balances keep moving, and a campaign is being sent.",
            f"  See everything    {url}/dashboard/ (sign in as below)",
            f"  Watch a balance   {url}/examples/balance-watcher/#key={key}&unit=EMAIL",
            f"  Watch a campaign  {url}/graphql (the tab WatchCampaign, id {campaign_id})",
            f"  Ask for anything  {url}/graphql",
            f"  Read an invoice   {url}{invoice}",
            f"  In a terminal     POSTMETER_API_KEY={key} {_command()} watch EMAIL --url {url}/graphql",
            f"  Sign in           {LOGIN} / {self._password}",
            f"  API key           {key}",
            "",
        )
        for line in lines:  # never wrapped: a link broken over two lines cannot be followed
            self._out.print(line, highlight=False, soft_wrap=True)

    # ---- verbs

    async def _top_up(self, company: Api, amount: int, token: str) -> None:
        data = {
            "amount": {"amount": f"{amount}.00", "currency": "EUR"},
            "payment": {"token": token},
            "idempotencyKey": self._key(),
        }
        made = await company.do(
            "createTopUp", "CreateTopUpInput", data, "... on TopUpCreated { topUp { id status } }"
        )
        await commerce.settled(company, made["topUp"], "TopUp", ("PENDING", "PROCESSING"))

    async def _lifted(self, company: Api) -> None:
        """Wait for the automatic top-up, if one is due: what happens next must not depend on who is faster."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self._automatic:
                money, _, _ = await self._balances(company)
                if money >= MONEY_LOW:
                    return
                await asyncio.sleep(0.01)

    async def _order_credits(self, company: Api, code: str, packs: int) -> str:
        item = {"creditPack": {"code": code, "packs": packs}}
        # SMS credits are for people who just proved who they are, not for API keys.
        buyer = await self._signed_in(company) if code.startswith("SMS") else company
        return await self._order(buyer, item)

    async def _verify_addresses(self, company: Api, addresses: int, list_name: str) -> str:
        item = {"emailVerification": {"addresses": addresses, "checkMailbox": True, "listName": list_name}}
        return await self._order(company, item)

    async def _order(self, company: Api, item: dict[str, Any]) -> str:
        quoted = await company.ask(QUOTE, {"input": {"item": item, "currency": "EUR"}})
        if float(quoted["quoteOrder"]["missing"]["amount"]):
            await self._top_up(company, TOP_UP_EUR, "tok_sandbox_ok")
        data = {"item": item, "currency": "EUR", "idempotencyKey": self._key()}
        placed = await company.do(
            "placeOrder", "PlaceOrderInput", data, "... on OrderPlaced { order { id } }"
        )
        await self._lifted(company)
        return str(placed["order"]["id"])

    async def _cancel(self, company: Api, order_id: str, reason: str) -> None:
        await company.do(
            "cancelOrder",
            "CancelOrderInput",
            {"orderId": order_id, "reason": reason, "idempotencyKey": self._key()},
        )

    async def _use(self, company: Api, operation: dict[str, Any]) -> None:
        key = self._key()
        entry = {"operation": operation, "reference": f"send:{key}"}
        await company.do("recordUsage", "RecordUsageInput", {"entries": [entry], "idempotencyKey": key})
        if "apiCalls" in operation:
            await self._lifted(company)

    async def _hold(self, company: Api, quantity: int, used: int) -> None:
        placed = await company.do(
            "placeHold",
            "PlaceHoldInput",
            {"unit": "EMAIL", "quantity": quantity, "idempotencyKey": self._key()},
            "... on HoldPlaced { hold { id } }",
        )
        await company.do(
            "captureHold",
            "CaptureHoldInput",
            {"holdId": placed["hold"]["id"], "quantity": used, "final": True, "idempotencyKey": self._key()},
        )

    async def _balances(self, company: Api) -> tuple[float, float, float]:
        found = await company.ask("{ viewer { account { wallets { unit balance { available } } } } }")
        available = {
            wallet["unit"]: float(wallet["balance"]["available"])
            for wallet in found["viewer"]["account"]["wallets"]
        }
        return available.get("EUR", 0), available.get("EMAIL", 0), available.get("SMS", 0)

    def _key(self) -> str:
        self._made += 1
        return f"demo-{self._made:05}"


def _command() -> str:
    """How this process was started, so that the printed line can be pasted."""
    return sys.argv[0] if Path(sys.argv[0]).name == "postmeter" else "python -m server"


QUOTE = "query($input: QuoteOrderInput!) { quoteOrder(input: $input) { ... on OrderQuote { missing { amount } } } }"

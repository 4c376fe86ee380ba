"""What Lark Press writes to its readers: some mailings of the past, and a letter that is always being sent.

The operator's own engine sends and reports them, for its reports alone decide what is paid for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

import pyotp

from server import staffing
from server.accounts.rules.staff import StaffRole
from server.app import Postmeter
from server.bench_data import Dice, Event, fate
from server.demo.api import Api
from server.kit.problems import PublicError

T = TypeVar("T")
SEED = 1840  # the year of the first postage stamp
ENGINE = "engine"
_AUTHORISED_DAYS = 300
_SENDING_SECONDS = 4 * 3600
_DOMAINS = ("mail.example.com", "mail.example.com", "post.example.org", "post.example.org", "web.example.net")
WATCHED = timedelta(days=1)
"""For how long the readers of a mailing of the past are watched."""
SECONDS_A_STEP = 3_600
"""So much of a message's life passes in one step of a live mailing: nobody waits for days to see a click."""
MESSAGES_A_STEP = (6, 14)


@dataclass(frozen=True, slots=True)
class Mailing:
    """What is sent by which channel, and to how many."""

    name: str
    message: dict[str, Any]
    count: dict[str, Any]
    recipients: int
    is_sms: bool = False


def letter(number: int, recipients: int) -> Mailing:
    """A newsletter."""
    text = "Dear reader,\n\nthese are our new books: https://www.example.com/offers/1\n\nYours, Lark Press\n"
    message = {"email": {"subject": f"Letter {number}: new at Lark Press", "text": text}}
    return Mailing(f"Letter {number}", message, {"email": recipients}, recipients)


def reminder(recipients: int) -> Mailing:
    """An SMS to readers in the United Kingdom."""
    text = "Tomorrow at six: our authors read from their new books. Doors open at half past five. Lark Press"
    count = {"sms": [{"country": "GB", "recipients": recipients}]}
    return Mailing("Reading", {"sms": {"text": text}}, count, recipients, is_sms=True)


PAST = {44: letter(41, 360), 46: reminder(40), 48: letter(42, 420)}
"""By the day of the history. Small and within one session: the start waits until they are counted."""
LIVE_NUMBER, LIVE_RECIPIENTS = 43, 3_000


class Engine:
    """The operator's sending engine. It is a person of the staff, whose login nobody is told."""

    def __init__(self, api: Api, password: str, now: Callable[[], datetime]) -> None:
        self._api = api
        self._password = password
        self._now = now
        self._secret: str | None = None

    @classmethod
    async def authorised(cls, postmeter: Postmeter, api: Api) -> Engine:
        """As `postmeter staff add` does it: the API makes nobody staff."""
        password = postmeter.house.entropy.bytes(12).hex()
        asked = staffing.Asked(ENGINE, (StaffRole.ADMIN,), "sending", "demo", _AUTHORISED_DAYS, None)
        await staffing.add(postmeter, asked, lambda: password)
        return cls(api.as_bearer(""), password, postmeter.house.clock.now)

    async def report(self, events: list[Event]) -> None:
        """Raises PublicError."""
        await self._in_session(lambda api: api.report(events))

    async def do(
        self, field: str, input_type: str, data: dict[str, Any], selection: str = ""
    ) -> dict[str, Any]:
        """Run one mutation of the staff's. Raises PublicError."""
        return await self._in_session(lambda api: api.do(field, input_type, data, selection))

    async def _in_session(self, call: Callable[[Api], Awaitable[T]]) -> T:
        """The engine signs in when it has to: no session lasts as long as the demo may."""
        try:
            return await call(self._api)
        except PublicError as refused:
            if refused.code != "UNAUTHENTICATED":
                raise
        self._api = await self._signed_in()
        return await call(self._api)

    async def answer(self, ticket_id: str, text: str) -> None:
        """Answer a ticket: it is the only person of the staff here."""
        self._api = await self._signed_in()
        await self._api.do("answerTicket", "AnswerTicketInput", {"ticketId": ticket_id, "text": text})

    async def _signed_in(self) -> Api:
        """In a new session. Staff do nothing without a second factor, which the first session sets up (P003)."""
        nobody = self._api.as_bearer("")
        who = {"login": ENGINE, "password": self._password, "transport": "BEARER"}
        asked = "... on SignedIn { token } ... on SecondFactorRequired { challenge }"
        begun = await nobody.do("signIn", "SignInInput", who, asked)
        if self._secret is None:
            api = nobody.as_bearer(begun["token"])
            offered = await api.ask("mutation { enrolTotp { ... on TotpOffered { secret } } }")
            self._secret = offered["enrolTotp"]["secret"]
            await api.do("confirmTotp", "ConfirmTotpInput", {"code": self._code(self._secret)})
            return api
        given = {
            "challenge": begun["challenge"],
            "factor": {"code": self._code(self._secret)},
            "transport": "BEARER",
        }
        done = await nobody.do("completeSignIn", "CompleteSignInInput", given, "... on SignedIn { token }")
        return nobody.as_bearer(done["token"])

    def _code(self, secret: str) -> str:
        return pyotp.TOTP(secret).at(self._now())


class Mailings:
    """The company launches them, the engine sends them and tells what becomes of their messages."""

    def __init__(self, company: Api, engine: Engine, new_key: Callable[[], str]) -> None:
        self.engine = engine
        self._company = company
        self._new_key = new_key
        self._dice = Dice(SEED)

    async def past(
        self, mailing: Mailing, now: Callable[[], datetime], forward: Callable[[timedelta], None]
    ) -> None:
        """A whole one: what happened to its messages is reported when it is over.

        The last accepted message spends the last credit that was held, which completes the campaign.
        """
        campaign_id, launched_at = await self.launch(mailing), now()
        forward(WATCHED)
        happened: list[tuple[int, Event]] = []
        for number in range(mailing.recipients):
            sent = self._dice.below(_SENDING_SECONDS)
            story = self.message(campaign_id, mailing, number)
            happened += [(sent + after, event) for after, event in story]
        limit = WATCHED.total_seconds()
        happened = sorted((each for each in happened if each[0] < limit), key=lambda each: each[0])
        events = [_at(launched_at + timedelta(seconds=seconds), event) for seconds, event in happened]
        await self.engine.report(events)

    async def launch(self, mailing: Mailing) -> str:
        """The campaign's id. Raises PublicError."""
        made = await self._company.do(
            "createCampaign",
            "CreateCampaignInput",
            {"name": mailing.name, "message": mailing.message},
            "... on CampaignCreated { campaign { id } }",
        )
        campaign = {"campaignId": made["campaign"]["id"]}
        audience = {"lawfulBasis": "CONSENT", "listSource": "OWN_SUBSCRIBERS"}
        await self._company.do("declareCampaignAudience", "DeclareCampaignAudienceInput", campaign | audience)
        count = {"count": mailing.count}
        await self._company.do(
            "setCampaignRecipientCount", "SetCampaignRecipientCountInput", campaign | count
        )
        key = {"idempotencyKey": self._new_key()}
        await self._company.do("launchCampaign", "LaunchCampaignInput", campaign | key)
        return str(campaign["campaignId"])

    def message(self, campaign_id: str, mailing: Mailing, number: int) -> Iterator[tuple[int, Event]]:
        """What becomes of the message to one reader, each event so many seconds from its sending on.

        Nobody complains: a case would stop the sending.
        """
        story = _fate_of_sms(self._dice) if mailing.is_sms else fate(self._dice)
        known = {"campaignId": campaign_id, "recipient": _reader(mailing, number)}
        for place, event in enumerate(story):
            if event["kind"] != "COMPLAINED":
                key = {"key": f"{campaign_id}-{number}-{place}"}
                yield event["after"], key | known | {name: event[name] for name in event if name != "after"}


class LiveMailing:
    """A letter that is being sent, step by step; behind its last message comes the next letter.

    Clicks on a letter still come in while the next one is being sent.
    """

    def __init__(self, mailings: Mailings) -> None:
        self._mailings = mailings
        self._dice = Dice(SEED)
        self._number = LIVE_NUMBER
        self._mailing = letter(self._number, LIVE_RECIPIENTS)
        self._campaign_id: str | None = None
        self._sent = 0
        self._step = 0
        self._later: dict[int, list[Event]] = defaultdict(list)
        self._unreported: list[Event] = []

    async def begin(self) -> str:
        """Launch the letter; the campaign's id. Raises PublicError."""
        self._campaign_id = await self._mailings.launch(self._mailing)
        return self._campaign_id

    async def step(self, now: datetime) -> None:
        """Send some messages, and report what became of earlier ones beside. Raises PublicError or HTTPError.

        What could not be reported is so with the next step, which sends nothing: the server knows what it counted.
        """
        if not self._unreported:
            self._send(self._campaign_id or await self.begin(), self._dice.between(*MESSAGES_A_STEP))
            self._unreported = [_at(now, event) for event in self._later.pop(self._step)]
            self._step += 1
        await self._mailings.engine.report(self._unreported)
        self._unreported = []
        if self._sent == self._mailing.recipients:
            self._turn_over()

    def _send(self, campaign_id: str, messages: int) -> None:
        for _ in range(min(messages, self._mailing.recipients - self._sent)):
            for after, event in self._mailings.message(campaign_id, self._mailing, self._sent):
                self._later[self._step + -(-after // SECONDS_A_STEP)].append(event)
            self._sent += 1

    def _turn_over(self) -> None:
        self._number += 1
        self._mailing, self._sent, self._campaign_id = letter(self._number, LIVE_RECIPIENTS), 0, None


def _fate_of_sms(dice: Dice) -> Iterator[Event]:
    """Most handsets send a receipt."""
    yield {"kind": "ACCEPTED", "after": 0, "country": "GB"}
    if dice.below(100) < 94:
        yield {"kind": "DELIVERED", "after": dice.below(600), "country": "GB"}
    else:
        yield {"kind": "BOUNCED", "after": dice.below(600), "country": "GB"}


def _reader(mailing: Mailing, number: int) -> str:
    """An address that nobody has; the phone numbers are those that Ofcom keeps free for use in drama."""
    if mailing.is_sms:
        return f"+447700900{number:03}"
    return f"reader{number}@{_DOMAINS[number % len(_DOMAINS)]}"


def _at(instant: datetime, event: Event) -> Event:
    return event | {"at": instant.isoformat()}

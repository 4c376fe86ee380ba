"""Data that is held otherwise than the policy says: of what, for what, from where and why; for the checks to find."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import insert, text, update

from server.accounts.model import Person, Session, StaffAuthorisation
from server.accounts.rules import Terms as AccountTerms
from server.accounts.rules.collecting import Detail
from server.accounts.rules.devices import TechnicalDetail
from server.kit.personal import Declared, Held
from server.kit.work import Work
from server.notices.model import Notice
from server.policy.adapters.profiles import load_profile, load_wordings
from server.policy.rules.profile import Profile
from server.policy.rules.publishing import Published
from server.policy.rules.storing import StoreTerms
from server.schema import HELD
from tests.policy.conftest import World
from tests.policy.rows import Sabotage, under
from tests.policy.spoiling import signed_in
from tests.policy.spoiling_accounts import of_person
from tests.policy.spoiling_registers import processing
from tests.policy.spoiling_requests import asked
from tests.policy.spoiling_storage import nicknames


def nothing(_work: Work, _world: World) -> None:
    """The policy alone is otherwise."""


def by(profile: Profile) -> Sabotage:
    """A server that runs by this profile."""
    return under(Published(profile, load_wordings()), nothing)


def _without_ground(key: str) -> Profile:
    mailpro = load_profile("mailpro")
    clause = replace(mailpro.clauses[key], ground=None)
    return replace(mailpro, clauses={**mailpro.clauses, key: clause})


def _saying(key: str, value: str) -> Profile:
    mailpro = load_profile("mailpro")
    return replace(mailpro, clauses={**mailpro.clauses, key: replace(mailpro.clauses[key], value=value)})


def _first(**changes: object) -> Declared:
    """The declarations, the first of them otherwise."""
    held: Held = replace(HELD[0], **changes)  # type: ignore[arg-type]
    return Declared((held, *HELD[1:]))


def seen_as(agent: str) -> Sabotage:
    """A sign-in of which this is stored of the device, and its address."""

    def sabotage(work: Work, world: World) -> None:
        signed_in()(work, world)
        sealed = {
            name: work.seal(world.customer, "identity", f"sessions.{name}", value)
            for name, value in (("user_agent", agent), ("address", "192.0.2.7"))
        }
        work.execute(update(Session).where(Session.id == "ses_2").values(sealed))

    return sabotage


def with_email(work: Work, world: World) -> None:
    sealed = work.seal(world.customer, "identity", "people.email", "lark@example.com")
    work.execute(update(Person).where(Person.account_id == world.customer).values(email=sealed))
    work.execute(text("UPDATE accounts SET professional_since = NULL"))


def written(kind: str) -> Sabotage:
    """A notice of this kind."""

    def sabotage(work: Work, world: World) -> None:
        data = work.seal(world.customer, "content", "notices.data", "{}")
        row = {"kind": kind, "data": data, "in_app": True, "emailing": "NOT_ASKED", "created_at": work.now}
        work.execute(insert(Notice).values(id="ntc_1", account_id=world.customer, **row))

    return sabotage


_LOGIN_ONLY = AccountTerms(collect=frozenset())
_NO_ADDRESS = AccountTerms(technical=frozenset({TechnicalDetail.BROWSER, TechnicalDetail.OS}))
_BROWSER_ALONE = AccountTerms(technical=frozenset({TechnicalDetail.IP, TechnicalDetail.BROWSER}))
_UNNAMED = replace(load_profile("mailpro"), sources={**load_profile("mailpro").sources, "mail": "letters"})

_ABROAD = StoreTerms(frozenset({"CH"}), {"main": "CH", "backups": "US"})
_PARTIAL = of_person(StaffAuthorisation, id="aut_1", roles="DPO FINANCE", ends_at=timedelta(days=1))

SPOILED: list[tuple[str, str, Sabotage]] = [
    ("stores.allowed_regions", "prc_1", processing(region="")),
    ("stores.allowed_regions", "backups", under(_ABROAD, nothing)),
    ("dpo.powers", "aut_1", _PARTIAL),
    ("sources", "privacy_requests.source BOUGHT", asked(source="BOUGHT")),
    ("sources", "recipient_requests.address", by(_UNNAMED)),
    ("collect.necessity", "acc_", under(_LOGIN_ONLY, nothing)),
    ("collect.necessity", "per_", under(_LOGIN_ONLY, with_email)),
    ("collect.technical", "ses_2", seen_as("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0")),
    ("collect.technical", "ses_2", under(_NO_ADDRESS, seen_as("Firefox on Linux"))),
    ("collect.technical", "ses_2", under(_BROWSER_ALONE, seen_as("Firefox on Linux"))),
    ("special_categories", next(HELD[0].names()), under(_first(special=True), nothing)),
    ("retain.grounds", "retain.audit", by(_without_ground("retain.audit"))),
    ("purposes.identification.uses", "newsletter", written("newsletter")),
    (
        "purposes.account.basis",
        next(HELD[0].names()),
        under(_first(purpose="api_use", legal_basis="consent"), nothing),
    ),
    ("purposes.account.basis", "purposes.account.basis", by(_saying("purposes.account.basis", "consent"))),
    ("rights.information", "accounts.nickname", nicknames),
    ("dpo.contact", "dpo.contact", by(_saying("dpo.contact", "on request"))),
]
"""Each clause with what its check names, and what was done against it."""

KEPT: list[tuple[str, Sabotage]] = [
    ("sources", asked(source="REPORT")),
    ("collect.necessity", under(AccountTerms(collect=frozenset({Detail.EMAIL})), with_email)),
    ("collect.technical", seen_as("Firefox on Linux")),
    ("collect.technical", under(_BROWSER_ALONE, seen_as("another program"))),
    ("purposes.identification.uses", written("new_sign_in")),
]
"""What these checks leave alone."""

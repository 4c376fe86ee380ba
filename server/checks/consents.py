"""Checks of what is done only with an account's consent, purpose by purpose."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from sqlalchemy import or_, select

from server.checks.looking import look
from server.kit.work import Read
from server.policy.model import Consent, Disclosure, Processor
from server.policy.reads.registers import is_consented
from server.policy.rules.checking import Check, Finding, combined, finding
from server.policy.rules.consenting import ConsentTerms
from server.policy.rules.disclosing import DisclosureTerms, RecipientClass

_AI = "ai"
_NOBODY = "acc_00000000000000000000000000"


def consented_to(read: Read, purpose: str) -> Finding:
    """The purpose is off until somebody of the account consents to it, and each consent says who did (M112, P021)."""
    off = purpose in read.terms(ConsentTerms).purposes and not is_consented(read, _NOBODY, purpose)
    unsaid = (Consent.purpose == purpose) & (
        Consent.given_by.is_(None) | (Consent.withdrawn_at < Consent.given_at)
    )
    return combined(
        {
            "off": finding(1, "purpose", [] if off else [purpose]),
            "given": look(read, "consents", Consent, Consent.id, unsaid),
        }
    )


def ai_consented(read: Read) -> Finding:
    """No data of an account went to a provider of AI but while its consent to that was given (M135)."""
    given = select(Consent.id).where(
        Consent.account_id == Disclosure.account_id,
        Consent.purpose == _AI,
        Consent.given_at <= Disclosure.disclosed_at,
        or_(Consent.withdrawn_at.is_(None), Consent.withdrawn_at >= Disclosure.disclosed_at),
    )
    providers = select(Processor.id).where(Processor.recipient_class == RecipientClass.AI_PROVIDER.value)
    to_ai = (Disclosure.recipient_class == RecipientClass.AI_PROVIDER.value) | Disclosure.processor_id.in_(
        providers
    )
    return combined(
        {
            "purpose": consented_to(read, _AI),
            "disclosed": look(read, "disclosures", Disclosure, Disclosure.id, to_ai & ~given.exists()),
        }
    )


def nothing_sold(read: Read) -> Finding:
    """Every disclosure is to somebody, and every processor one, of a kind that there is: none of them buys data (C12,
    H009)."""
    kinds = [kind.value for kind in RecipientClass]
    return combined(
        {
            "disclosed": look(
                read, "disclosures", Disclosure, Disclosure.id, Disclosure.recipient_class.not_in(kinds)
            ),
            "processed": look(
                read, "processors", Processor, Processor.id, Processor.recipient_class.not_in(kinds)
            ),
        }
    )


def processors_allowed(read: Read) -> Finding:
    """Where the policy appoints no processor, none is active; where it does, each has said what it gets (Q015)."""
    active = Processor.status == "ACTIVE"
    unsaid = active & (Processor.categories == "")
    allowed = read.terms(DisclosureTerms).processors_allowed
    return look(read, "processors", Processor, Processor.id, unsaid if allowed else active)


CHECKS: Mapping[str, Check] = {
    "newsletter_consented": partial(consented_to, purpose="newsletter"),
    "analytics_consented": partial(consented_to, purpose="analytics"),
    "ai_consented": ai_consented,
    "nothing_sold": nothing_sold,
    "processors_allowed": processors_allowed,
}

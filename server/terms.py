"""The numbers of all slices, filled from the policy profile, and what each slice adds to another one's answers."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from server.accounts import rules as account_rules
from server.accounts.reads import restrictions, team
from server.accounts.reads.lifecycle import LossSources, SendSources
from server.accounts.rules.age import AgeMethod
from server.accounts.rules.api_log import ApiLogTerms
from server.accounts.rules.collecting import Detail
from server.accounts.rules.devices import TechnicalDetail
from server.accounts.rules.people import ROLE_SCOPES
from server.accounts.rules.resale import ResalePolicy
from server.accounts.rules.restricting import Granularity, ObjectionEffect, RestrictionTerms
from server.accounts.rules.signing import ContractingEntity, Industry
from server.accounts.rules.staff import StaffRole
from server.campaigns import rules as campaign_rules
from server.campaigns.actions.launching import LaunchChecks
from server.campaigns.reads import complaints as complaint_reads
from server.campaigns.reads import statistics as statistic_reads
from server.campaigns.rules.benchmarks import BenchmarkTerms
from server.campaigns.rules.complaints import ComplaintTerms
from server.campaigns.rules.connections import WebhookTerms
from server.campaigns.rules.exports import ExportTerms
from server.campaigns.rules.lifecycle import ListSource
from server.campaigns.rules.machines import MachineTerms
from server.campaigns.rules.recording import RecordingTerms
from server.clocks import CLOCKS, HOLDS
from server.counted import COUNTED
from server.incidents import reads as incident_reads
from server.incidents.rules.lifecycle import ORDER, IncidentStatus, IncidentTerms, Risk
from server.kit.audit import AuditTerms
from server.kit.money import Currency, to_minor
from server.kit.personal import Declared
from server.kit.registry import Registry
from server.kit.retention import Kept
from server.kit.work import Read
from server.notices import rules as notice_rules
from server.notices.adapters import templates as notice_templates
from server.orders import rules as order_rules
from server.orders.reads import lifecycle as order_lifecycle
from server.orders.reads.prices import PriceLists
from server.orders.rules.auto_top_up_terms import Channel
from server.plans import rules as plan_rules
from server.plans.reads import lifecycle as plan_lifecycle
from server.plans.reads import prices as plan_prices
from server.plans.rules.fixed_ips import FixedIpTerms
from server.plans.rules.terms import TermSetOn
from server.policy.adapters.profiles import load_profile, load_wordings
from server.policy.rules.consenting import AttestationTerms, ConsentTerms
from server.policy.rules.counting import CountingTerms
from server.policy.rules.disclosing import DisclosureTerms, Ground, Mechanism
from server.policy.rules.periods import is_period, period
from server.policy.rules.processing import RETAIN
from server.policy.rules.profile import Document, Profile, ProfileInvalid
from server.policy.rules.publishing import ChangeTerms, Published, Telling
from server.policy.rules.storing import StoreTerms, is_region
from server.policy.rules.wording import Wordings, authentic_hash
from server.privacy.reads.erasures import FlightSources, HoldSources
from server.privacy.rules.erasures import ErasureScope, ErasureTerms
from server.privacy.rules.exporting import Form, PackageTerms
from server.privacy.rules.minors import MinorReportTerms
from server.privacy.rules.recipient_requests import RecipientRequestTerms
from server.privacy.rules.refusing import RefusalTerms
from server.privacy.rules.regimes import RegimeChoice, RegimeTerms
from server.privacy.rules.requests import SELF_SERVICE, SUPPORT, HoldGround, PrivacyRequestTerms
from server.privacy.rules.retention import RetentionTerms
from server.schema import HELD
from server.senders import reads as sender_reads
from server.senders import rules as sender_rules
from server.support import rules as support_rules
from server.topups import rules as topup_rules
from server.topups.reads import lifecycle as topup_lifecycle
from server.wallet import rules as wallet_rules
from server.wallet.reads import lifecycle as wallet_lifecycle

LOSSES = LossSources(
    (
        wallet_lifecycle.losses,
        topup_lifecycle.losses,
        order_lifecycle.losses,
        plan_lifecycle.losses,
        sender_reads.losses,
    )
)
"""What closing an account would cost it (M086)."""

SENDS = SendSources((wallet_lifecycle.last_send,))
"""Where it is seen that an account sends (M087, M088). What campaigns send is captured in the wallet, too."""

LAUNCH_CHECKS = LaunchChecks(
    (team.check_may_send, complaint_reads.refuse_while_open, restrictions.check_may_send)
)
"""What else must be so before an account launches or resumes a campaign."""

COMPLAINTS = complaint_reads.ComplaintCounts(statistic_reads.complaints_since)
"""Who counts those who complain, for the rate at which a case opens."""

FLIGHTS = FlightSources((topup_lifecycle.in_flight,))
"""What has to come to an end before an account is erased."""

OPEN_CASES = HoldSources(
    {HoldGround.COMPLAINT: complaint_reads.is_open, HoldGround.INCIDENT: incident_reads.holds_erasure}
)
"""The open cases that hold an erasure back (C23)."""

PRICES = PriceLists((plan_prices.list_prices,))
"""What is sold by the cycle has prices that change as those of orders do (M033)."""

ACCEPTED_BEFORE_KEYS = "acceptance.documents"
"""The clause that names the documents which customers accept before they get an API key (M020)."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Which field of a slice's Terms a clause sets. `field` is dotted where the Terms hold others."""

    key: str
    terms: type[Any]
    field: str
    convert: Callable[[Any], Any]


def default_terms() -> Registry:
    """Each slice's numbers as its own code has them, without a profile: what most tests run by."""
    plans, mailpro = plan_rules.Terms(), load_profile("mailpro")
    return Registry(
        account_rules.Terms(people_max=plans.free.users_max),  # M061
        ApiLogTerms(),
        RestrictionTerms(),
        LOSSES,
        SENDS,
        LAUNCH_CHECKS,
        PRICES,
        COMPLAINTS,
        notice_rules.Terms(),
        notice_rules.Mailing(),
        notice_templates.load(),
        wallet_rules.Terms(),
        topup_rules.Terms(),
        order_rules.Terms(),
        plans,
        FixedIpTerms(),
        sender_rules.Terms(),
        campaign_rules.Terms(),
        ComplaintTerms(),
        campaign_rules.PublicAddress(),
        RecordingTerms(),
        BenchmarkTerms(),
        ExportTerms(),
        WebhookTerms(),
        MachineTerms(),
        support_rules.Terms(),
        DisclosureTerms(),
        StoreTerms(),
        ConsentTerms(),
        CountingTerms(),
        COUNTED,
        AttestationTerms(),
        ChangeTerms(),
        Published(mailpro, load_wordings(), numbered=NUMBERED),
        RecipientRequestTerms(),
        ErasureTerms(),
        FLIGHTS,
        OPEN_CASES,
        AuditTerms(),
        RetentionTerms(_kept(mailpro)),
        CLOCKS,
        HOLDS,
        Declared(tuple(HELD)),
        PackageTerms(),
        PrivacyRequestTerms(),
        RegimeTerms(),
        MinorReportTerms(),
        RefusalTerms(),
        IncidentTerms(),
    )


def terms_of(profile: Profile, upcoming: Profile | None = None) -> Registry:
    """Each slice's numbers, as the profile sets them. Raises ProfileInvalid with every value that cannot be used."""
    registry, wordings = default_terms(), load_wordings()
    faults: list[str] = []
    for setting in SETTINGS:
        try:
            value = setting.convert(profile.value(setting.key))
        except (ValueError, TypeError, KeyError, LookupError) as error:
            faults.append(f"`{setting.key}`: {_reason(error)}")
            continue
        registry.add(_with(registry.get(setting.terms), setting.field.split("."), value))
    if faults:
        raise ProfileInvalid(faults)
    registry.add(_agreements(registry.get(account_rules.Terms), profile, wordings))
    stopped = registry.get(RestrictionTerms)
    registry.add(dataclasses.replace(stopped, served=profile.purposes))
    of_incidents = registry.get(IncidentTerms)
    registry.add(dataclasses.replace(of_incidents, served=profile.categories))
    registry.add(AttestationTerms(_reviews(profile)))
    registry.add(RetentionTerms(_kept(profile)))
    registry.add(Published(profile, wordings, upcoming, NUMBERED))
    return registry


def _agreements(terms: account_rules.Terms, profile: Profile, wordings: Wordings) -> account_rules.Terms:
    """What customers accept: the policy, and what keys are under (M020, M107)."""

    def version(document: Document) -> account_rules.PolicyVersion:
        return account_rules.PolicyVersion(
            document.name,
            document.version,
            document.effective_at,
            authentic_hash(profile, document, wordings),
            profile.languages,
        )

    wanted = profile.value(ACCEPTED_BEFORE_KEYS)
    of_keys = tuple(version(each) for each in profile.documents if each.name in wanted)
    return dataclasses.replace(terms, policy=version(profile.policy), key_policies=of_keys)


def _reviews(profile: Profile) -> Mapping[str, Any]:
    attested = [clause for clause in profile.clauses.values() if clause.attestation is not None]
    return {clause.attestation: period(str(clause.value)) for clause in attested if clause.attestation}


def _kept(profile: Profile) -> Mapping[str, Kept]:
    """How long each retention lasts that is a period; the others end with the account."""
    said = {
        key.removeprefix(RETAIN): str(clause.value)
        for key, clause in profile.clauses.items()
        if key.startswith(RETAIN)
    }
    periods = {name: period(text) for name, text in said.items() if is_period(text)}
    return {name: Kept(found.months, found.time) for name, found in periods.items()}


def _with(terms: Any, path: list[str], value: Any) -> Any:
    first, *rest = path
    changed = _with(getattr(terms, first), rest, value) if rest else value
    return dataclasses.replace(terms, **{first: changed})


def _reason(error: Exception) -> str:
    if isinstance(error, LookupError) and not isinstance(error, KeyError):
        return f"{error}; add it, or extend the profile `house`"
    return f"its value cannot be used ({error})"


# ---- conversions


def _time(said: Any) -> timedelta:
    found = period(said)
    if found.months:
        raise ValueError("give days or hours, such as P30D: months differ in length")
    return found.time


def _days(said: Any) -> int:
    found = _time(said)
    if found % timedelta(days=1):
        raise ValueError("give whole days, such as P30D")
    return found.days


def _within(said: Any) -> tuple[timedelta, timedelta]:
    """Not before, and at the latest."""
    after, by = _time(said["after"]), _time(said["by"])
    if by <= after:
        raise ValueError("`by` comes after `after`")
    return after, by


def _months(said: Any) -> int:
    found = period(said)
    if found.time or not found.months:
        raise ValueError("give whole months, such as P12M")
    return found.months


def _currency(said: Any) -> Currency:
    return Currency[said["currency"]]


def _minor(said: Any) -> int:
    return to_minor(Decimal(said["amount"]), _currency(said))


def _whole(said: Any) -> int:
    if isinstance(said, bool) or not isinstance(said, int) or said < 0:
        raise ValueError("give a whole number")
    return said


def _group_min(said: Any) -> int:
    if _whole(said) < 2:
        raise ValueError("give 2 or more: one account is no group")
    return int(said)


def _at_least(said: Any) -> timedelta:
    """For how long rows of a retention are there whatever happens: no month is shorter than 28 days, and what lasts as
    long as the relationship is there as long as its account."""
    if not is_period(said):
        return timedelta.max
    found = period(said)
    return found.time + timedelta(days=28 * found.months)


def _truth(said: Any) -> bool:
    if not isinstance(said, bool):
        raise ValueError("give true or false")
    return said


def _resale(said: Any) -> ResalePolicy:
    """`true` and `per_contract` are one: nobody sells the service on whose contract does not say so (M009, C27)."""
    words = {"per_contract": ResalePolicy.PER_CONTRACT}
    if isinstance(said, bool):
        return ResalePolicy.PER_CONTRACT if said else ResalePolicy.FORBIDDEN
    found: ResalePolicy = _one_of(words)(said)
    return found


def _time_or_none(said: Any) -> timedelta | None:
    return None if said == "none" else _time(said)


def _one_of(words: Mapping[str, Any]) -> Callable[[Any], Any]:
    def convert(said: Any) -> Any:
        if said not in words:
            raise ValueError(f"give one of {', '.join(words)}")
        return words[said]

    return convert


def _all_of(words: Mapping[str, Any]) -> Callable[[Any], Any]:
    one = _one_of(words)
    return lambda said: frozenset(one(item) for item in said)


def _open_cases(said: Any) -> Mapping[HoldGround, Callable[[Read, str], bool]]:
    one = _one_of({ground.value.lower(): ground for ground in OPEN_CASES.sources})
    return {ground: OPEN_CASES.sources[ground] for ground in map(one, said)}


def _details(said: Any) -> frozenset[Detail]:
    """Those that this server can take; what it never asks for may be listed all the same (P007)."""
    known = {detail.value for detail in Detail}
    return frozenset(Detail(item) for item in said if item in known)


def _entity(place: str, country: str) -> Callable[[Any], ContractingEntity]:
    return lambda said: ContractingEntity(said[place], country)


def _named(said: Any) -> frozenset[str]:
    return frozenset(said)


def _regions(said: Any) -> frozenset[str]:
    if isinstance(said, str) or not said or not all(is_region(item) for item in said):
        raise ValueError("list countries, such as CH, or EEA")
    return frozenset(said)


def _api_auth(said: Any) -> frozenset[str]:
    for known in (account_rules.API_KEY_ALONE, account_rules.API_KEYS_AND_CREDENTIALS):
        if frozenset(said) == known:
            return known
    raise ValueError("give [key], or [credentials, key]")


def _scope_except(said: Any) -> ErasureScope:
    """All, or all but billing."""
    if list(said) not in ([], ["billing"]):
        raise ValueError("give [billing], or [] for nothing")
    return ErasureScope.ALL_EXCEPT_BILLING if said else ErasureScope.EVERYTHING


def _in_order_of_law(said: Any) -> Sequence[IncidentStatus]:
    """A profile says them for all to read; none is left out, nor another put between (H021)."""
    if tuple(said) != tuple(status.value for status in ORDER):
        raise ValueError(f"give {', '.join(ORDER)}")
    return ORDER


def _old_workbooks(said: Any) -> bool:
    """JSON, CSV and XLSX are always there."""
    return Form.XLS in {Form(item) for item in said}


_ACCOUNTS, _ORDERS, _PLANS, _SENDERS = (
    account_rules.Terms,
    order_rules.Terms,
    plan_rules.Terms,
    sender_rules.Terms,
)
_CAMPAIGNS, _COMPLAINTS, _RECORDING = campaign_rules.Terms, ComplaintTerms, RecordingTerms
_ROLES = {role.lower(): role for role in ROLE_SCOPES}
_TOLD_OF = {
    "when_high_risk": frozenset({Risk.HIGH_RISK}),
    "when_risk": frozenset({Risk.RISK, Risk.HIGH_RISK}),
    "always": frozenset(Risk),
}
_NONE_REFUNDED = _one_of({"none": False, "unused": True})

SETTINGS: tuple[Setting, ...] = (
    Setting(
        "acceptance.mode",
        _ACCOUNTS,
        "acceptance_by_use",
        _one_of({"by_use": True, "continued_use": True, "explicit": False}),
    ),
    Setting("collect.allow", _ACCOUNTS, "collect", _details),
    Setting(
        "collect.technical", _ACCOUNTS, "technical", _all_of({each.value: each for each in TechnicalDetail})
    ),
    Setting("account.kind", _ACCOUNTS, "business_only", _one_of({"any": False, "business_only": True})),
    Setting("account.order_needs_address", _ACCOUNTS, "require_postal_address", _truth),
    Setting("minors.min_age", _ACCOUNTS, "age_years_min", _whole),
    Setting(
        "minors.declaration",
        _ACCOUNTS,
        "age_declaration_required",
        _one_of({"optional": False, "required": True}),
    ),
    Setting(
        "minors.verification",
        _ACCOUNTS,
        "age_verified_by",
        _all_of({"document": AgeMethod.DOCUMENT.value, "card": AgeMethod.CARD.value}),
    ),
    Setting("reseller.enabled", _ACCOUNTS, "resale", _resale),
    Setting("email.verified", _ACCOUNTS, "require_verified_email", _truth),
    Setting("industries.deny", _ACCOUNTS, "industries_excluded", _all_of(Industry.__members__)),
    Setting("entity.by_region", _ACCOUNTS, "entity_europe", _entity("europe", "CH")),
    Setting("entity.by_region", _ACCOUNTS, "entity_other", _entity("other", "PA")),
    Setting("pricing.default_currency", _ACCOUNTS, "default_currency", lambda said: Currency[said].code),
    Setting("password.min_length", _ACCOUNTS, "password_length_min", _whole),
    Setting("password.min_score", _ACCOUNTS, "password_score_min", _whole),
    Setting("password.max_age", _ACCOUNTS, "password_age_max", _time_or_none),
    Setting("mfa.required_for", _ACCOUNTS, "second_factor_required_for", _all_of(_ROLES)),
    Setting("mfa.nudge", _ACCOUNTS, "second_factor_advised", _truth),
    Setting("abuse.lockout", _ACCOUNTS, "patience_with_client.free", lambda said: _whole(said["failures"])),
    Setting("abuse.lockout", _ACCOUNTS, "patience_with_client.window", lambda said: _time(said["window"])),
    Setting("session.idle_ttl", _ACCOUNTS, "session_idle_max", _time),
    Setting("session.max_age", _ACCOUNTS, "session_age_max", _time),
    Setting("api_keys.max_age", _ACCOUNTS, "api_key_age_max", _time),
    Setting("api.auth", _ACCOUNTS, "api_auth", _api_auth),
    Setting(
        "api_keys.issued_by", _ACCOUNTS, "api_keys_issued_by", _one_of({"self": "self", "support": "support"})
    ),
    Setting("api.monitoring", ApiLogTerms, "monitored", _truth),
    Setting("retain.api_log", ApiLogTerms, "kept", _time),
    Setting("api_keys.require_policy_url", _ACCOUNTS, "api_keys_require_policy_url", _truth),
    Setting(
        "closure.preventive.erase_within",
        _ACCOUNTS,
        "preventive_erase_after",
        lambda said: _time(said["after"]),
    ),
    Setting(
        "rights.erasure.scope",
        ErasureTerms,
        "scope",
        _one_of({scope.value.lower(): scope for scope in ErasureScope}),
    ),
    Setting("erasure.on_request", ErasureTerms, "request_after", _one_of({"immediate": timedelta(0)})),
    Setting("closure.erase_within", ErasureTerms, "closure_after", lambda said: _within(said)[0]),
    Setting("closure.erase_within", ErasureTerms, "closure_by", lambda said: _within(said)[1]),
    Setting(
        "closure.preventive.erase_within", ErasureTerms, "preventive_after", lambda said: _within(said)[0]
    ),
    Setting("closure.preventive.erase_within", ErasureTerms, "preventive_by", lambda said: _within(said)[1]),
    Setting("minors.grace", ErasureTerms, "minors_after", _time),
    Setting("inactivity.erase.except", ErasureTerms, "inactivity_scope", _scope_except),
    Setting("retain.billing", ErasureTerms, "billing_kept_months", _months),
    Setting("erasure.final_within", ErasureTerms, "final_after", _time),
    Setting("inactivity.send", _ACCOUNTS, "disable_after_days", _days),
    Setting("inactivity.smtp_send", _ACCOUNTS, "deactivate_after_days", _days),
    Setting("inactivity.no_login", _ACCOUNTS, "lapse_after_months", _months),
    Setting("inactivity.erase", _ACCOUNTS, "erase_after_months", _months),
    Setting(
        "inactivity.erase.mode",
        _ACCOUNTS,
        "erase_inactive",
        _one_of({"automatic": True, "staff_decision": False}),
    ),
    Setting("inactivity.warning", _ACCOUNTS, "lapse_warning_days", _days),
    Setting(
        "suspend.reason",
        _ACCOUNTS,
        "suspension_reason_required",
        _one_of({"optional": False, "required": True}),
    ),
    Setting(
        "roles.sensitive_read",
        _ACCOUNTS,
        "sensitive_read_by",
        _all_of({role.value: role.value for role in StaffRole}),
    ),
    Setting(
        "staff.closed_account_access",
        _ACCOUNTS,
        "closed_accounts_denied",
        _one_of({"deny": True, "allow": False}),
    ),
    Setting("staff.authorisation.max", _ACCOUNTS, "staff_authorisation_age_max", _time),
    Setting("cancel.fee_min", _ORDERS, "cancellation.fee_min_minor", _minor),
    Setting("cancel.fee_min", _ORDERS, "cancellation.fee_currency", _currency),
    Setting("cancel.percent_above", _ORDERS, "cancellation.percent_above_minor", _minor),
    Setting("cancel.percent", _ORDERS, "cancellation.percent", _whole),
    Setting(
        "sms.topup.require", _ORDERS, "sms_credits_need_step_up", _one_of({"step_up": True, "none": False})
    ),
    Setting("tax.require_country", _ORDERS, "tax.require_country", _truth),
    Setting("tax.verified_numbers_only", _ORDERS, "tax.verified_numbers_only", _truth),
    Setting(
        "auto_topup.channels",
        _ORDERS,
        "auto_top_up.channels",
        _all_of({"api": Channel.API, "smtp": Channel.SMTP}),
    ),
    Setting("auto_topup.default", _ORDERS, "auto_top_up.below_default", lambda said: _whole(said["below"])),
    Setting("auto_topup.default", _ORDERS, "auto_top_up.add_default", lambda said: _whole(said["add"])),
    Setting("refund.auto_topup", _ORDERS, "auto_top_up.refundable", _NONE_REFUNDED),
    Setting(
        "subscription.term_set_on",
        _PLANS,
        "term_set_on",
        _one_of({"registration": TermSetOn.REGISTRATION, "first_use": TermSetOn.FIRST_USE}),
    ),
    Setting("subscription.renewal_notice", _PLANS, "renewal_notice", _time),
    Setting(
        "fixed_ip.cancel_effect",
        FixedIpTerms,
        "cycles_after_cancellation",
        _one_of({"end_of_cycle": 0, "end_of_next_cycle": 1}),
    ),
    Setting("fixed_ip.quarantine", FixedIpTerms, "quarantine", _time),
    Setting(
        "lists.deny_sources",
        _CAMPAIGNS,
        "list_sources_refused",
        _all_of({source.value.lower(): source.value for source in ListSource}),
    ),
    Setting("complaint.proof_within", _COMPLAINTS, "proof_within", _time),
    Setting("recipient_requests.due", RecipientRequestTerms, "due_months", _months),
    Setting(
        "rights.restriction.granularity",
        RestrictionTerms,
        "granularity",
        _one_of({each.value: each for each in Granularity}),
    ),
    Setting(
        "rights.objection.effect",
        RestrictionTerms,
        "objection_effect",
        _one_of({each.value: each for each in ObjectionEffect}),
    ),
    Setting("purposes", RestrictionTerms, "purposes", _named),
    Setting("deadline.respond", PrivacyRequestTerms, "respond_months", _months),
    Setting("deadline.extend", PrivacyRequestTerms, "extend_months", _months),
    Setting(
        "rights.access.channels",
        PrivacyRequestTerms,
        "access_channels",
        _all_of({each: each for each in (SELF_SERVICE, SUPPORT)}),
    ),
    Setting("regime.by_region", RegimeTerms, "by_region", _truth),
    Setting("regime.apply", RegimeTerms, "apply", _one_of({each.value: each for each in RegimeChoice})),
    Setting("complaint.appeal_within", _COMPLAINTS, "appeal_within", _time),
    Setting("complaint.rate", _COMPLAINTS, "rate_window", lambda said: _time(said["window"])),
    Setting("complaint.rate", _COMPLAINTS, "rate_recipients_min", lambda said: _whole(said["recipients"])),
    Setting("complaint.rate", _COMPLAINTS, "rate_warn_per_100k", lambda said: _whole(said["warning"])),
    Setting("complaint.rate", _COMPLAINTS, "rate_suspend_per_100k", lambda said: _whole(said["case"])),
    Setting("hold.open_cases", HoldSources, "sources", _open_cases),
    Setting("portability.formats", PackageTerms, "old_workbooks", _old_workbooks),
    Setting("retain.exports", PackageTerms, "kept", _time),
    Setting("retain.audit", AuditTerms, "kept_months", _months),
    Setting("retain.statistics", _RECORDING, "statistics_kept_months", _months),
    Setting("retain.bounces", _RECORDING, "bounces_kept_months", _months),
    Setting("retain.soft_bounces", _RECORDING, "soft_bounces_kept_months", _months),
    Setting("retain.support", support_rules.Terms, "kept_months", _months),
    Setting("defects.sla", support_rules.Terms, "defect_answered_within", _time_or_none),
    Setting("stats.k_min", BenchmarkTerms, "group_min", _group_min),
    Setting("stats.k_min", CountingTerms, "group_min", _group_min),
    Setting("sms.default_sender", _SENDERS, "default_sender", str),
    Setting("sms.sender_max_len", _SENDERS, "name_length_max", _whole),
    Setting("sms.carrier_refusal", _SENDERS, "carrier_refusal_stands", _time),
    Setting("retain.sender_documents", _SENDERS, "documents_kept_after_decision", _time),
    Setting("sms.documents_wait", _SENDERS, "documents_kept_unsubmitted", _time),
    Setting(
        "disclosure.allowed_grounds",
        DisclosureTerms,
        "grounds",
        _all_of({ground.value.lower(): ground for ground in Ground}),
    ),
    Setting("disclosure.require", DisclosureTerms, "required", _named),
    Setting(
        "disclosure.legality_check",
        DisclosureTerms,
        "legality_check",
        _one_of({"required": True, "none": False}),
    ),
    Setting(
        "disclosure.consent_ref",
        DisclosureTerms,
        "consent_reference",
        _one_of({"required": True, "none": False}),
    ),
    Setting("disclosure.notify_before", DisclosureTerms, "notify_before", _truth),
    Setting("processors.allowed", DisclosureTerms, "processors_allowed", _truth),
    Setting("processors.require_agreement", DisclosureTerms, "agreement_required", _truth),
    Setting(
        "transfers.require_mechanism",
        DisclosureTerms,
        "mechanisms",
        _all_of({mechanism.value.lower(): mechanism for mechanism in Mechanism}),
    ),
    Setting("processors.cdn_categories", DisclosureTerms, "delivery_network_categories", _named),
    Setting("stores.allowed_regions", StoreTerms, "allowed", _regions),
    Setting("categories", DisclosureTerms, "categories", _named),
    Setting("incident.states", IncidentTerms, "states", _in_order_of_law),
    Setting("incident.require_assessment", IncidentTerms, "assessment_required", _truth),
    Setting("incident.require_corrective", IncidentTerms, "correction_required", _truth),
    Setting("incident.notify_clients", IncidentTerms, "tell_customers_of", _one_of(_TOLD_OF)),
    Setting("breach.authority", IncidentTerms, "authority_within", _time),
    Setting("categories", IncidentTerms, "categories", _named),
    Setting("retain.sessions", IncidentTerms, "sign_ins_kept", _at_least),
    Setting("consent.purposes", ConsentTerms, "purposes", _named),
    Setting(
        "policy.change.notify",
        ChangeTerms,
        "telling",
        _all_of({telling.value: telling for telling in Telling}),
    ),
    Setting("policy.change.notice", ChangeTerms, "notice", _time),
    Setting("acceptance.refusal_window", RefusalTerms, "closes_after", _time),
    Setting(
        "api.change.notify",
        ChangeTerms,
        "api_telling",
        _all_of({telling.value: telling for telling in Telling}),
    ),
)
"""Every clause that sets a number of a slice."""

NUMBERED = frozenset(
    {
        ACCEPTED_BEFORE_KEYS,
        *(setting.key for setting in SETTINGS),
        *(f"{RETAIN}{held.retention}" for held in HELD),
    }
)
"""The keys of all clauses that set a number of a slice, or how long rows are kept."""

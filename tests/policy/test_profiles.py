"""Profiles: the five that ship are whole, every wrong one is refused with a way to mend it, and they set the Terms."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from server.accounts import rules as account_rules
from server.accounts.rules.collecting import NEEDED_FOR, Detail, DetailNotCollected, check_collected
from server.points import POINTS, installed
from server.policy.adapters.profiles import DEMO, SHIPPED, load_profile
from server.policy.rules.consenting import AttestationTerms, ConsentTerms
from server.policy.rules.disclosing import DisclosureTerms, Ground
from server.policy.rules.periods import is_period, period
from server.policy.rules.profile import ClauseState, Profile, ProfileInvalid, profile_of
from server.policy.rules.publishing import ChangeTerms, Published
from server.policy.rules.storing import StoreTerms, misplaced, store_faults
from server.policy.rules.validation import CONFLICTS, Installed, faults, missing_texts, states, warnings
from server.terms import SETTINGS, default_terms, terms_of

LETTERS = {
    "quix": ("Q", 25),
    "platform": ("P", 50),
    "helpdesk": ("H", 40),
    "qboxmail": ("B", 20),
    "mailpro": ("M", 146),
}

TECHNICAL = {
    "ApiLogTerms": "pruned_every deleted_at_once_max waiting_max stored_at_once_max fields_length_max",
    "RecipientRequestTerms": "remind_before verify_within kept_after_end received_before_max text_length_max "
    "answer_length_max message_id_length_max code_attempts_max code_age_max codes_max codes_window "
    "filings_per_address_max filings_max filings_window",
    "ErasureTerms": "work_within notice_wait minors_notice_wait settle_wait look_every held_look_every "
    "rows_at_once_max batches_a_step_max",
    "MinorReportTerms": "named_length_max text_length_max reports_per_address_max reports_max reports_window",
    "RestrictionTerms": "served",
    "PrivacyRequestTerms": "remind_before verify_within received_before_max text_length_max answer_length_max "
    "message_id_length_max open_max",
    "AccountTerms": "acceptance_by_use key_policies policy login_length_min login_length_max password_length_max "
    "password_distinct_characters_min sessions_max api_keys_max api_key_name_length_max "
    "last_used_precision step_up_age_max address_line_length_max email_code_age_max email_code_attempts_max "
    "mails_per_window_max mails_window password_reset_age_max recovery_codes people_max invitation_age_max "
    "sign_ins_compared_max policy_url_length_max managed_accounts_max patience_with_login patience_with_address "
    "sign_in_counters_max known_devices_max known_device_age_max totp_steps_around challenge_age_max "
    "challenge_attempts_max challenges_per_asker_max passkeys_max passkey_name_length_max report_note_length_max",
    "CampaignTerms": "name_length_max subject_length_max email_text_length_max sms_text_length_max sms_segments_max "
    "sender_length_max merge_fields_max merge_field_length_max campaigns_open_max recipients_max recipients_a_call_max "
    "schedule_ahead_max sending_max credits_an_email health_words suppressions_a_call_max removal_reason_length_max",
    "ComplaintTerms": "look_within decide_within text_length_max complainant_length_max evidence_length_max "
    "appeal_length_max reports_per_case_max reports_per_address_max reports_max reports_window rate_judged_after",
    "RecordingTerms": "event_age_max event_ahead_max bounce_after_launch_max links_max rows_deleted_at_once "
    "seen_pruned_every seen_pruned_in_parts events_a_mutation_max events_a_batch line_bytes_max stream_bytes_max "
    "stream_stall_seconds_max stream_seconds_max streams_at_once_max errors_shown_max",
    "OrderTerms": "packs metered credits_per_email sms_zones sms_credits_elsewhere fx_to_fee_currency cancellation tax "
    "auto_top_up packs_an_order metered_units_an_order usage_an_entry usage_entries pending_orders_max "
    "price_change_factor_max order_reference_length_max invoicing",
    "PlanTerms": "free plans renewal_retries held_renewal_wait payment_wait_max seats_max seat_subscriptions_max",
    "FixedIpTerms": "prices rented_max",
    "SenderTerms": "number_digits_min reserved_names senders_max countries_max note_length_max document_bytes_max "
    "chunk_bytes upload_link_age_max upload_links_per_sender_max upload_links_per_account_max upload_links_window "
    "upload_seconds_max uploads_at_once_max view_link_age_max",
    "PackageTerms": "link_age_max rows_a_read rows_a_file rows_a_workbook rows_an_old_workbook rows_a_step "
    "files_a_step chunk_bytes chunks_deleted_at_once package_bytes_max downloads_at_once_max",
    "IncidentTerms": "served remind_before known_before_max text_length_max reference_length_max "
    "message_id_length_max people_max accounts_a_call_max accounts_a_step entries_max",
    "AuditTerms": "",
    "SupportTerms": "reopen_within quiet_before_closing subject_length_max text_length_max tickets_open_max "
    "messages_max confirm_within code_attempts_max contacts_per_caller_max contacts_per_email_max contacts_max "
    "contacts_window",
    "HoldSources": "",
    "StoreTerms": "regions",
    "RegimeTerms": "",
    "BenchmarkTerms": "recipients_min told_after",
    "CountingTerms": "days_caught_up_max days_shown_max",
    "RefusalTerms": "look_every",
    "DisclosureTerms": "listed_max",
    "ConsentTerms": "",
    "ChangeTerms": "accounts_a_step",
}
"""Fields that are prices, limits of the server, or filled otherwise: no clause of a policy sets them."""


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.rule("B010", "M107")
@pytest.mark.rule(
    "C1",
    "C2",
    "C3",
    "C4",
    "C5",
    "C6",
    "C7",
    "C8",
    "C9",
    "C10",
    "C11",
    "C12",
    "C13",
    "C14",
    "C15",
    "C16",
    "C17",
    "C18",
    "C19",
    "C20",
    "C21",
    "C22",
    "C23",
    "C24",
    "C25",
    "C26",
    "C27",
    "C28",
    "C29",
    "C30",
)
def test_a_shipped_profile_is_whole(name: str) -> None:
    """Every id of its letter, the conflicts settled, every text in the authentic language, nothing to mend."""
    profile = load_profile(name)
    letter, count = LETTERS[name]
    assert set(states(profile)) == {f"{letter}{number:03}" for number in range(1, count + 1)}
    assert faults(profile, installed()) == []
    assert {key for keys in CONFLICTS.values() for key in keys} <= profile.clauses.keys()
    assert missing_texts(profile)[profile.authentic] == []
    assert all(clause.source for clause in profile.clauses.values() if clause.ids)


def test_all_281_ids_are_carried_once() -> None:
    carried = [rule for name in SHIPPED for rule in states(load_profile(name))]
    assert (len(carried), len(set(carried))) == (281, 281)


def test_what_nobody_enforces_does_not_count_as_enforced() -> None:
    for clause in load_profile("mailpro").clauses.values():
        assert (clause.state is ClauseState.ENFORCED) == (clause.point in POINTS)
        assert (clause.state is ClauseState.NOT_YET) == (clause.planned is not None)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_profile_fills_the_terms(name: str) -> None:
    terms = terms_of(load_profile(name))
    assert terms.get(account_rules.Terms).policy.document == name
    assert terms.get(Published).profile.name == name


def test_mailpro_sets_what_the_code_has_by_itself_but_for_its_switches() -> None:
    """So that a test without a profile proves what the demo does."""
    ours, defaults = terms_of(load_profile("mailpro")), default_terms()
    changed = {
        (setting.terms.__module__.split(".")[1], field)
        for setting in SETTINGS
        for field in [setting.field.split(".")[0]]
        if getattr(ours.get(setting.terms), field) != getattr(defaults.get(setting.terms), field)
    }
    assert {field for slice_name, field in changed if slice_name != "policy"} == {
        "business_only",  # M004
        "require_postal_address",  # M007
        "require_verified_email",  # M008
        "resale",  # M009
        "api_auth",  # M137
        "api_keys_issued_by",  # M138
        "api_keys_require_policy_url",  # M141
        "purposes",  # M111
        "objection_effect",  # M127
        "access_channels",  # M121
    }
    assert [policy.document for policy in ours.get(account_rules.Terms).key_policies] == [
        "api_policy"
    ]  # M020


def test_the_demo_is_mailpro_but_for_what_one_cannot_do_alone() -> None:
    """No support issues keys to somebody who tries the server, and no e-mail reaches them."""
    demo, mailpro = load_profile(DEMO), load_profile("mailpro")
    assert faults(demo, installed()) == []
    assert demo.documents == mailpro.documents
    assert demo.clauses.keys() == mailpro.clauses.keys()
    assert {key for key in demo.clauses if demo.value(key) != mailpro.value(key)} == {
        "email.verified",
        "stores.allowed_regions",
        "api.auth",
        "api_keys.issued_by",
        "api_keys.require_policy_url",
    }


def test_every_field_of_the_terms_is_set_by_a_clause_or_is_technical() -> None:
    for setting_class in {setting.terms for setting in SETTINGS}:
        slice_name = setting_class.__module__.split(".")[1]
        short = setting_class.__name__
        name = f"{slice_name.removesuffix('s').capitalize()}Terms" if short == "Terms" else short
        fields = {field.name for field in dataclasses.fields(setting_class)}
        mapped = {setting.field.split(".")[0] for setting in SETTINGS if setting.terms is setting_class}
        assert fields - mapped <= set(TECHNICAL[name].split()), name
        assert set(TECHNICAL[name].split()) <= fields, name


@pytest.mark.rule("Q002", "P007", "M109")
def test_only_listed_details_are_taken() -> None:
    quix = terms_of(load_profile("quix")).get(account_rules.Terms).collect
    assert quix == frozenset()
    for detail in Detail:
        with pytest.raises(DetailNotCollected) as refused:
            check_collected([detail], quix)
        assert refused.value.detail == detail.value
    platform = terms_of(load_profile("platform")).get(account_rules.Terms).collect
    assert platform == {Detail.EMAIL}  # of name, e-mail and phone the server asks for this one
    check_collected(list(Detail), terms_of(load_profile("mailpro")).get(account_rules.Terms).collect)


@pytest.mark.parametrize(
    ("name", "grounds"),
    [
        ("quix", {"LEGAL_REQUEST"}),
        ("platform", {"LEGAL_OBLIGATION", "CONSENT", "CONTRACT"}),
        ("helpdesk", {"DELIVERY", "LEGAL_OBLIGATION", "CLIENT_AUTHORISED", "SECURITY_FRAUD"}),
    ],
)
@pytest.mark.rule("Q015", "P016", "H010")
def test_each_profile_has_its_closed_list_of_grounds(name: str, grounds: set[str]) -> None:
    assert terms_of(load_profile(name)).get(DisclosureTerms).grounds == {Ground(each) for each in grounds}


def test_consents_and_attestations_follow_from_the_profile() -> None:
    assert terms_of(load_profile("mailpro")).get(ConsentTerms).purposes == {"newsletter", "ai"}
    assert terms_of(load_profile("platform")).get(AttestationTerms).review_after.keys() == {
        "security_review",
        "training",
        "update",
    }
    assert terms_of(load_profile("platform")).get(ChangeTerms).notice.days == 30


# ---- refusals


def changed(key: str, **changes: Any) -> Profile:
    """Profile `quix` with another clause in the place of one."""
    quix = load_profile("quix")
    return dataclasses.replace(
        quix, clauses={**quix.clauses, key: dataclasses.replace(quix.clauses[key], **changes)}
    )


def without(*keys: str) -> Profile:
    quix = load_profile("quix")
    return dataclasses.replace(quix, clauses={k: one for k, one in quix.clauses.items() if k not in keys})


def holding(**changes: Any) -> Installed:
    return dataclasses.replace(installed(), **changes)


def doing(**changes: Any) -> Installed:
    """A server that does something else with personal data."""
    return holding(processed=dataclasses.replace(installed().processed, **changes))


BAD: list[tuple[str, Callable[[], list[str]]]] = [
    ("has no retention: add a clause `retain.audit`", lambda: faults(without("retain.audit"), installed())),
    (
        "people.login has more than one retention",
        lambda: faults(
            load_profile("quix"), holding(retentions={"account": ["people.login"], "audit": ["people.login"]})
        ),
    ),
    ("there is no point `nowhere`", lambda: faults(changed("ids.reuse", point="nowhere"), installed())),
    ("`ids.reuse`: no check proves it", lambda: faults(changed("ids.reuse", check=None), installed())),
    ("there is no check `nothing`", lambda: faults(changed("ids.reuse", check="nothing"), installed())),
    (
        "there is no attestation `nobody`",
        lambda: faults(changed("attest.organisational", attestation="nobody"), installed()),
    ),
    ("no clause names the point `kit.ids`", lambda: faults(without("ids.reuse"), installed())),
    (
        "`inactivity.send` (P200D) must run out before `inactivity.smtp_send` (P180D)",
        lambda: faults(changed("inactivity.send", value="P200D"), installed()),
    ),
    (
        "`inactivity.no_login` (P12M) must run out before `inactivity.erase` (P6M)",
        lambda: faults(changed("inactivity.erase", value="P6M"), installed()),
    ),
    (
        "`after` must be a period that is not longer than `by`",
        lambda: faults(changed("closure.erase_within", value={"after": "P60D", "by": "P45D"}), installed()),
    ),
    ("is kept forever", lambda: faults(changed("retain.audit", value="forever"), installed())),
    (
        "lasts as long as the relationship: add the clock",
        lambda: faults(without("inactivity.erase"), installed()),
    ),
    ("'soon' is no period", lambda: faults(changed("retain.audit", value="soon"), installed())),
    ("nobody can tell what becomes of it", lambda: faults(changed("hold.billing", value=True), installed())),
    ("conflict C12 is not settled", lambda: faults(without("sale"), installed())),
    ("conflict C24 is not settled", lambda: faults(without("closure.preventive.erase_within"), installed())),
    (
        "which `collect.allow` does not list",
        lambda: faults(changed("account.order_needs_address", value=True), installed()),
    ),
    (
        "there is no ground `marketing`",
        lambda: faults(changed("disclosure.allowed_grounds", value=("marketing",)), installed()),
    ),
    (
        "say in [purposes] which of yours that is",
        lambda: faults(load_profile("quix"), holding(purposes=["advertising"])),
    ),
    (
        "is none of `categories`",
        lambda: faults(changed("categories", value=("identification",)), installed()),
    ),
    (
        "[sources] mail = 'letters' is none of `sources`",
        lambda: faults(
            dataclasses.replace(
                load_profile("quix"), sources={**load_profile("quix").sources, "mail": "letters"}
            ),
            installed(),
        ),
    ),
    (
        "under `broker`: say in [sources] which of yours that is",
        lambda: faults(load_profile("quix"), doing(sources=["broker"])),
    ),
    (
        "`collect.allow` asks for `email`, which `advertising` needs",
        lambda: faults(load_profile("mailpro"), doing(needs={"email": "advertising"})),
    ),
    (
        "people.blood_group is of a special category, which `special_categories` denies",
        lambda: faults(load_profile("helpdesk"), doing(special=["people.blood_group"])),
    ),
    (
        "name one of your `purposes` as its `purpose`",
        lambda: faults(changed("special_categories", value={"ground": "legal_claim"}), installed()),
    ),
    (
        "its `ground` is one of explicit_consent",
        lambda: faults(changed("special_categories", value={"purpose": "security"}), installed()),
    ),
    (
        "write deny, or a table with `purpose` and `ground`",
        lambda: faults(changed("special_categories", value="allow"), installed()),
    ),
    (
        "'consent' is none of contract, precontract",
        lambda: faults(changed("purposes.account.basis", value="consent"), installed()),
    ),
    (
        "people.login is held for what accounts are for by legitimate_interest",
        lambda: faults(load_profile("quix"), doing(bases={"legitimate_interest": ["people.login"]})),
    ),
    (
        "notices newsletter write to customers for `marketing`",
        lambda: faults(load_profile("quix"), doing(uses={"marketing": ["newsletter"]})),
    ),
    (
        "`retain.audit`: say `ground`, one of business, contract, law",
        lambda: faults(changed("retain.audit", ground=None), installed()),
    ),
    (
        "`retain.audit`: say `ground`, one of contract",
        lambda: faults(changed("retain.grounds", value=("contract",)), installed()),
    ),
    (
        "`api.monitoring` needs `usage`",
        lambda: faults(changed("collect.technical", value=("ip",)), installed()),
    ),
    (
        "add a [[document]] for it (M020)",
        lambda: faults(changed("acceptance.documents", value=("other",)), installed()),
    ),
    (
        "has no text in the authentic language `en`",
        lambda: faults(changed("sale", texts={"fr": "Jamais."}), installed()),
    ),
]


@pytest.mark.parametrize(("fault", "found"), BAD, ids=[fault for fault, _ in BAD])
@pytest.mark.rule(
    "Q003", "Q025", "B010", "B008", "H007", "M111", "H003", "H006", "B003", "Q011", "H026", "B009"
)
@pytest.mark.rule("P006", "B002", "M110", "M118")
def test_a_bad_profile_is_refused(fault: str, found: Callable[[], list[str]]) -> None:
    assert any(fault in sentence for sentence in found()), found()


@pytest.mark.rule("H006")
def test_a_special_category_is_held_where_purpose_and_ground_are_named() -> None:
    named = changed("special_categories", value={"purpose": "security", "ground": "explicit_consent"})
    assert faults(named, doing(special=["people.blood_group"])) == []


@pytest.mark.rule("H003")
def test_each_detail_that_is_asked_for_names_the_purpose_that_needs_it() -> None:
    assert NEEDED_FOR.keys() == set(Detail)
    assert set(NEEDED_FOR.values()) <= set(installed().purposes)


def test_a_narrow_objection_is_warned_of() -> None:
    assert "(C9)" in warnings(load_profile("mailpro"))[0]
    assert warnings(changed("dpo.contact", value="privacy@lark.test")) == []


@pytest.mark.rule("P039")
def test_everybody_can_reach_the_data_protection_officer() -> None:
    assert faults(changed("dpo.contact", value="privacy@lark.test"), installed()) == []
    for nobody in (changed("dpo.contact", value="our officer"), without("dpo.contact")):
        (fault, *_) = [one for one in faults(nobody, installed()) if "`dpo.contact`" in one]
        assert "add a clause" in fault
    (warning,) = warnings(load_profile("quix"))
    assert "an address that nobody reads" in warning


@pytest.mark.parametrize(
    ("region", "allowed", "fits"),
    [
        ("CH", {"CH"}, True),
        ("DE", {"CH"}, False),
        ("DE", {"CH", "EEA"}, True),
        ("GB", {"CH", "EEA"}, False),
        ("LOCAL", {"CH", "EEA"}, False),
        ("LOCAL", {"LOCAL"}, True),
    ],
)
@pytest.mark.rule("M117", "H032")
def test_a_store_is_in_a_region_that_the_policy_allows(region: str, allowed: set[str], fits: bool) -> None:
    terms = StoreTerms(frozenset(allowed), {"main": "CH" if "CH" in allowed else region, "keys": region})
    assert misplaced(terms) == ([] if fits else ["keys"])
    assert ["POSTMETER_KEY_STORE_REGION" in fault for fault in store_faults(terms)] == [True] * (not fits)


@pytest.mark.parametrize("said", ["CH", (), ("Switzerland",)])
@pytest.mark.rule("M117")
def test_what_names_no_region_is_refused(said: Any) -> None:
    with pytest.raises(ProfileInvalid, match=r"`stores\.allowed_regions`: its value cannot be used"):
        terms_of(changed("stores.allowed_regions", value=said))


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ({}, "needs a key"),
        ({"key": "a", "kind": "law", "value": 1}, "say exactly one of"),
        ({"key": "a", "kind": "law", "value": 1, "point": "x", "planned": "y"}, "say exactly one of"),
        ({"key": "a", "kind": "law", "value": 1.5, "point": "x"}, "its value is"),
        ({"key": "a", "value": 1, "point": "x"}, "name its kind"),
        ({"key": "a", "kind": "law", "value": 1, "planned": "x", "check": "c"}, "only a clause with a point"),
        ({"key": "a", "kind": "law", "value": 1, "point": "x", "ids": ["X1"]}, "no id of the rulebook"),
        ({"key": "a", "kind": "law", "value": 1, "point": "x", "colour": 1}, "there is no field `colour`"),
        (
            {"key": "a", "kind": "law", "value": 1, "point": "x", "ground": "law"},
            "only a clause `retain.…` has",
        ),
    ],
)
def test_a_bad_clause_is_refused(entry: dict[str, Any], fault: str) -> None:
    with pytest.raises(ProfileInvalid, match=re.escape(fault)):
        profile_of({"clause": [entry]}, load_profile("quix"))


def test_a_value_that_no_number_can_be_made_of_is_refused_by_its_key() -> None:
    profile = changed("cancel.percent", value="seven")
    with pytest.raises(
        ProfileInvalid, match=r"`cancel\.percent`: its value cannot be used \(give a whole number"
    ):
        terms_of(profile)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("name = ", "is no TOML"),
        ('extends = "nowhere"', "there is no profile `nowhere`"),
        ('extends = "quix"\nauthentic = "de"', "is none of `languages`"),
        ('extends = "quix"\n[[document]]\nname = "x"\nversion = "1"', "(H040)"),
    ],
)
@pytest.mark.rule("H040")
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, text: str, fault: str) -> None:
    (tmp_path / "own.toml").write_text(text)
    with pytest.raises(ProfileInvalid, match=re.escape(fault)):
        load_profile(str(tmp_path / "own.toml"))


def test_an_own_profile_extends_a_shipped_one(tmp_path: Path) -> None:
    said = (
        'key = "cancel.percent"',
        'kind = "refunds"',
        "value = 5",
        'point = "orders.cancelling"',
        'text.fr = "5 %"',
    )
    clause = "\n".join(("[[clause]]", *said))
    (tmp_path / "own.toml").write_text(f'extends = "mailpro"\n{clause}')
    own = load_profile(str(tmp_path / "own.toml"))
    assert faults(own, installed()) == []
    assert own.value("cancel.percent") == 5
    assert own.value("cancel.fee_min") == {"amount": "35.00", "currency": "USD"}


@pytest.mark.parametrize("text", ["P", "PT", "30D", "P-1D", "P1W", "P1.5D", "PT0", ""])
def test_what_is_no_period(text: str) -> None:
    assert not is_period(text)


@pytest.mark.parametrize(
    ("text", "months", "seconds"), [("P1Y", 12, 0), ("P30D", 0, 2592000), ("PT48H", 0, 172800)]
)
def test_a_period(text: str, months: int, seconds: int) -> None:
    found = period(text)
    assert (found.months, found.time.total_seconds()) == (months, seconds)

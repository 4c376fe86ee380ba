"""Where the clauses of a policy are enforced: each point is a name that clauses give, and the code that it stands for.

A name with nothing behind it cannot be imported, so a profile cannot promise what no code does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import get_args

from server.accounts import actions as account_actions
from server.accounts.actions import accesses as reading
from server.accounts.actions import (
    address,
    ages,
    api_log,
    authority,
    closing,
    industry,
    keys,
    lifecycle,
    limits,
    passkeys,
    pruning,
    registration,
    reports,
    resellers,
    restricting,
    staff,
    teams,
    throttling,
)
from server.accounts.adapters.authenticator import Authenticator
from server.accounts.adapters.passwords import Passwords
from server.accounts.reads import accesses, team
from server.accounts.rules import age, collecting, devices, guessable, people, resale, signing, standing
from server.accounts.rules import lifecycle as account_lifecycle
from server.accounts.rules import staff as staff_rules
from server.campaigns.actions import (
    benchmarks,
    complaints,
    complaints_deciding,
    complaints_proof,
    complaints_rate,
    recipients,
    retention,
    suppression,
)
from server.campaigns.reads import exports
from server.campaigns.rules import complaints as complaint_rules
from server.campaigns.rules import content
from server.campaigns.rules import lifecycle as campaign_lifecycle
from server.checks import CHECKS
from server.gateway import identity
from server.gateway.rate_limiter import MemoryRateLimiter
from server.gateway.transport_security import TransportSecurity
from server.incidents.actions import deciding, opening
from server.kit import audit, card_numbers, crypto, personal
from server.kit.due import pauses
from server.kit.graph import access
from server.kit.idempotency import Claimed
from server.kit.ids import Ids
from server.notices.actions import delivery
from server.notices.adapters import templates
from server.orders import actions as order_actions
from server.orders.actions import prices, step_up
from server.orders.reads import invoices
from server.orders.rules import auto_top_up, cancellation, tax
from server.plans.actions import billing, fixed_ips, seats, subscribing
from server.policy.actions import (
    announcing,
    api_changes,
    consents,
    counting,
    disclosures,
    processors,
    versions,
)
from server.policy.reads import versions as version_reads
from server.policy.rules import processing, storing, validation
from server.privacy.actions import (
    erasures,
    exporting,
    limiting,
    minors,
    recipient_requests,
    refusing,
    requests,
)
from server.privacy.actions import retention as sweeping
from server.privacy.adapters.erasing import Eraser
from server.privacy.reads import erasures as erasure_reads
from server.privacy.reads import processing as processing_reads
from server.privacy.reads import regimes
from server.privacy.rules import requests as request_rules
from server.schema import HELD, schema
from server.senders import rules as sender_rules
from server.senders.actions import documents as sender_documents
from server.senders.actions import review
from server.support import actions as support_actions
from server.topups.actions import methods, settlement
from server.wallet.actions import erasure as wallet_erasure
from server.wallet.actions.ledger import Ledger
from server.wallet.rules import quantity_of

ATTESTATIONS = frozenset({"organisational", "security_review", "training", "update", "confidentiality"})
"""What a company attests that no code can enforce."""

POINTS: Mapping[str, object] = {
    "accounts.acceptance": registration.accept,
    "accounts.address": account_actions.check_may_order,
    "accounts.age": age.judge_age,
    "accounts.age_verification": ages.verify_age,
    "accounts.api_auth": Authenticator,
    "accounts.api_keys": keys.create_api_key,
    "accounts.api_limits": limits.set_api_limits,
    "accounts.closing": closing.close_account,
    "accounts.closed_accounts": accesses.check_closed,
    "accounts.technical": devices.kept_agent,
    "accounts.dpo": staff_rules.check_mandate,
    "accounts.collecting": collecting.check_collected,
    "accounts.data_access": reading.note_reading,
    "accounts.forgetting_failures": pruning.prune,
    "accounts.inactivity": lifecycle.apply_inactivity,
    "accounts.industry": industry.review_industry,
    "accounts.key_policies": keys.create_api_key,
    "accounts.lapse": account_lifecycle.deadlines,
    "accounts.masking": staff_rules.may_read_sensitive,
    "accounts.members": teams.invite_member,
    "accounts.not_found": keys.revoke_api_key,
    "accounts.passkeys": passkeys.register_passkey,
    "accounts.password_age": standing.password_ends_at,
    "accounts.password_strength": guessable,
    "accounts.passwords": Passwords.prepare,
    "accounts.rectifying": address.set_postal_address,
    "accounts.refusing": keys.refuse_key_policies,
    "accounts.registration": registration.register,
    "accounts.reports": reports.report_compromise,
    "accounts.resale": resale.check_resale_permission,
    "accounts.resellers": resellers.offer_management,
    "accounts.restricting": restricting.restrain,
    "accounts.roles": people.scopes_of,
    "accounts.second_factors": standing.requirements,
    "accounts.sessions": authority.revoke_sessions,
    "accounts.signing": signing.check_signing,
    "accounts.staff": staff.authorise_staff,
    "accounts.suspension": account_lifecycle.check_reason,
    "accounts.throttling": throttling.begin_attempt,
    "accounts.verified_email": team.check_may_send,
    "accounts.api_log": api_log.store_api_uses,
    "accounts.api_log_end": api_log.prune_api_log,
    "campaigns.benchmarks": benchmarks.publish_month,
    "campaigns.bounces_end": retention.delete_bounces,
    "campaigns.complaint_clock": complaints_proof.lapse,
    "campaigns.complaint_decisions": complaints_deciding.decide_complaint,
    "campaigns.complaint_proof": complaints_proof.submit_proof,
    "campaigns.complaint_rate": complaints_rate.judge_rate,
    "campaigns.complaints": complaints.open_complaint,
    "campaigns.content": content.check_text,
    "campaigns.declaring": campaign_lifecycle.check_complete,
    "campaigns.exports": exports.new_export,
    "campaigns.list_sources": campaign_lifecycle.check_source,
    "campaigns.recipients": recipients.add_recipients,
    "campaigns.repetitions_end": retention.prune_seen,
    "campaigns.spam": complaint_rules.classify,
    "campaigns.statistics_end": retention.delete_statistics,
    "campaigns.suppression": suppression.suppress,
    "gateway.cookies": identity.set_cookie_headers,
    "gateway.limits": MemoryRateLimiter,
    "gateway.tls": TransportSecurity,
    "incidents.assessment": deciding.assess,
    "incidents.authority": deciding.record_authority_notice,
    "incidents.corrections": deciding.note,
    "incidents.notices": deciding.decide_notice,
    "incidents.register": opening.open_incident,
    "incidents.states": deciding.move_incident,
    "kit.access": access.access_of,
    "kit.audit": audit.AuditEntry,
    "kit.card_numbers": card_numbers.holds_card_number,
    "kit.categories": personal.faults,
    "kit.idempotency": Claimed,
    "kit.ids": Ids,
    "kit.purposes": access.Access,
    "kit.sealing": crypto.seal,
    "notices.outbox": delivery,
    "operations.force_majeure": pauses.begin,
    "orders.auto_top_up": auto_top_up.decide,
    "orders.cancelling": cancellation.cancellation_fee,
    "orders.liability": invoices,
    "orders.payment": order_actions.pay_order,
    "orders.prices": prices,
    "orders.registry": order_actions.place_order,
    "orders.step_up": step_up.check_step_up,
    "orders.tax": tax.tax,
    "plans.fixed_ips": fixed_ips,
    "plans.renewal": billing.renew,
    "plans.seats": seats,
    "plans.terms": subscribing,
    "policy.announcing": announcing.announce,
    "policy.api_changes": api_changes.record_release,
    "policy.consents": consents.give_consent,
    "policy.counting": counting.store_day,
    "policy.disclosures": disclosures.record_disclosure,
    "policy.processors": processors.register_processor,
    "policy.publishing": version_reads.versions_of,
    "policy.dpo": validation.dpo_faults,
    "policy.bases": processing.basis_faults,
    "policy.grounds": processing.ground_faults,
    "policy.necessity": processing.necessity_faults,
    "policy.sources": validation.naming_faults,
    "policy.special": processing.special_faults,
    "policy.uses": processing.use_faults,
    "policy.stores": storing.store_faults,
    "policy.validation": validation.faults,
    "policy.versions": versions.record_versions,
    "schema": schema,
    "privacy.erasing": Eraser.step,
    "privacy.erasure": erasures.plan_erasure,
    "privacy.open_cases": erasure_reads.HoldSources,
    "privacy.regimes": regimes.due_by_law,
    "privacy.information": processing_reads.processing,
    "privacy.channels": request_rules.check_channel,
    "privacy.replay": Eraser.replay,
    "privacy.exports": exporting.request_export,
    "privacy.retention": sweeping.delete_flagged,
    "privacy.extension": request_rules.check_extendable,
    "privacy.grounds": request_rules.check_ground,
    "privacy.identity": requests.verify_identity,
    "privacy.minors": minors.report_minor,
    "privacy.objection": limiting.object_to_processing,
    "privacy.recipient_requests": recipient_requests.file_request,
    "privacy.refusing": refusing.refuse_policy,
    "privacy.requests": requests.file_request,
    "senders.documents": sender_documents.delete_documents,
    "senders.effective": sender_rules.effective,
    "senders.names": sender_rules.kind_of,
    "senders.review": review.decide_sender,
    "support.defects": support_actions.report_defect,
    "support.tickets": support_actions.open_ticket,
    "topups.forgetting": methods.remove_method,
    "topups.methods": methods.save_method,
    "topups.record": settlement.apply_answer,
    "wallet.billing": wallet_erasure,
    "wallet.ledger": Ledger,
    "wallet.units": quantity_of,
}
"""Every point that enforces something."""


def installed() -> validation.Installed:
    """What this server has, for a profile to be compared with."""
    retentions: dict[str, list[str]] = {}
    for held in HELD:
        retentions.setdefault(held.retention, []).extend(held.names())
    return validation.Installed(
        points=POINTS.keys(),
        checks=CHECKS.keys(),
        attestations=ATTESTATIONS,
        categories=personal.CATEGORIES,
        purposes=get_args(personal.Purpose),
        retentions=retentions,
        rights=[kind.value.lower() for kind in request_rules.PrivacyRequestKind],
        processed=_processed(),
    )


def _processed() -> processing.Processed:
    """What this server does with personal data."""
    bases: dict[str, list[str]] = defaultdict(list)
    uses: dict[str, list[str]] = defaultdict(list)
    for held in HELD:
        if held.owner is not None and held.purpose in processing.OF_ACCOUNTS:
            bases[held.legal_basis].extend(held.names())
    for kind, use in templates.load().uses.items():
        uses[use].append(kind)
    return processing.Processed(
        sources={source for held in HELD for source in held.sources},
        needs={detail.value: purpose for detail, purpose in collecting.NEEDED_FOR.items()},
        bases=bases,
        special=[name for held in HELD if held.special for name in held.names()],
        uses=uses,
    )

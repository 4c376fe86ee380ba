"""The numbers of all slices, as profile `mailpro` sets them, and what each slice adds to another one's answers."""

from __future__ import annotations

from server.accounts import rules as account_rules
from server.accounts.reads import team
from server.accounts.reads.lifecycle import LossSources, SendSources
from server.accounts.rules.api_log import ApiLogTerms
from server.campaigns import rules as campaign_rules
from server.campaigns.actions.launching import LaunchChecks
from server.campaigns.reads import complaints as complaint_reads
from server.campaigns.reads import statistics as statistic_reads
from server.campaigns.rules.complaints import ComplaintTerms
from server.campaigns.rules.connections import WebhookTerms
from server.campaigns.rules.exports import ExportTerms
from server.campaigns.rules.machines import MachineTerms
from server.campaigns.rules.recording import RecordingTerms
from server.kit.registry import Registry
from server.notices import rules as notice_rules
from server.notices.adapters import templates as notice_templates
from server.orders import rules as order_rules
from server.orders.reads import lifecycle as order_lifecycle
from server.orders.reads.prices import PriceLists
from server.plans import rules as plan_rules
from server.plans.reads import lifecycle as plan_lifecycle
from server.plans.reads import prices as plan_prices
from server.plans.rules.fixed_ips import FixedIpTerms
from server.senders import reads as sender_reads
from server.senders import rules as sender_rules
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

LAUNCH_CHECKS = LaunchChecks((team.check_may_send, complaint_reads.refuse_while_open))
"""What else must be so before an account launches or resumes a campaign."""

COMPLAINTS = complaint_reads.ComplaintCounts(statistic_reads.complaints_since)
"""Who counts those who complain, for the rate at which a case opens."""


PRICES = PriceLists((plan_prices.list_prices,))
"""What is sold by the cycle has prices that change as those of orders do (M033)."""


def default_terms() -> Registry:
    """Each slice's numbers, as profile `mailpro` sets them."""
    plans = plan_rules.Terms()
    return Registry(
        account_rules.Terms(people_max=plans.free.users_max),  # M061
        ApiLogTerms(),
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
        ExportTerms(),
        WebhookTerms(),
        MachineTerms(),
    )

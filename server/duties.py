"""The due work of all slices: how each kind is done, and which kind of term it follows from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from server.accounts import jobs as account_jobs
from server.campaigns import jobs as campaign_jobs
from server.checks import CHECKS
from server.housekeeping import rotate_master
from server.incidents import jobs as incident_jobs
from server.kit.due import Handler, Timer
from server.notices import jobs as notice_jobs
from server.notices.adapters.relay import MailRelay
from server.operations import jobs as operation_jobs
from server.orders import jobs as order_jobs
from server.plans import jobs as plan_jobs
from server.policy import jobs as policy_jobs
from server.policy.rules.checking import Checks
from server.privacy import jobs as privacy_jobs
from server.privacy.adapters.erasing import Eraser
from server.senders import jobs as sender_jobs
from server.support import jobs as support_jobs
from server.topups import jobs as topup_jobs
from server.topups.adapters.gateway import Gateways
from server.topups.adapters.sandbox import Sandbox
from server.wallet import jobs as wallet_jobs

TIMERS: Mapping[str, Timer] = {
    **account_jobs.TIMERS,
    **notice_jobs.TIMERS,
    **wallet_jobs.TIMERS,
    **topup_jobs.TIMERS,
    **order_jobs.TIMERS,
    **plan_jobs.TIMERS,
    **sender_jobs.TIMERS,
    **campaign_jobs.TIMERS,
    **support_jobs.TIMERS,
    **policy_jobs.TIMERS,
    **incident_jobs.TIMERS,
    **privacy_jobs.TIMERS,
    **operation_jobs.TIMERS,
}


def handlers(
    relay: MailRelay,
    gateways: Gateways,
    sandbox: Sandbox,
    roots_dir: Path,
    seals_dir: Path,
    eraser: Eraser,
) -> Mapping[str, Handler]:
    """The steps of every kind, for the due runner."""
    return {
        **account_jobs.handlers(),
        **notice_jobs.handlers(relay),
        **wallet_jobs.handlers(roots_dir),
        **topup_jobs.handlers(gateways, sandbox),
        **order_jobs.handlers(),
        **plan_jobs.handlers(),
        **sender_jobs.handlers(),
        **campaign_jobs.handlers(),
        **support_jobs.handlers(),
        **policy_jobs.handlers(Checks(CHECKS)),
        **incident_jobs.handlers(),
        **privacy_jobs.handlers(eraser, rotate_master),
        **operation_jobs.handlers(seals_dir),
    }

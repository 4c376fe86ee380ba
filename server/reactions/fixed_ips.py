"""What an account is told of its fixed IP addresses."""

from __future__ import annotations

from server.kit.events import Reactions
from server.kit.work import Work
from server.notices import actions as notice_actions
from server.plans.actions.events import FixedIpEnded, FixedIpLapsed
from server.plans.reads.fixed_ips import addresses


def register(registered: Reactions) -> None:
    registered.on(FixedIpEnded, _tell_of_removed_ip)
    registered.on(FixedIpLapsed, _tell_of_removed_ip)


def _tell_of_removed_ip(work: Work, event: FixedIpEnded | FixedIpLapsed) -> None:
    address = addresses(work, [event.subject_id]).get(event.subject_id, "")
    data = {"address": address, "at": work.now.isoformat()}
    dedupe_key = f"fixed_ip_removed/{event.subject_id}"
    notice_actions.notify(work, event.account_id, "fixed_ip_removed", data, dedupe_key=dedupe_key)

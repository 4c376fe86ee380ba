"""The verbs of automatic top-ups: set one up, switch it off, resume it, stop them all; and the one decision.

`look` is that decision. It is due work, made under the locks of the wallets and of the rule, and may be repeated at
will: whoever wakes it, it starts at most one top-up at a time. Wallets are locked before the rule, everywhere.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from server.kit.db import savepoint
from server.kit.due import cancel, schedule
from server.kit.money import Money
from server.kit.problems import Refusal
from server.kit.work import Work
from server.orders.actions import pay_order, place_order
from server.orders.actions.auto_top_up_changes import (
    AutoTopUpDecided,
    AutoTopUpDisabled,
    AutoTopUpFailed,
    AutoTopUpResumed,
    AutoTopUpSet,
    AutoTopUpStarted,
    AutoTopUpSucceeded,
    AutoTopUpSuspended,
    decided,
    locked,
    move,
    open_run,
    write_run,
)
from server.orders.model import AutoTopUp, AutoTopUpSwitch
from server.orders.reads.auto_top_up import (
    AutoTopUpRow,
    auto_top_up,
    auto_top_up_by_id,
    auto_top_ups,
    checked_price,
    method_of,
    sends_by_channel,
    situation_of,
)
from server.orders.rules.auto_top_up import (
    AutoTopUpState,
    Decision,
    RunStatus,
    Setting,
    Situation,
    Standing,
    Suspension,
    Verdict,
    after_failure,
    after_success,
    decide,
)
from server.orders.rules.items import AutomaticCreditsItem
from server.orders.rules.problems import (
    AutoTopUpNeedsChannel,
    AutoTopUpNeedsMethod,
    AutoTopUpNotFound,
    AutoTopUpNotSuspended,
)
from server.orders.rules.terms import Terms
from server.topups.actions.methods import charge_method
from server.topups.rules.outcomes import TopUpPurpose
from server.wallet.actions import open_wallets, watch

LOOK = "orders.auto_top_up"
SWEEP = "orders.auto_top_up_sweep"
_SWITCH = 1


def set_auto_top_up(work: Work, account_id: str, setting: Setting) -> AutoTopUpRow:
    """Set up the rule of a unit or set it to something else, and decide at once (M050 to M053).

    A suspended rule is resumed by it. Raises what `checked_price` raises, AutoTopUpNeedsChannel,
    AutoTopUpNeedsMethod, WalletsClosed.
    """
    checked_price(work, account_id, setting)
    _check_usable(work, account_id, setting)
    open_wallets(work, account_id, {setting.unit, setting.currency.code})
    found = auto_top_up(work, account_id, setting.unit)
    rule = locked(work, found.id if found is not None else _insert(work, account_id, setting))
    assert rule is not None, "rules stay"
    standing = dataclasses.replace(rule.standing, enabled=True)
    move(work, rule, AutoTopUpSet, _awake(standing), **_columns(setting))
    return _looked(work, rule.id)


def disable_auto_top_up(work: Work, account_id: str, unit: str) -> AutoTopUpRow:
    """Switch a rule off. What is in flight ends as it would. Raises AutoTopUpNotFound."""
    rule = _theirs(work, account_id, unit)
    if not rule.enabled:
        return rule
    cancel(work, LOOK, rule.id)
    return move(work, rule, AutoTopUpDisabled, dataclasses.replace(rule.standing, enabled=False))


def disable_all(work: Work, account_id: str) -> None:
    """Switch all rules of an account off: it has ended."""
    for rule in auto_top_ups(work, account_id):
        disable_auto_top_up(work, account_id, rule.unit)


def resume_auto_top_up(work: Work, account_id: str, unit: str) -> AutoTopUpRow:
    """Wake a suspended rule, and decide at once.

    Raises AutoTopUpNotFound, AutoTopUpNotSuspended, AutoTopUpNeedsChannel, AutoTopUpNeedsMethod.
    """
    rule = _theirs(work, account_id, unit)
    if rule.suspension is None or not rule.enabled:
        raise AutoTopUpNotSuspended(rule.state.value)
    _check_usable(work, account_id, rule.setting)
    move(work, rule, AutoTopUpResumed, _awake(rule.standing))
    return _looked(work, rule.id)


def set_kill_switch(work: Work, *, stopped: bool) -> None:
    """Hold back all automatic top-ups of all accounts, or let them go on. What is in flight ends as it would."""
    values = {"stopped": stopped, "changed_at": work.now}
    switch = upsert(AutoTopUpSwitch).values(id=_SWITCH, **values)
    work.execute(switch.on_conflict_do_update(index_elements=["id"], set_=values))
    if not stopped:
        schedule(work, SWEEP, "all", work.now)


def look(work: Work, auto_top_up_id: str) -> AutoTopUpRow | None:
    """Decide about a rule with the balance of this moment, and do it. Raises WalletsClosed."""
    found = auto_top_up_by_id(work, auto_top_up_id)
    if found is None:
        return None
    open_wallets(work, found.account_id, {found.unit, found.currency})
    rule = locked(work, auto_top_up_id)
    assert rule is not None, "rules stay"
    # Whoever throws the switch waits for this decision; what is decided after it sees it.
    work.first(select(AutoTopUpSwitch.stopped).with_for_update(read=True))
    available = watch(work, rule.account_id, rule.unit, _alarm(rule))
    situation = situation_of(work, rule.account_id, rule.setting, rule.id, available)
    decision = decide(rule.standing, situation, work.terms(Terms).auto_top_up)
    match decision.verdict:
        case Verdict.START | Verdict.PAY_FROM_BALANCE:
            return _start(work, rule, decision, situation)
        case Verdict.SUSPEND:
            assert decision.suspension is not None
            columns = decided(work, rule, decision, available, situation.price_minor)
            return suspend(work, rule, decision.suspension, **columns)
        case Verdict.OFF | Verdict.IN_FLIGHT:
            return rule
        case _:
            return _wait(work, rule, decision, situation)


def suspend(work: Work, rule: AutoTopUpRow, suspension: Suspension, **changes: Any) -> AutoTopUpRow:
    """Let a locked rule rest, for the first reason only. One in flight ends before it rests."""
    if not rule.enabled or rule.suspension is not None:
        return rule
    standing = dataclasses.replace(rule.standing, suspension=suspension, next_try_at=None)
    return move(work, rule, AutoTopUpSuspended, standing, **changes)


def fail(
    work: Work, rule: AutoTopUpRow, failure_code: str, run_id: str | None = None, **changes: Any
) -> AutoTopUpRow:
    """A try of a locked rule failed: it cools down, or is suspended."""
    standing = after_failure(rule.standing, work.now, work.terms(Terms).auto_top_up)
    failed = move(work, rule, AutoTopUpFailed, standing, about=run_id, failure_code=failure_code, **changes)
    if failed.suspension != rule.suspension:
        work.record(AutoTopUpSuspended.of(failed, run_id))
    schedule(work, LOOK, rule.id, work.now)  # decides, so that the last decision says what comes next
    return failed


def _start(work: Work, rule: AutoTopUpRow, decision: Decision, situation: Situation) -> AutoTopUpRow:
    """Order, and charge unless the balance pays. What refuses to be ordered or charged is a failure like another."""
    assert situation.price_minor is not None, "what is not sold suspends"
    columns = decided(work, rule, decision, situation.available, situation.price_minor)
    run_id = work.ids.new("atr")
    try:
        with savepoint(work.connection, "auto_top_up"):
            paid = _buy(work, rule, run_id, situation.price_minor)
    except Refusal as refusal:
        return fail(work, rule, refusal.code, **columns)
    if not paid:
        return move(work, rule, AutoTopUpStarted, run_id=run_id, failure_code=None, **columns)
    schedule(work, LOOK, rule.id, work.now)
    standing = after_success(rule.standing)
    return move(work, rule, AutoTopUpSucceeded, standing, about=run_id, failure_code=None, **columns)


def _buy(work: Work, rule: AutoTopUpRow, run_id: str, amount_minor: int) -> bool:
    """Returns whether it is paid already. Raises what `place_order` and `charge_method` raise."""
    setting = rule.setting
    open_run(work, rule, run_id, amount_minor)
    if setting.buys_credits:
        item = AutomaticCreditsItem(setting.unit, setting.add)
        receipt = place_order(work, rule.account_id, item, setting.currency, await_payment=True)
        order_id = receipt.facts["order_id"]
        write_run(work, run_id, order_id=order_id)
        if pay_order(work, rule.account_id, order_id):
            write_run(work, run_id, status=RunStatus.SUCCEEDED.value, ended_at=work.now)
            return True
    money = Money(amount_minor, setting.currency)
    purpose, method_id = TopUpPurpose.AUTO_TOP_UP, setting.method_id
    top_up = charge_method(work, rule.account_id, money, purpose, method_id=method_id, for_id=run_id)
    write_run(work, run_id, top_up_id=top_up.id)
    return False


def _wait(work: Work, rule: AutoTopUpRow, decision: Decision, situation: Situation) -> AutoTopUpRow:
    if decision.next_at is not None:
        schedule(work, LOOK, rule.id, decision.next_at)
    cooled = rule.next_try_at is not None and rule.next_try_at <= work.now
    told = (rule.verdict, rule.decided_next_at) == (decision.verdict.value, decision.next_at)
    if told and not cooled:
        return rule
    standing = dataclasses.replace(rule.standing, next_try_at=None) if cooled else rule.standing
    columns = decided(work, rule, decision, situation.available, situation.price_minor)
    return move(work, rule, AutoTopUpDecided, standing, **columns)


def _alarm(rule: AutoTopUpRow) -> int | None:
    """While one is in flight nothing rings: its end decides again."""
    rings = rule.state in (AutoTopUpState.READY, AutoTopUpState.COOLING)
    return rule.below if rings else None


def _awake(standing: Standing) -> Standing:
    """Without what suspended it, and then without its failures."""
    if standing.suspension is None:
        return standing
    return Standing(enabled=standing.enabled, in_flight=standing.in_flight)


def _check_usable(work: Work, account_id: str, setting: Setting) -> None:
    if not sends_by_channel(work, account_id):
        channels = work.terms(Terms).auto_top_up.channels
        raise AutoTopUpNeedsChannel(" ".join(sorted(channel.value for channel in channels)))
    if method_of(work, account_id, setting) is None:
        raise AutoTopUpNeedsMethod


def _theirs(work: Work, account_id: str, unit: str) -> AutoTopUpRow:
    found = auto_top_up(work, account_id, unit)
    if found is None:
        raise AutoTopUpNotFound
    open_wallets(work, account_id, {found.unit, found.currency})
    rule = locked(work, found.id)
    assert rule is not None, "rules stay"
    return rule


def _looked(work: Work, auto_top_up_id: str) -> AutoTopUpRow:
    rule = look(work, auto_top_up_id)
    assert rule is not None, "rules stay"
    return rule


def _insert(work: Work, account_id: str, setting: Setting) -> str:
    """A new rule, still off; its wallet's lock lets nobody else insert the same one."""
    rule_id = work.ids.new("atu")
    values = {"id": rule_id, "account_id": account_id, "unit": setting.unit, "enabled": False, "failures": 0}
    times = {"created_at": work.now, "updated_at": work.now}
    work.execute(insert(AutoTopUp).values(**values, **times, **_columns(setting)))
    return rule_id


def _columns(setting: Setting) -> dict[str, Any]:
    return {
        "below": setting.below,
        "add_quantity": setting.add,
        "currency": setting.currency.code,
        "method_id": setting.method_id,
        "cap_day_minor": setting.caps.day_minor,
        "cap_month_minor": setting.caps.month_minor,
    }

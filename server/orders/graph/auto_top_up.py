"""Automatic top-ups: look at them, try one out, set one up, stop one or all."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

import strawberry
from strawberry.types.field import StrawberryField

from server.accounts.graph import Account
from server.kit.graph.access import declare, exposes
from server.kit.graph.context import Info, account_of
from server.kit.graph.mutations import OUTCOME, run
from server.kit.graph.node import NodeLoader
from server.kit.graph.problems import problem_of
from server.kit.graph.scalars import MoneyType
from server.kit.money import Money
from server.kit.problems import Refusal
from server.kit.work import Work
from server.orders.actions import auto_top_up as actions
from server.orders.graph.access import FINANCE, OWN, READ, WRITE
from server.orders.graph.auto_top_up_enums import AutoTopUpSuspensionEnum, AutoTopUpVerdictEnum
from server.orders.graph.auto_top_up_inputs import (
    AutoTopUpInput,
    AutoTopUpUnitInput,
    SimulateAutoTopUpInput,
)
from server.orders.graph.auto_top_up_problems import (
    AutoTopUpAmountInvalidProblem,
    AutoTopUpCapTooLowProblem,
    AutoTopUpNeedsChannelProblem,
    AutoTopUpNeedsMethodProblem,
    AutoTopUpNotFoundProblem,
    AutoTopUpNotSuspendedProblem,
    AutoTopUpQuantityInvalidProblem,
)
from server.orders.graph.auto_top_up_types import AutoTopUp, auto_top_ups_of, money_of
from server.orders.graph.problems import (
    CountryMissingProblem,
    NotSoldInCurrencyProblem,
    QuantityOutOfRangeProblem,
)
from server.orders.reads import auto_top_up as reads
from server.orders.reads.auto_top_up import AutoTopUpRow, Price
from server.orders.rules.auto_top_up import Decision, Setting, Situation, Standing, decide
from server.orders.rules.auto_top_up_explained import Told, explain
from server.orders.rules.terms import Terms
from server.wallet.rules import amount_of


@exposes(OWN)
@strawberry.type(description="What an automatic top-up would do. Nothing is changed.")
class AutoTopUpSimulation:
    decision: AutoTopUpVerdictEnum = strawberry.field(description="What would be decided.")
    explanation: str = strawberry.field(description="The same in a sentence, for people.")
    available: Decimal = strawberry.field(description="With how much available, in whole units.")
    threshold: Decimal = strawberry.field(description="The limit, in whole units.")
    adds: Decimal = strawberry.field(
        description="What one adds, in whole units: more than was asked for where more credits cost less."
    )
    net: MoneyType = strawberry.field(description="What one costs without tax.")
    tax: MoneyType = strawberry.field(description="The tax on it; a payment into a money balance has none.")
    gross: MoneyType = strawberry.field(description="What is charged.")
    method_id: strawberry.ID | None = strawberry.field(
        description="The payment method that would be charged; null when there is no valid one."
    )
    next_at: datetime | None = strawberry.field(description="Until when it would wait.")
    suspension: AutoTopUpSuspensionEnum | None = strawberry.field(description="Why it would be suspended.")


@exposes(OUTCOME)
@strawberry.type(description="The automatic top-up is stored, and was decided at once.")
class AutoTopUpStored:
    auto_top_up: AutoTopUp = strawberry.field(description="The automatic top-up as it is now.")


@exposes(OUTCOME)
@strawberry.type(description="The kill switch is set.")
class AutoTopUpKillSwitchSet:
    stopped: bool = strawberry.field(description="Whether all automatic top-ups are held back.")


@strawberry.input(description="The kill switch of all automatic top-ups.")
class SetAutoTopUpKillSwitchInput:
    stopped: bool = strawberry.field(
        description="True holds all of them back, of all accounts; those in flight end as they would. False lets "
        "them go on."
    )


SimulateAutoTopUpResult = Annotated[
    AutoTopUpSimulation
    | AutoTopUpQuantityInvalidProblem
    | AutoTopUpAmountInvalidProblem
    | AutoTopUpCapTooLowProblem
    | QuantityOutOfRangeProblem
    | NotSoldInCurrencyProblem
    | CountryMissingProblem,
    strawberry.union("SimulateAutoTopUpResult", description="What would happen, or why it cannot be meant."),
]
SetAutoTopUpResult = Annotated[
    AutoTopUpStored
    | AutoTopUpNeedsChannelProblem
    | AutoTopUpNeedsMethodProblem
    | AutoTopUpQuantityInvalidProblem
    | AutoTopUpAmountInvalidProblem
    | AutoTopUpCapTooLowProblem
    | QuantityOutOfRangeProblem
    | NotSoldInCurrencyProblem
    | CountryMissingProblem,
    strawberry.union("SetAutoTopUpResult", description="The automatic top-up, or why it is not set up."),
]
DisableAutoTopUpResult = Annotated[
    AutoTopUpStored | AutoTopUpNotFoundProblem,
    strawberry.union("DisableAutoTopUpResult", description="The automatic top-up, or that there is none."),
]
ResumeAutoTopUpResult = Annotated[
    AutoTopUpStored
    | AutoTopUpNotFoundProblem
    | AutoTopUpNotSuspendedProblem
    | AutoTopUpNeedsChannelProblem
    | AutoTopUpNeedsMethodProblem,
    strawberry.union("ResumeAutoTopUpResult", description="The automatic top-up, or why it is not resumed."),
]
UnitInput = Annotated[AutoTopUpUnitInput, strawberry.argument(description="Which one.")]


@strawberry.type
class AutoTopUpQueries:
    @strawberry.field(
        description="What an automatic top-up would do and cost, before it is set up.", metadata=declare(READ)
    )
    def simulate_auto_top_up(
        self,
        info: Info,
        input: Annotated[SimulateAutoTopUpInput, strawberry.argument(description="What to try.")],
    ) -> SimulateAutoTopUpResult:
        return _simulated(info, input)

    @strawberry.field(
        description="For the company's staff: whether the kill switch holds all automatic top-ups back.",
        metadata=declare(FINANCE),
    )
    def auto_top_ups_stopped(self, info: Info) -> bool:
        return reads.stopped(info.context.read)


@strawberry.type
class AutoTopUpMutations:
    @strawberry.mutation(
        description="Set an automatic top-up up, or to something else; a suspended one is resumed. It is decided at "
        "once: below its limit it starts.",
        metadata=declare(WRITE),
    )
    async def set_auto_top_up(
        self,
        info: Info,
        input: Annotated[AutoTopUpInput, strawberry.argument(description="What it is set to.")],
    ) -> SetAutoTopUpResult:
        account_id = account_of(info)

        def set_up(work: Work) -> AutoTopUpRow:
            setting = input.setting(work.terms(Terms).auto_top_up)
            return actions.set_auto_top_up(work, account_id, setting)

        return await run(info, set_up, _stored)

    @strawberry.mutation(
        description="Switch an automatic top-up off. One that is in flight ends as it would.",
        metadata=declare(WRITE),
    )
    async def disable_auto_top_up(self, info: Info, input: UnitInput) -> DisableAutoTopUpResult:
        account_id, unit = account_of(info), input.unit.name
        return await run(info, lambda work: actions.disable_auto_top_up(work, account_id, unit), _stored)

    @strawberry.mutation(
        description="Resume a suspended automatic top-up, once its reason is dealt with.",
        metadata=declare(WRITE),
    )
    async def resume_auto_top_up(self, info: Info, input: UnitInput) -> ResumeAutoTopUpResult:
        account_id, unit = account_of(info), input.unit.name
        return await run(info, lambda work: actions.resume_auto_top_up(work, account_id, unit), _stored)

    @strawberry.mutation(
        description="For the company's staff: hold all automatic top-ups back, or let them go on.",
        metadata=declare(FINANCE),
    )
    async def set_auto_top_up_kill_switch(
        self,
        info: Info,
        input: Annotated[SetAutoTopUpKillSwitchInput, strawberry.argument(description="Which way.")],
    ) -> AutoTopUpKillSwitchSet:
        def set_switch(work: Work) -> None:
            actions.set_kill_switch(work, stopped=input.stopped)

        def present(_work: Work, _none: None) -> AutoTopUpKillSwitchSet:
            return AutoTopUpKillSwitchSet(stopped=input.stopped)

        return await run(info, set_switch, present)


@strawberry.field(description="The account's automatic top-ups, by balance.", metadata=declare(READ))
def auto_top_ups(account: strawberry.Parent[Account], info: Info) -> list[AutoTopUp]:
    return auto_top_ups_of(info.context.read, account.id)


def _stored(_work: Work, rule: AutoTopUpRow) -> AutoTopUpStored:
    return AutoTopUpStored(auto_top_up=AutoTopUp.of(rule))


def _simulated(info: Info, data: SimulateAutoTopUpInput) -> Any:
    read, account_id = info.context.read, account_of(info)
    terms = read.terms(Terms).auto_top_up
    try:
        setting = data.setting.setting(terms)
        price = reads.checked_price(read, account_id, setting)
        available = data.quantity()
    except Refusal as refusal:
        return problem_of(refusal)
    found = reads.auto_top_up(read, account_id, setting.unit)
    situation = reads.situation_of(read, account_id, setting, found.id if found else None, available)
    # What setting it up would leave: switched on, and no longer suspended.
    standing = dataclasses.replace(found.standing, enabled=True, suspension=None) if found else Standing()
    method = reads.method_of(read, account_id, setting)
    decision = decide(standing, situation, terms)
    return _simulation(setting, price, situation, decision, method.id if method else None)


def _simulation(
    setting: Setting, price: Price, situation: Situation, decision: Decision, method_id: str | None
) -> AutoTopUpSimulation:
    currency, taxed = setting.currency.code, price.taxed
    available = amount_of(setting.unit, situation.available)
    threshold = amount_of(setting.unit, situation.below)
    gross = str(Money(taxed.gross_minor, setting.currency))
    told = Told(
        decision.verdict, str(available), str(threshold), gross, decision.next_at, decision.suspension
    )
    suspension = decision.suspension
    return AutoTopUpSimulation(
        decision=AutoTopUpVerdictEnum[decision.verdict.name],
        explanation=explain(told),
        available=available,
        threshold=threshold,
        adds=amount_of(setting.unit, price.added),
        net=money_of(taxed.net_minor, currency),
        tax=money_of(taxed.tax_minor, currency),
        gross=money_of(taxed.gross_minor, currency),
        method_id=None if method_id is None else strawberry.ID(method_id),
        next_at=decision.next_at,
        suspension=None if suspension is None else AutoTopUpSuspensionEnum[suspension.name],
    )


def _node(info: Info, id: str) -> AutoTopUp | None:
    if READ.denial(info.context.viewer):
        return None
    row = reads.auto_top_up_by_id(info.context.read, id)
    return AutoTopUp.of(row) if row is not None and row.account_id == account_of(info) else None


EXTENSIONS: list[tuple[type, StrawberryField]] = [(Account, auto_top_ups)]
NODES: dict[str, NodeLoader] = {"atu": _node}

"""The engine, observed: what staff read is audited, faults are counted, and others may look at each execution.

Everything here happens once an operation, and nothing once a field.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import strawberry
from graphql import OperationType

from server.gateway.engine import Engine, Limits, Prepared, RequestError, Result
from server.gateway.ports import Live
from server.kit import metrics
from server.kit.graph.access import Who
from server.kit.graph.context import Context
from server.kit.graph.sink import Sink, Subscription
from server.kit.ids import is_id
from server.kit.viewer import Reading
from server.kit.work import Call, Read, Work

STAFF_READ = "staffRead"
FIELDS_LENGTH_MAX = 4_000
SUBJECTS_MAX = 100
_LITERAL_ID = re.compile(r'"([a-z]{1,8}_[0-9a-z]{26})"')
_EXECUTED = {kind: metrics.operations.labels(kind.value) for kind in OperationType}

Observer = Callable[[Prepared, Context, Result | None], None]
"""Called after each query and mutation, and without a result once a subscription has begun; on the event loop, so it
must be quick, and not raise."""


@dataclass(frozen=True, slots=True)
class Witness:
    """Who lets accounts know what others read of them: handed in by app.py.

    `check` raises PublicError before anything is done, for what may not be asked for; `note` afterwards, for what may
    not be shown, and else keeps what was.
    """

    check: Callable[[Read, Reading], None]
    note: Callable[[Work, Reading], None]


def _unobserved(_prepared: Prepared, _context: Context, _result: Result | None) -> None:
    """The observer of a server that nobody looks at."""


class ObservedEngine(Engine):
    """An engine that leaves an audit row for each read by staff, before it is answered (H015), and lets the accounts
    know that are not the reader's own."""

    def __init__(
        self,
        schema: strawberry.Schema,
        *,
        limits: Limits | None = None,
        introspection: bool = True,
        suggestions: bool = False,
        observer: Observer = _unobserved,
        witness: Witness | None = None,
    ) -> None:
        super().__init__(schema, limits=limits, introspection=introspection, suggestions=suggestions)
        self._observer = observer
        self._witness = witness

    def prepare(
        self,
        query: str,
        operation_name: str | None = None,
        variables: Mapping[str, Any] | None = None,
        *,
        request_id: str = "",
    ) -> Prepared:
        try:
            return super().prepare(query, operation_name, variables, request_id=request_id)
        except RequestError as refused:
            for error in refused.errors:
                metrics.errors.labels(str((error.extensions or {}).get("code"))).inc()
            raise

    async def execute(self, prepared: Prepared, context: Context) -> Result:
        if context.viewer.staff_roles or context.viewer.management_id:
            result = await self._witnessed(prepared, context)
        else:
            result = await super().execute(prepared, context)
        _EXECUTED[prepared.kind].inc()
        metrics.operation_cost.observe(result.cost)
        for error in result.errors or ():
            metrics.errors.labels(str(error["extensions"]["code"])).inc()
        self._observer(prepared, context, result)
        return result

    async def _witnessed(self, prepared: Prepared, context: Context) -> Result:
        """The result, once it is written down that it was read; an error when that could not be, or it may not be."""
        try:
            await self._check(prepared, context)
            result = await super().execute(prepared, context)
            if result.data is not None:
                await self._audit(prepared, context, result)
        except Exception as exc:
            reporter = self._reporter(context)
            reporter.add(exc)
            return Result(None, reporter.errors())
        return result

    async def _check(self, prepared: Prepared, context: Context) -> None:
        asked = reading(prepared, context, None)
        if self._witness is not None and asked.duties and asked.ids:
            check = self._witness.check
            await context.units.read(lambda read: check(read, asked))

    async def _audit(self, prepared: Prepared, context: Context, result: Result) -> None:
        done = reading(prepared, context, result)
        others, is_query = done.owners - {context.viewer.account_id}, prepared.kind is OperationType.QUERY
        by_reseller = bool(context.viewer.management_id and is_query and done.fields)
        if not (done.duties or others or by_reseller):
            return

        def note(work: Work) -> None:
            if self._witness is not None:
                self._witness.note(work, done)

        if by_reseller or not is_query:
            await context.units.run_unaudited(note)  # it has a row in the audit
            return
        await context.units.run(_call(context, done), note)


class ObservedLive:
    """The live hub, with each subscription that begins observed, and written down where it shows what is not the
    subscriber's own."""

    def __init__(self, live: Live, observer: Observer = _unobserved, witness: Witness | None = None) -> None:
        self._live = live
        self._observer = observer
        self._witness = witness

    async def subscribe(self, prepared: Prepared, context: Context, sink: Sink) -> Subscription:
        if context.viewer.staff_roles or context.viewer.management_id:
            await self._write_down(reading(prepared, context, None), context)
        subscription = await self._live.subscribe(prepared, context, sink)
        _EXECUTED[OperationType.SUBSCRIPTION].inc()
        metrics.operation_cost.observe(prepared.cost)
        self._observer(prepared, context, None)
        return subscription

    async def _write_down(self, watched: Reading, context: Context) -> None:
        if watched.duties:
            await context.units.run(_call(context, watched), lambda work: None)
        elif self._witness is not None and context.viewer.management_id:
            note = self._witness.note
            await context.units.run_unaudited(lambda work: note(work, watched))


def reading(prepared: Prepared, context: Context, result: Result | None) -> Reading:
    """What the operation asks for, before there is a result, or has shown. Fields that anybody may read are left out,
    and those that the viewer may not; what staff queries lead to is personal data, too.
    """
    denied = prepared.plan.verdict(context.viewer)
    shown = [
        (each.binding.coordinates, access)
        for each in prepared.plan.fields
        if (access := each.binding.access) is not None and access.who is not Who.ANYONE and each not in denied
    ]
    for_staff = [access for _, access in shown if access.who is Who.STAFF]
    names = " ".join(sorted({name for name, _ in shown}))
    return Reading(
        context.viewer,
        names if len(names) <= FIELDS_LENGTH_MAX else f"{names[: FIELDS_LENGTH_MAX - 1]}…",
        next((access.purpose for access in for_staff or [access for _, access in shown]), ""),
        frozenset(access.duty for access in for_staff),
        frozenset(context.opened) if result is not None else frozenset(),
        _subjects(prepared, result),
    )


def _call(context: Context, done: Reading) -> Call:
    """What the audit says of a read by staff."""
    ids, address = " ".join(_few(done.ids)), context.remote_address
    return Call(STAFF_READ, done.viewer, context.request_id, done.purpose, address, done.fields, ids)


def _subjects(prepared: Prepared, result: Result | None) -> tuple[str, ...]:
    """The opaque ids that were asked for and that were shown, each once."""
    location = prepared.plan.operation.loc
    literals = _LITERAL_ID.findall(location.source.body) if location is not None else []
    found = (*literals, *_texts(prepared.variables), *_texts(None if result is None else result.data))
    return tuple(dict.fromkeys(text for text in found if is_id(text)))


def _few(ids: tuple[str, ...]) -> tuple[str, ...]:
    """What an audit row has room for; of too many, how many more."""
    left_out = len(ids) - SUBJECTS_MAX
    return ids if left_out <= 0 else (*ids[:SUBJECTS_MAX], f"+{left_out}")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)

"""The engine, observed: what staff read is audited, faults are counted, and others may look at each execution.

Everything here happens once an operation, and nothing once a field.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import strawberry
from graphql import OperationType

from server.gateway.engine import Engine, Limits, Prepared, RequestError, Result
from server.gateway.engine.plan import Field
from server.gateway.ports import Live
from server.kit import metrics
from server.kit.graph.access import Who
from server.kit.graph.context import Context
from server.kit.graph.sink import Sink, Subscription
from server.kit.ids import is_id
from server.kit.work import Call

STAFF_READ = "staffRead"
FIELDS_LENGTH_MAX = 4_000
SUBJECTS_MAX = 100
_LITERAL_ID = re.compile(r'"([a-z]{1,8}_[0-9a-z]{26})"')
_EXECUTED = {kind: metrics.operations.labels(kind.value) for kind in OperationType}

Observer = Callable[[Prepared, Context, Result | None], None]
"""Called after each query and mutation, and without a result once a subscription has begun; on the event loop, so it
must be quick, and not raise."""


def _unobserved(_prepared: Prepared, _context: Context, _result: Result | None) -> None:
    """The observer of a server that nobody looks at."""


class ObservedEngine(Engine):
    """An engine that leaves an audit row for each read by staff, before it is answered (H015)."""

    def __init__(
        self,
        schema: strawberry.Schema,
        *,
        limits: Limits | None = None,
        introspection: bool = True,
        suggestions: bool = False,
        observer: Observer = _unobserved,
    ) -> None:
        super().__init__(schema, limits=limits, introspection=introspection, suggestions=suggestions)
        self._observer = observer

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
        result = await super().execute(prepared, context)
        if context.viewer.staff_roles and prepared.kind is OperationType.QUERY and result.data is not None:
            result = await self._audited(prepared, context, result)
        _EXECUTED[prepared.kind].inc()
        metrics.operation_cost.observe(result.cost)
        for error in result.errors or ():
            metrics.errors.labels(str(error["extensions"]["code"])).inc()
        self._observer(prepared, context, result)
        return result

    async def _audited(self, prepared: Prepared, context: Context, result: Result) -> Result:
        """The result, once an audit row says that it was read; an error when none could be written."""
        shown = staff_fields(prepared, context)
        if not shown:
            return result
        call = Call(
            STAFF_READ,
            context.viewer,
            context.request_id,
            shown[0].binding.access.purpose if shown[0].binding.access else None,
            context.remote_address,
            _names(prepared),
            " ".join(_subjects(prepared, result)),
        )
        try:
            await context.units.run(call, lambda work: None)
        except Exception as exc:
            reporter = self._reporter(context)
            reporter.add(exc)
            return Result(None, reporter.errors())
        return result


class ObservedLive:
    """The live hub, with each subscription that begins observed."""

    def __init__(self, live: Live, observer: Observer = _unobserved) -> None:
        self._live = live
        self._observer = observer

    async def subscribe(self, prepared: Prepared, context: Context, sink: Sink) -> Subscription:
        subscription = await self._live.subscribe(prepared, context, sink)
        _EXECUTED[OperationType.SUBSCRIPTION].inc()
        metrics.operation_cost.observe(prepared.cost)
        self._observer(prepared, context, None)
        return subscription


def staff_fields(prepared: Prepared, context: Context) -> list[Field]:
    """The fields of the operation that only staff may read, and this viewer may."""
    plan = prepared.plan
    denied = plan.verdict(context.viewer)
    return [
        each
        for each in plan.fields
        if (access := each.binding.access) is not None and access.who is Who.STAFF and each not in denied
    ]


def _names(prepared: Prepared) -> str:
    """Every field that the operation asks for: what staff queries lead to is personal data, too."""
    fields = prepared.plan.fields
    names = " ".join(sorted({each.binding.coordinates for each in fields if not each.binding.open}))
    return names if len(names) <= FIELDS_LENGTH_MAX else f"{names[: FIELDS_LENGTH_MAX - 1]}…"


def _subjects(prepared: Prepared, result: Result) -> list[str]:
    """The opaque ids that were asked for and that were shown, each once; of too many, how many more."""
    location = prepared.plan.operation.loc
    literals = _LITERAL_ID.findall(location.source.body) if location is not None else []
    found = (*literals, *_texts(prepared.variables), *_texts(result.data))
    ids = list(dict.fromkeys(text for text in found if is_id(text)))
    left_out = len(ids) - SUBJECTS_MAX
    return ids if left_out <= 0 else [*ids[:SUBJECTS_MAX], f"+{left_out}"]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)

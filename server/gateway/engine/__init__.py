"""The compiled executor: an operation becomes a plan, a query one synchronous function over one read."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import strawberry
from graphql import GraphQLError, GraphQLSchema, OperationType
from graphql.execution.values import VariableValues

from server.gateway.engine.binding import Bindings
from server.gateway.engine.cache import Recent
from server.gateway.engine.document import Documents, Limits
from server.gateway.engine.errors import BAD_USER_INPUT, Reporter, RequestError, coded, refused
from server.gateway.engine.plan import Field, Plan, compile_plan
from server.gateway.engine.response import Result
from server.gateway.engine.run import Frame, Run, call_each
from server.gateway.engine.values import frozen
from server.kit.graph.access import Access
from server.kit.graph.context import Context

if TYPE_CHECKING:
    from server.kit.graph.feed import Feed
    from server.kit.work import Read

__all__ = ["Engine", "Limits", "Prepared", "RequestError", "Result"]


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """An operation that is valid and may be executed, any number of times."""

    plan: Plan
    variable_values: VariableValues
    cost: int
    """Points that the operation may cost (`cost.py`)."""
    resume_after: int | None = None
    """Where a subscription resumes, if its transport knows better than its arguments."""

    def resumed(self, after: int) -> Prepared:
        return replace(self, resume_after=after)

    @property
    def kind(self) -> OperationType:
        return self.plan.kind

    @property
    def operation_name(self) -> str | None:
        name = self.plan.operation.name
        return name.value if name else None

    @property
    def variables(self) -> Mapping[str, Any]:
        return self.variable_values.coerced

    @property
    def document_hash(self) -> str:
        """SHA-256 of the query text, in hexadecimal."""
        return self.plan.document.hash

    @property
    def share_key(self) -> Hashable:
        """What two subscribers must have in common, beside authority and language, to share an execution."""
        text, used = self.plan.canonical
        return text, frozen({name: value for name, value in self.variables.items() if name in used})


class Engine:
    """Executes operations of one schema. Raises TypeError for a schema with fields that it cannot run."""

    def __init__(
        self,
        schema: strawberry.Schema,
        *,
        limits: Limits | None = None,
        introspection: bool = True,
        suggestions: bool = False,
    ) -> None:
        """`suggestions`: whether errors name what was probably meant; who may not ask for the schema learns it so."""
        self._limits = limits or Limits()
        self._bindings = Bindings(schema)
        self._documents = Documents(
            self._bindings.core, self._limits, introspection=introspection, suggestions=suggestions
        )
        self._plans: Recent[Hashable, Plan] = Recent(
            self._limits.cached_plan_fields_max, lambda _, plan: 1 + len(plan.fields)
        )

    @property
    def core(self) -> GraphQLSchema:
        """What is served, as graphql-core knows it."""
        return self._bindings.core

    def declared(self) -> Mapping[str, Access | None]:
        """What each field declares, by its coordinates `Type.field`; introspection is not among them."""
        return {b.coordinates: b.access for b in self._bindings.declared() if not b.open}

    def undeclared(self) -> list[str]:
        """The fields, as `Type.field`, that declare no access; they are refused (Q010)."""
        return [coordinates for coordinates, access in self.declared().items() if access is None]

    def prepare(
        self,
        query: str,
        operation_name: str | None = None,
        variables: Mapping[str, Any] | None = None,
        *,
        request_id: str = "",
    ) -> Prepared:
        """Parse, limit, validate, coerce, compile. Raises RequestError, and nothing else, for any input."""
        if not isinstance(query, str) or not isinstance(operation_name, str | None):
            raise refused("The query and the operation name are strings.", BAD_USER_INPUT)
        if not isinstance(variables, Mapping | None):
            raise refused("The variables are an object.", BAD_USER_INPUT)
        try:
            document = self._documents.get(query)
            operation = document.operation(operation_name)
            values = self._documents.variables(operation, variables)
            conditions = tuple(values.coerced.get(name) for name in document.conditions)
            plan = self._plans.get(
                (document.hash, operation_name or None, conditions),
                lambda: compile_plan(self._bindings, document, operation, values, self._limits),
            )
        except RequestError:
            raise
        except GraphQLError as error:
            raise RequestError(coded([error], BAD_USER_INPUT)) from None
        except Exception as exc:
            raise self._refusal(exc, request_id) from exc
        return Prepared(plan, values, self._cost(plan, values))

    def _cost(self, plan: Plan, values: VariableValues) -> int:
        cost, most = plan.cost(values.coerced), self._limits.cost_max
        if cost > most:
            raise refused(f"The operation may cost {cost} points; at most {most} are allowed.", "COST_LIMIT")
        return cost

    async def execute(self, prepared: Prepared, context: Context) -> Result:
        """Run a query or a mutation."""
        if prepared.kind is OperationType.SUBSCRIPTION:
            raise ValueError("a subscription is opened with feed()")
        if prepared.kind is OperationType.MUTATION:
            return await self._mutate(prepared, context)
        if not prepared.plan.reads:
            return self._query(prepared, context)
        try:
            return await context.units.read(lambda read: self._query(prepared, context, read))
        except Exception as exc:
            reporter = self._reporter(context)
            reporter.add(exc)
            return Result(None, reporter.errors())

    def feed(self, prepared: Prepared, context: Context) -> Feed:
        """Open the feed of a subscription. Raises RequestError when it is refused."""
        run, frame, field = self._subscription(prepared, context)
        if denial := run.denial(field):
            raise self._refusal(denial, context.request_id, field)
        assert field.binding.feed is not None, "checked when the engine was made"
        try:
            info = run.info(field, frame)
            opened: Feed = field.binding.feed(info, **run.arguments(field))
            if prepared.resume_after is not None:
                opened.after = prepared.resume_after
        except Exception as exc:
            raise self._refusal(exc, context.request_id, field) from exc
        return opened

    def render(self, prepared: Prepared, value: Any, context: Context, read: Read) -> Result:
        """The response to one event of a feed; `value` is the root field's value. Runs inside `read`."""
        run, frame, field = self._subscription(prepared, context)
        with context.reading(read):
            run.assemble(frame, [run.complete(field, [run.denial(field) or value], frame)], 1)
            return run.finish(frame)

    def _subscription(self, prepared: Prepared, context: Context) -> tuple[Run, Frame, Field]:
        if prepared.kind is not OperationType.SUBSCRIPTION:
            raise ValueError("the operation is not a subscription")
        run = self._run(prepared, context)
        if len(prepared.plan.root.fields) != 1:
            raise refused("A subscription selects exactly one field.", BAD_USER_INPUT)
        return run, run.root(), prepared.plan.root.fields[0]

    def _query(self, prepared: Prepared, context: Context, read: Read | None = None) -> Result:
        run = self._run(prepared, context)
        frame = run.root()

        def columns() -> Result:
            run.assemble(frame, [run.column(field, [None], frame) for field in frame.selection.fields], 1)
            return run.finish(frame)

        if read is None:
            return columns()
        with context.reading(read):
            return columns()

    async def _mutate(self, prepared: Prepared, context: Context) -> Result:
        """The root fields one after the other, each followed by its selection (GraphQL spec §6.2.2)."""
        run = self._run(prepared, context)
        frame = run.root()
        columns = []
        for field in frame.selection.fields:
            value = await _perform(run, field, frame)
            columns.append(await _complete(run, field, value, frame))
        run.assemble(frame, columns, 1)
        return run.finish(frame)

    def _run(self, prepared: Prepared, context: Context) -> Run:
        plan = prepared.plan
        verdict = plan.verdict(context.viewer)
        return Run(self._bindings, plan, prepared.variable_values, context, verdict, self._reporter(context))

    def _reporter(self, context: Context) -> Reporter:
        return Reporter(context.request_id, self._limits.errors_max)

    def _refusal(self, exc: Exception, request_id: str, field: Field | None = None) -> RequestError:
        reporter = Reporter(request_id, self._limits.errors_max)
        message, extensions = reporter.describe(exc, field.binding.coordinates if field else None)
        nodes, path = (list(field.nodes), [field.key]) if field else (None, None)
        return RequestError([GraphQLError(message, nodes=nodes, path=path, extensions=extensions)])


async def _perform(run: Run, field: Field, frame: Frame) -> Any:
    """The value of a mutation's root field, or the exception that stands for it."""
    if field.binding.open:
        return frame.selection.type.name
    if denial := run.denial(field):
        return denial
    try:
        info = run.info(field, frame)
        [value] = call_each(field.binding, [None], info, run.arguments(field))
        return value if isinstance(value, Exception) else await value
    except Exception as exc:
        return exc


async def _complete(run: Run, field: Field, value: Any, frame: Frame) -> list[Any]:
    if field.shape.plain or isinstance(value, Exception):
        return run.complete(field, [value], frame)

    def complete(read: Read) -> list[Any]:
        with run.context.reading(read):
            return run.complete(field, [value], frame)

    try:
        return await run.context.units.read(complete)
    except Exception as exc:
        return run.complete(field, [exc], frame)

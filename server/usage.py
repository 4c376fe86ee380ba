"""From what the gateway executes to the log of API use: the one who knows both."""

from __future__ import annotations

from server.accounts.adapters.api_log import ApiLog
from server.gateway.engine import Prepared, Result
from server.gateway.observed import Observer
from server.kit.graph.context import Context


def logging_uses(api_log: ApiLog) -> Observer:
    """Notes every operation of an API key; a subscription when it begins."""

    def observe(prepared: Prepared, context: Context, result: Result | None) -> None:
        if context.viewer.scopes is None:
            return
        fields = " ".join(dict.fromkeys(each.binding.name for each in prepared.plan.root.fields))
        errors = (result.errors if result is not None else None) or ()
        status = str(errors[0]["extensions"]["code"]) if errors else "OK"
        use = api_log.note(context.viewer, context.channel, fields, status)
        if use is None or result is None:
            return

        def encoded(size_bytes: int) -> None:
            use.size_bytes = size_bytes
            use.cost = _cost(result)

        result.encoded = encoded

    return observe


def _cost(result: Result) -> int | None:
    cost = (result.extensions or {}).get("cost")
    actual = cost.get("actual") if isinstance(cost, dict) else None
    return actual if isinstance(actual, int) else None

"""From what the gateway executes to the log of API use: the one who knows both."""

from __future__ import annotations

from server.accounts.adapters.api_log import ApiLog
from server.gateway.engine import Prepared, Result
from server.gateway.observed import Observer
from server.kit.graph.context import Context


def logging_uses(api_log: ApiLog) -> Observer:
    """Notes every operation of an API key; a subscription when it begins."""

    def observe(prepared: Prepared, context: Context, result: Result | None) -> None:
        fields = " ".join(dict.fromkeys(each.binding.name for each in prepared.plan.root.fields))
        errors = (result.errors if result is not None else None) or ()
        status = str(errors[0]["extensions"]["code"]) if errors else "OK"
        use = api_log.note(context.viewer, context.channel, fields, status)
        if use is None or result is None:
            return

        def encoded(size_bytes: int) -> None:
            use.size_bytes = size_bytes

        use.cost, result.encoded = result.cost, encoded

    return observe

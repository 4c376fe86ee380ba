"""Runs localstripe, an independent imitation of Stripe, on a free port of loopback: `python -m …` prints the port.

It knows Stripe's API as it was some years ago. What came later is taken out of requests and put into answers, and it
does not write its memory to a shared file.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Any

from aiohttp import web
from localstripe import resources

LATER = ("allowed_payment_method_types", "off_session", "use_stripe_sdk")


def without_later(create: Callable[..., Any]) -> Callable[..., Any]:
    """The same call, without parameters that it would refuse."""

    def called(*args: Any, **given: Any) -> Any:
        return create(*args, **{name: value for name, value in given.items() if name not in LATER})

    return called


def received(intent: resources.PaymentIntent) -> int:
    return intent.amount if intent.status == "succeeded" else 0


async def serve() -> None:
    """Until the process is ended."""
    resources.Store.dump_to_disk = lambda _self: None
    resources.extra_apis[:] = [(verb, url, without_later(call)) for verb, url, call in resources.extra_apis]
    resources.PaymentIntent.amount_received = property(received)
    for resource in (resources.PaymentIntent, resources.SetupIntent):
        resource._api_create = without_later(resource._api_create)
    from localstripe.server import app

    runner = web.AppRunner(app)
    await runner.setup()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        await web.SockSite(runner, listener).start()
        print(listener.getsockname()[1], flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve())

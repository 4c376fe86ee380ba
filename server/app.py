"""The composition root: settings in, Starlette application out. The only module that knows every slice."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import structlog
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from server import migrations
from server.accounts import rules as account_rules
from server.accounts.adapters.authenticator import Authenticator
from server.accounts.adapters.passwords import Passwords
from server.gateway.engine import Engine, Limits
from server.gateway.gateway import Gateway
from server.gateway.graphiql import graphiql
from server.gateway.limits import GatewayLimits
from server.gateway.operations import Ports
from server.gateway.ports import RequestFacts
from server.kit import personal
from server.kit.bus.memory import MemoryBus
from server.kit.clock import Clock, SystemClock
from server.kit.db import open_database
from server.kit.due import DueRunner
from server.kit.events import Reactions
from server.kit.graph.context import Context
from server.kit.graph.live import Live, LiveLimits
from server.kit.ids import Entropy, Ids, SystemEntropy
from server.kit.keystore import KeyStore, MasterKeys
from server.kit.problems import PublicError
from server.kit.registry import Registry
from server.kit.viewer import Viewer
from server.kit.work import House, Units
from server.orders import rules as order_rules
from server.schema import HOLDINGS, schema
from server.settings import Settings
from server.topups import rules as topup_rules
from server.wallet import rules as wallet_rules

USES_STORED_EVERY_SECONDS = 60.0

_log = structlog.get_logger("postmeter.app")


def default_terms() -> Registry:
    """Each slice's numbers, as profile `mailpro` sets them."""
    return Registry(account_rules.Terms(), wallet_rules.Terms(), topup_rules.Terms(), order_rules.Terms())


class Postmeter:
    """The assembled server. Clock and entropy are the machine's, except in tests and in the demo."""

    def __init__(
        self, settings: Settings, *, clock: Clock | None = None, entropy: Entropy | None = None
    ) -> None:
        self.settings = settings
        self.house = _house(settings, clock or SystemClock(), entropy or SystemEntropy())
        self.units = Units(self.house)
        self.engine = Engine(
            schema,
            limits=Limits(
                tokens_max=settings.document_tokens_max, depth_max=settings.document_depth_max
            ),
            introspection=settings.introspection,
        )
        self.authenticator = Authenticator(self.units)
        self.passwords = Passwords(self.units, workers=settings.password_workers)
        self.services = Registry(self.passwords)
        self.due = DueRunner(self.units, {})

    # ---- running

    @asynccontextmanager
    async def storage(self) -> AsyncIterator[None]:
        """The databases, open and migrated: what commands need."""
        _refuse(personal.faults(HOLDINGS))
        self.house.keys.create_tables()
        await self.house.database.start()
        try:
            await self.house.database.write(migrations.migrate)
            yield
        finally:
            await self.house.database.close()
            self.house.keys.close()
            self.passwords.close()


def _house(settings: Settings, clock: Clock, entropy: Entropy) -> House:
    masters = MasterKeys.load(settings.master_key_file, entropy)
    return House(
        database=open_database(settings.database_url),
        keys=KeyStore(settings.key_store_url, masters, entropy),
        clock=clock,
        entropy=entropy,
        ids=Ids(clock, entropy),
        terms=default_terms(),
        bus=MemoryBus(),
        reactions=Reactions(),
    )


def _refuse(faults: list[str]) -> None:
    if faults:
        raise SystemExit("Postmeter does not start:\n" + "\n".join(f"  - {fault}" for fault in faults))

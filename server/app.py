"""The composition root: settings in, Starlette application out. The only module that knows every slice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

import structlog
from sqlalchemy.util import greenlet_spawn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from server import duties, migrations
from server.accounts import actions as account_actions
from server.accounts import jobs as account_jobs
from server.accounts import reads as account_reads
from server.accounts import rules as account_rules
from server.accounts.actions.accesses import check_asked, note_reading
from server.accounts.actions.restricting import restrain
from server.accounts.adapters.api_log import ApiLog
from server.accounts.adapters.authenticator import SESSION_COOKIE, Authenticator
from server.accounts.adapters.passkeys import Passkeys
from server.accounts.adapters.passwords import Passwords
from server.campaigns import rules as campaign_rules
from server.campaigns.adapters.fetching import HttpsFetcher
from server.campaigns.http import events as event_http
from server.campaigns.http import exports as export_http
from server.campaigns.http import unsubscribe as unsubscribe_http
from server.campaigns.http.webhooks import EventWebhooks
from server.campaigns.jobs import benchmarks as benchmark_jobs
from server.campaigns.jobs import statistics as statistic_jobs
from server.campaigns.rules.connections import WebhookTerms
from server.checks import CHECKS
from server.checks.served import Offer, Served, Transport
from server.gateway.browser_safety import BrowserSafety, CrossOrigin
from server.gateway.dashboard import dashboard
from server.gateway.engine import Limits
from server.gateway.gateway import Gateway
from server.gateway.graphiql import graphiql
from server.gateway.identity import set_cookie_headers
from server.gateway.last_resort import LastResort
from server.gateway.limits import GatewayLimits
from server.gateway.observed import ObservedEngine, ObservedLive, Witness
from server.gateway.operations import Ports
from server.gateway.pages import pages
from server.gateway.ports import RateLimiter, RequestFacts
from server.gateway.rate_limiter import MemoryRateLimiter
from server.gateway.request_ids import RequestIds
from server.gateway.shared_rate_limiter import SharedRateLimiter
from server.gateway.tcp_connections import TcpConnections
from server.gateway.throttle import ThrottleTerms
from server.gateway.transport_security import TransportSecurity, is_loopback
from server.kit import metrics, personal
from server.kit.bus import open_bus
from server.kit.clock import Clock, SystemClock
from server.kit.crypto import Shredded
from server.kit.db import open_database
from server.kit.due import DueRunner, overview
from server.kit.due.overview import Count
from server.kit.graph.context import Context, Cookie
from server.kit.graph.live import Live, LiveLimits
from server.kit.ids import Entropy, Ids, SystemEntropy
from server.kit.journal import Journal
from server.kit.keystore import KeyStore
from server.kit.masterkeys import MasterKeys
from server.kit.registry import Registry
from server.kit.viewer import Allowance, Viewer
from server.kit.work import House, Units
from server.notices import rules as notice_rules
from server.notices.adapters import relay as mail_relay
from server.operations import jobs as operation_jobs
from server.operations.auditing.proof import AuditReport
from server.operations.reads import Sockets, Today
from server.orders import http as order_http
from server.orders import jobs as order_jobs
from server.orders import rules as order_rules
from server.orders.adapters.printer import Printer
from server.orders.rules.invoicing_terms import seller_faults
from server.points import installed
from server.policy import http as policy_http
from server.policy import jobs as policy_jobs
from server.policy.actions.versions import record_versions
from server.policy.adapters.api_schema import record_schema
from server.policy.adapters.profiles import load_profile
from server.policy.rules.checking import Checks
from server.policy.rules.profile import ProfileInvalid
from server.policy.rules.publishing import Published
from server.policy.rules.storing import StoreTerms, store_faults
from server.policy.rules.validation import faults, warnings
from server.privacy import http as privacy_http
from server.privacy.adapters.erasing import Eraser
from server.privacy.jobs import erasing as erasing_jobs
from server.privacy.jobs import retention as retention_jobs
from server.reactions import reactions
from server.schema import HELD, NODES, schema, sdl
from server.scraping import Gauges, States, metrics_server
from server.senders import http as sender_http
from server.settings import Settings
from server.terms import terms_of
from server.topups.adapters.gateway import Gateways
from server.topups.adapters.sandbox import Sandbox
from server.topups.adapters.stripe.client import API_URL, Api
from server.topups.adapters.stripe.gateway import Stripe
from server.topups.http import StripeWebhook
from server.usage import logging_uses
from server.wallet import jobs as wallet_jobs
from server.wallet.reads.proof import Report

USES_STORED_EVERY_SECONDS = 60.0
_WITNESS = Witness(check_asked, note_reading)

_log = structlog.get_logger("postmeter.app")


class Postmeter:
    """The assembled server. Clock and entropy are the machine's, except in tests and in the demo."""

    def __init__(
        self, settings: Settings, *, clock: Clock | None = None, entropy: Entropy | None = None
    ) -> None:
        self.settings = settings
        self.metrics_port: int | None = None
        self.leaving = False
        self.erasures_replayed = 0
        self.house = _house(settings, clock or SystemClock(), entropy or SystemEntropy())
        self.units = Units(self.house)
        self.authenticator = Authenticator(self.units)
        self.passwords = Passwords(self.units, workers=settings.password_workers)
        sandbox = Sandbox(self.units, enabled=settings.sandbox_mark_file.exists())
        self.stripe = _stripe(settings, self.units)
        gateways = Gateways([sandbox, *([self.stripe] if self.stripe else [])])
        relay = _relay(settings)
        self.eraser = Eraser(Journal(settings.erasure_journal_file), HELD)
        steps = duties.handlers(
            relay,
            gateways,
            sandbox,
            settings.ledger_roots_dir,
            settings.audit_seals_dir,
            self.eraser,
        )
        self.due = DueRunner(self.units, steps, duties.TIMERS)
        passkeys = Passkeys(self.units, settings.public_origin)
        self.services = Registry(
            self.passwords,
            passkeys,
            sandbox,
            gateways,
            self.due.timers,
            Checks(CHECKS),
            Today(),
            Sockets(lambda: self.gateway.connections_open),
        )
        self.api_log = ApiLog(self.units)
        self._observer = logging_uses(self.api_log)
        self.engine = ObservedEngine(
            schema,
            limits=_document_limits(settings),
            introspection=settings.introspection,
            suggestions=settings.suggestions,
            observer=self._observer,
            witness=_WITNESS,
        )
        self.live = Live(
            self.units,
            render=self.engine.render,
            open_feed=self.engine.feed,
            authority=account_reads,
            limits=_live_limits(settings),
        )
        self.fetcher = HttpsFetcher(self.house.terms.get(WebhookTerms))
        self.gateway_limits = _gateway_limits(settings)
        self.tcp_connections = TcpConnections(self.gateway_limits.tcp_connections_per_address_max)
        self.throttle = _throttle_terms(settings)
        ide = graphiql(cdn=settings.graphiql_cdn)
        self.gateway = Gateway(self._ports(), ide=ide.page)
        self.asgi = Starlette(
            routes=[
                *self.gateway.routes("/graphql"),
                *ide.routes,
                *sender_http.routes(self.units),
                *unsubscribe_http.routes(self.units),
                *export_http.routes(self.units),
                *event_http.routes(self.units, self.authenticator.authenticate),
                *policy_http.routes(self.units),
                *privacy_http.routes(self.units),
                *self._webhooks(),
                *self._pages(),
            ],
            middleware=[Middleware(RequestIds, self._new_request_id), *_middleware(settings)],
            lifespan=lambda _: self.running(),
        )
        self.house.terms.add(self._served())

    @asynccontextmanager
    async def storage(self) -> AsyncIterator[None]:
        """The databases, open and migrated: what commands need."""
        _refuse(personal.faults(HELD))
        self._check_policy()
        _refuse(list(store_faults(self.house.terms.get(StoreTerms))))
        entities = self.house.terms.get(account_rules.Terms)
        codes = (entities.entity_europe.code, entities.entity_other.code)
        _refuse(seller_faults(self.house.terms.get(order_rules.Terms).invoicing, codes))
        await self._open_keys()
        await self.house.database.start()
        try:
            await self._migrate()
            async with self.house.bus.running():
                _refuse(await self.units.run_unaudited(record_versions))
                # What a backup brought back is erased again before anybody asks (C29).
                self.erasures_replayed = await self.eraser.replay(self.units)
                yield
        finally:
            await self._close()

    @asynccontextmanager
    async def looking(self) -> AsyncIterator[None]:
        """The main database, open as it is: what commands need that change nothing."""
        await self.house.database.start()
        try:
            yield
        finally:
            await self._close()

    async def _open_keys(self) -> None:
        """Raises SystemExit when the master key's file is not that of the key store."""
        try:
            # On PostgreSQL the key store awaits from inside synchronous code, which takes a greenlet.
            await greenlet_spawn(self.house.keys.create_tables)
        except Shredded:
            file = self.settings.master_key_file
            _refuse(
                [f"{file} is not the master key of the key store: all servers share one (see the README)."]
            )

    async def _migrate(self) -> None:
        """Raises SystemExit when a newer release has taken out what this one uses."""
        try:
            await self.house.database.write(migrations.migrate)
        except migrations.SchemaTooNew as fault:
            _refuse([str(fault)])

    async def _close(self) -> None:
        await self.house.database.close()
        await greenlet_spawn(self.house.keys.close)
        self.passwords.close()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The whole server: storage, due work, live feeds, and the house-keeping between them."""
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self.storage())
            self._warn_of_policy()
            await record_schema(self.units, sdl())
            await self.units.run_unaudited(operation_jobs.plan)
            await self.units.run_unaudited(wallet_jobs.plan)
            await self.units.run_unaudited(order_jobs.plan)
            await self.units.run_unaudited(statistic_jobs.plan)
            await self.units.run_unaudited(benchmark_jobs.plan)
            await self.units.run_unaudited(policy_jobs.plan)
            await self.units.run_unaudited(retention_jobs.plan)
            await account_jobs.plan(self.units)
            await erasing_jobs.plan(self.units)
            self.house.database.watch_others(self.house.bus.wake_all)
            stack.push_async_callback(self.authenticator.store_uses)
            stack.push_async_callback(self.api_log.store)
            stack.push_async_callback(self.live.close)
            stack.push_async_callback(self.fetcher.close)
            if self.stripe is not None:
                stack.push_async_callback(self.stripe.close)
            await stack.enter_async_context(_background(self.due.serve))
            await stack.enter_async_context(_background(self._store_uses))
            await stack.enter_async_context(self._metrics())
            yield

    def _check_policy(self) -> None:
        """Raises SystemExit with what the profile, or the one that is announced, lacks for this server."""
        published = self.house.terms.get(Published)
        for profile in filter(None, (published.profile, published.upcoming)):
            _refuse([f"{profile.name}: {fault}" for fault in faults(profile, installed())])

    def _warn_of_policy(self) -> None:
        """What a server says of its profile when it starts; commands do not repeat it."""
        profile = self.house.terms.get(Published).profile
        for warning in warnings(profile):
            _log.warning("policy_warning", profile=profile.name, warning=warning)

    async def schema_version(self) -> str | None:
        """The version of the database."""
        return await self.house.database.read(migrations.revision)

    async def verify_ledger(self, progress: Callable[[int, int], None]) -> Report:
        """Replay the ledger and compare it with the signed roots."""
        roots_dir = self.settings.ledger_roots_dir
        return await wallet_jobs.verify_ledger(self.units, progress=progress, roots_dir=roots_dir)

    async def verify_audit(self, progress: Callable[[int], None]) -> AuditReport:
        """Look at every audit row, and compare with the seals outside the database."""
        return await operation_jobs.verify_audit(self.units, self.settings.audit_seals_dir, progress)

    async def _store_uses(self) -> None:
        while True:
            await asyncio.sleep(USES_STORED_EVERY_SECONDS)
            try:
                await self.authenticator.store_uses()
                await self.api_log.store()
            except Exception:
                _log.exception("store_uses_failed")

    def _ports(self) -> Ports:
        return Ports(
            engine=self.engine,
            live=ObservedLive(self.live, self._observer, _WITNESS),
            authenticator=self.authenticator,
            make_context=self._context,
            new_request_id=self._new_request_id,
            limits=self.gateway_limits,
            limiter=self._limiter(),
            throttle=self.throttle,
            allowed_origins=frozenset(self.settings.allowed_origins),
            session_cookie_name=SESSION_COOKIE,
        )

    def _served(self) -> Served:
        """What the checks of the policy look at beside the database."""
        session = Cookie(SESSION_COOKIE, "secret", 1)
        passed: list[object] = [each.cls for each in self.asgi.user_middleware]
        transport = Transport(
            over_tls=self.settings.reached_over_tls,
            refuses_plain=TransportSecurity in passed,
            loopback=is_loopback(self.settings.host),
            throttle=self.throttle,
            cookies=tuple(value.decode() for _, value in set_cookie_headers([session], secure=True)),
        )
        return Served(Offer.of(self.engine), transport, NODES, self.due.timers, self.eraser.journal)

    def _limiter(self) -> RateLimiter:
        if self.settings.sqlite_file is not None:
            return MemoryRateLimiter(self.throttle)
        return SharedRateLimiter(self.throttle, self.units)

    def _new_request_id(self) -> str:
        return self.house.ids.new("req")

    def _context(self, viewer: Viewer, facts: RequestFacts) -> Context:
        return Context(
            units=self.units,
            services=self.services,
            viewer=viewer,
            request_id=facts.request_id,
            language=facts.language,
            remote_address=facts.remote_address,
            user_agent=facts.user_agent,
            channel=facts.channel,
        )

    def _webhooks(self) -> list[BaseRoute]:
        secret = self.settings.stripe_webhook_secret
        stripe = [] if secret is None else [StripeWebhook(self.units, secret.get_secret_value()).route]
        return [*stripe, EventWebhooks(self.units, self.fetcher).route]

    def _pages(self) -> list[BaseRoute]:
        printer = Printer(
            at_once=self.settings.print_workers, seconds_max=self.settings.print_timeout_seconds
        )
        documents = order_http.documents(self.units, printer)
        return [
            *pages(sdl() if self.settings.introspection else None),
            *dashboard(),
            *documents,
            Route("/healthz", _alive),
            Route("/readyz", self._ready),
        ]

    async def _ready(self, _request: Request) -> Response:
        """Whether this server can work, and what it lacks: what a load balancer asks before it sends anybody here.

        Strangers may ask, so the answer has no versions, no addresses and no errors; those are in the log.
        """
        checks = {"database": self._schema_fits, "keyStore": self._keys_answer, "staying": self._stays}
        parts = {name: await _is_so(name, check) for name, check in checks.items()}
        ready = all(parts.values())
        return JSONResponse({"ready": ready, **parts}, status_code=200 if ready else 503)

    async def _schema_fits(self) -> bool:
        return await self.house.database.read(migrations.serves)

    async def _keys_answer(self) -> bool:
        await greenlet_spawn(self.house.keys.check)
        return True

    async def _stays(self) -> bool:
        """Whether nobody has told it to stop."""
        return not self.leaving

    @asynccontextmanager
    async def _metrics(self) -> AsyncIterator[None]:
        """Serves metrics, where a setting says so."""
        if self.settings.metrics_port is None:
            yield
            return
        states = States(self._gauges(), self._due_counts)
        host, port = self.settings.metrics_host, self.settings.metrics_port
        async with metrics_server(host, port, metrics.REGISTRY, states) as self.metrics_port:
            _log.info("metrics_served", host=host, port=self.metrics_port)
            yield

    def _gauges(self) -> Gauges:
        return {
            "tcp_connections": ("Network connections.", lambda: len(self.tcp_connections)),
            "connections_open": ("Sockets and event streams.", lambda: self.gateway.connections_open),
            "mutations_in_flight": ("Mutations that run.", lambda: self.gateway.mutations_in_flight),
            "subscriptions": ("Live subscriptions.", lambda: self.live.subscription_count),
            "shared_executions": ("Executions that subscriptions share.", lambda: self.live.channel_count),
            "subscriber_backlog_max": (
                "Messages that wait for the slowest subscriber.",
                lambda: self.live.backlog_max,
            ),
            "writes_waiting": (
                "Writes that wait for the database.",
                lambda: self.house.database.writes_waiting,
            ),
            "transactions_open": (
                "Transactions that have begun and not ended.",
                lambda: self.house.database.transactions_open,
            ),
            "bus_connected": (
                "1 while wake-ups go to other processes and come from them.",
                lambda: int(self.house.bus.connected),
            ),
            "tasks": ("Tasks of the event loop.", lambda: len(asyncio.all_tasks())),
            "api_uses_waiting": ("Uses of API keys that wait to be logged.", lambda: self.api_log.waiting),
            "passwords_pending": (
                "Passwords being hashed or waiting for it.",
                lambda: self.passwords.pending,
            ),
        }

    async def _due_counts(self) -> Sequence[Count]:
        return await self.units.read(lambda read: overview.counts(read, self.due.timers.contractual))


async def _is_so(name: str, check: Callable[[], Awaitable[bool]]) -> bool:
    try:
        async with asyncio.timeout(2):
            return await check()
    except Exception:
        _log.warning("not_ready", part=name, exc_info=True)
        return False


async def _alive(_request: Request) -> Response:
    return JSONResponse({"alive": True})


def _house(settings: Settings, clock: Clock, entropy: Entropy) -> House:
    terms = _terms(settings)
    terms.add(notice_rules.Mailing(relay=settings.smtp_url is not None))
    terms.add(campaign_rules.PublicAddress(settings.public_url))
    terms.add(replace(terms.get(StoreTerms), regions=settings.regions))
    masters = MasterKeys.load(settings.master_key_file, entropy)
    return House(
        database=open_database(settings.database_url),
        keys=KeyStore(settings.key_store_url, masters, entropy),
        clock=clock,
        entropy=entropy,
        ids=Ids(clock, entropy),
        terms=terms,
        bus=open_bus(settings.bus_address),
        reactions=reactions(),
        guard=account_actions.guard,
        restraint=restrain,
    )


def _terms(settings: Settings) -> Registry:
    """The numbers of all slices, from the policy profile that the settings name."""
    try:
        profile = load_profile(settings.policy)
        upcoming = None if settings.policy_next is None else load_profile(settings.policy_next)
        if upcoming is not None:
            terms_of(upcoming)  # what cannot be run by must not be announced
        return terms_of(profile, upcoming)
    except ProfileInvalid as invalid:
        raise SystemExit(_refusal(invalid.faults)) from None


def _relay(settings: Settings) -> mail_relay.MailRelay:
    url = settings.smtp_url.get_secret_value() if settings.smtp_url is not None else None
    try:
        return mail_relay.relay_for(url, settings.mail_from)
    except ValueError as error:
        raise SystemExit(f"Postmeter does not start: {error}") from None


def _stripe(settings: Settings, units: Units) -> Stripe | None:
    if settings.stripe_secret_key is None:
        return None
    return Stripe(
        units, Api(settings.stripe_secret_key.get_secret_value(), settings.stripe_api_url or API_URL)
    )


def _middleware(settings: Settings) -> list[Middleware]:
    """What every request passes, the outermost first."""
    tls = [Middleware(TransportSecurity)] if settings.reached_over_tls else []
    others = settings.allowed_origins
    cors = [Middleware(CrossOrigin, path="/graphql", origins=others)] if others else []
    return [Middleware(BrowserSafety), *tls, *cors, Middleware(LastResort)]


def _document_limits(settings: Settings) -> Limits:
    return Limits(
        tokens_max=settings.document_tokens_max,
        depth_max=settings.document_depth_max,
        cost_max=settings.operation_cost_max,
    )


def _throttle_terms(settings: Settings) -> ThrottleTerms:
    return ThrottleTerms(
        client=Allowance(settings.client_cost_max, settings.client_cost_restored_per_second),
        account_factor=settings.account_cost_factor,
        block_after=settings.client_block_after,
        block_seconds=settings.client_block_seconds,
    )


def _live_limits(settings: Settings) -> LiveLimits:
    return LiveLimits(latest_per_second_max=settings.live_updates_per_second_max)


def _gateway_limits(settings: Settings) -> GatewayLimits:
    return GatewayLimits(
        body_bytes_max=settings.body_bytes_max,
        request_timeout_seconds=settings.request_timeout_seconds,
        tcp_connections_per_address_max=(
            None if settings.tls_terminated_by_proxy else settings.tcp_connections_per_address_max
        ),
        connections_per_account_max=settings.connections_per_account_max,
        connections_per_address_max=settings.connections_per_address_max,
        operations_per_connection_max=settings.subscriptions_per_connection_max,
        send_queue_messages_max=settings.send_queue_messages_max,
        ping_interval_seconds=settings.ping_interval_seconds,
    )


def _refuse(faults: list[str]) -> None:
    if faults:
        raise SystemExit(_refusal(faults))


def _refusal(faults: list[str]) -> str:
    return "Postmeter does not start:\n" + "\n".join(f"  - {fault}" for fault in faults)


@asynccontextmanager
async def _background(work: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    task = asyncio.ensure_future(work())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

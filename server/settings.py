"""Every setting of a deployment, typed, with its unit in its name. Read from `POSTMETER_…` and from `.env`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

_REGION = "^([A-Z]{2}|LOCAL)$"


class Settings(BaseSettings):
    """What an operator may change. The defaults are safe and run on one machine with nothing else installed."""

    # Values are not quoted in errors: some are secrets.
    model_config = SettingsConfigDict(
        env_prefix="POSTMETER_", env_file=".env", extra="ignore", hide_input_in_errors=True
    )

    database_url: str = Field(
        "sqlite:///data/postmeter.sqlite3",
        description="The main database: `sqlite:///path` or `postgresql://user@host/name`.",
    )
    bus_url: SecretStr | None = Field(
        None,
        description="What tells the servers of one database of each other's changes: `postgresql://…`, or "
        "`nats://user:password@host:4222`, of a cluster several with commas between. Unset: the main database.",
    )
    key_store_url: str = Field(
        "sqlite:///keys/keys.sqlite3",
        description="The key store, a database of its own. Keep it, and its backups, away from the main one.",
    )
    master_key_file: Path = Field(
        Path("keys/master.key"), description="The master key; made with mode 0600 when it is missing."
    )
    ledger_roots_dir: Path = Field(
        Path("keys/ledger-roots"), description="Where the daily signed ledger roots are written."
    )
    sandbox_mark_file: Path = Field(
        Path("data/SANDBOX"),
        description="Only where this file exists does the sandbox payment gateway, which mints play money, work.",
    )
    audit_seals_dir: Path = Field(
        Path("keys/audit-seals"), description="Where the signed seals of the audit log are written."
    )
    erasure_journal_file: Path = Field(
        Path("keys/erasures.journal"),
        description="Where each erasure is written before it is done; kept, and backed up, with the key store.",
    )
    postgres_programs_dir: Path | None = Field(
        None,
        description="Where `pg_dump` and `pg_restore` of PostgreSQL's version lie; unset: where the system finds them.",
    )
    workers: int = Field(
        1,
        ge=1,
        le=64,
        description="How many server processes share the port; more than one on PostgreSQL only.",
    )
    drain_seconds: float = Field(
        0.0,
        ge=0,
        le=600,
        description="How long a server that is told to stop goes on serving, while `/readyz` answers 503 and load "
        "balancers leave it.",
    )
    host: str = Field("127.0.0.1", description="The address to listen on. Others than loopback need TLS.")
    port: int = Field(8000, ge=0, le=65535, description="The port to listen on; 0 takes a free one.")
    tls_certificate_file: Path | None = Field(None, description="The TLS certificate chain, PEM.")
    tls_key_file: Path | None = Field(None, description="The TLS private key, PEM.")
    tls_terminated_by_proxy: bool = Field(
        False,
        description="Set when a proxy terminates TLS; name it in FORWARDED_ALLOW_IPS unless it is 127.0.0.1.",
    )
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Other web origins whose pages may call the API, with a token and never a cookie, comma-separated.",
    )
    public_origin: str = Field(
        "http://localhost:8000",
        description="Where people use the pages, as browsers write it: passkeys belong to its host name.",
    )
    introspection: bool = Field(
        True, description="Whether clients may ask for the schema, by a query or at `/schema.graphql`."
    )
    suggestions: bool = Field(
        False,
        description="Whether errors name what was probably meant. Only where clients may ask for the schema.",
    )
    graphiql_cdn: bool = Field(
        False,
        description="Load GraphiQL from a CDN when it was not built at installation. Off: a page says how.",
    )
    body_bytes_max: int = Field(1_048_576, ge=1024, description="The largest request body, in bytes.")
    request_timeout_seconds: float = Field(
        30.0,
        gt=0,
        description="After this a query is given up, and a mutation's outcome reported as unknown.",
    )
    document_tokens_max: int = Field(2_000, ge=10, description="The longest GraphQL document, in tokens.")
    document_depth_max: int = Field(15, ge=1, description="The deepest selection of a GraphQL document.")
    operation_cost_max: int = Field(
        10_000,
        ge=100,
        description="What one operation may cost, in points: about one for each value it asks for.",
    )
    client_cost_max: int = Field(
        20_000,
        ge=100,
        description="How many points an API key, a session, or an address that is not signed in may use at once.",
    )
    client_cost_restored_per_second: int = Field(
        1_000, ge=1, description="How many of these points it regains a second."
    )
    account_cost_factor: int = Field(
        5, ge=1, description="How many times as much all keys and sessions of one account may use together."
    )
    client_block_after: int = Field(
        100, ge=1, description="So many requests refused for their cost within a minute block a client."
    )
    client_block_seconds: float = Field(600.0, gt=0, description="How long a client stays blocked.")
    connections_per_account_max: int = Field(
        2_000, ge=1, description="How many sockets and event streams one account may hold."
    )
    connections_per_address_max: int = Field(
        2_000, ge=1, description="How many sockets and event streams may come from one address."
    )
    tcp_connections_per_address_max: int = Field(
        2_500,
        ge=1,
        description="How many network connections one address may hold, silent ones included. Behind a proxy that "
        "terminates TLS, limit them there.",
    )
    subscriptions_per_connection_max: int = Field(
        50, ge=1, description="How many subscriptions one WebSocket may hold."
    )
    send_queue_messages_max: int = Field(
        256, ge=1, description="How many messages may wait for a slow client before it is closed."
    )
    ping_interval_seconds: float = Field(20.0, gt=0, description="How often an idle WebSocket is pinged.")
    live_updates_per_second_max: float = Field(
        20.0, gt=0, description="How often a LATEST subscription is updated at most."
    )
    password_workers: int = Field(2, ge=1, le=32, description="How many passwords are hashed at a time.")
    print_workers: int = Field(2, ge=1, le=32, description="How many PDF documents are made at a time.")
    print_timeout_seconds: float = Field(
        15.0, gt=0, description="After this the making of a PDF document is given up."
    )
    smtp_url: SecretStr | None = Field(
        None,
        description="The mail relay: `smtp://user:password@host:port` (STARTTLS) or `smtps://…`. Without it no e-mail "
        "is sent, and notices are shown in the application only.",
    )
    mail_from: str | None = Field(
        None, description="The sender of e-mails, such as `Postmeter <no-reply@example.com>`."
    )
    stripe_secret_key: SecretStr | None = Field(
        None,
        description="Stripe's secret key. With it and the webhook secret, cards can be charged through Stripe.",
    )
    stripe_webhook_secret: SecretStr | None = Field(
        None, description="The signing secret of the webhook endpoint that you made at Stripe."
    )
    stripe_api_url: str | None = Field(
        None, description="Another place of Stripe's API, for tests: `https://…`, or plain HTTP on loopback."
    )
    public_url: str | None = Field(
        None,
        description="The address under which the world reaches this server, such as `https://mail.example.com`: what "
        "unsubscribe links begin with. Without it they are paths.",
    )
    policy: str = Field(
        "mailpro",
        description="The policy profile it runs by: `quix`, `platform`, `helpdesk`, `qboxmail`, `mailpro`, "
        "or the path of a TOML file.",
    )
    policy_next: str | None = Field(
        None,
        description="The profile that follows, announced to customers now; make it POSTMETER_POLICY when its time has "
        "come.",
    )
    region: str = Field(
        "LOCAL",
        pattern=_REGION,
        description="The country where the main database is, with exports and uploads: ISO 3166-1 alpha-2, such as "
        "`CH`. "
        "`LOCAL`, a machine of your own, is for trying: only the demo's policy allows it.",
    )
    key_store_region: str | None = Field(
        None,
        pattern=_REGION,
        description="The country where the key store and what lies beside it are; unset: that of the main database.",
    )
    backup_region: str | None = Field(
        None,
        pattern=_REGION,
        description="The country where backups are kept; unset: that of the main database.",
    )
    metrics_port: int | None = Field(
        None,
        ge=0,
        le=65535,
        description="Serve Prometheus metrics at `/metrics` on this port, or on a free one with 0. Unset: nowhere.",
    )
    metrics_host: str = Field(
        "127.0.0.1",
        description="The address that metrics are served on. They need no credentials: never one that strangers reach.",
    )
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR; logs carry no personal data.")

    @field_validator("allowed_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return (
            tuple(part.strip() for part in value.split(",") if part.strip())
            if isinstance(value, str)
            else value
        )

    @model_validator(mode="after")
    def _key_store_fits(self) -> Self:
        if self.database_url.startswith("sqlite") and not self.key_store_url.startswith("sqlite"):
            raise ValueError(
                "A key store on PostgreSQL needs its main database there, too (POSTMETER_DATABASE_URL)."
            )
        return self

    @model_validator(mode="after")
    def _several_servers_are_possible(self) -> Self:
        on_sqlite = self.database_url.startswith("sqlite")
        if on_sqlite and self.workers > 1:
            raise ValueError(
                "On SQLite one server process writes; several need PostgreSQL (POSTMETER_WORKERS, "
                "POSTMETER_DATABASE_URL)."
            )
        if on_sqlite and self.bus_url is not None:
            raise ValueError(
                "On SQLite there is one server process, and nobody to tell (POSTMETER_BUS_URL, "
                "POSTMETER_DATABASE_URL)."
            )
        if self.bus_url is not None and not _is_bus(self.bus_url.get_secret_value()):
            raise ValueError("The bus is postgresql://… or nats://… (POSTMETER_BUS_URL).")
        return self

    @field_validator("public_origin")
    @classmethod
    def _is_the_origin(cls, value: str) -> str:
        if not _is_origin(value):
            raise ValueError("An origin is https://host or https://host:port (POSTMETER_PUBLIC_ORIGIN).")
        return value

    @field_validator("allowed_origins")
    @classmethod
    def _are_origins(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        if not all(_is_origin(value) for value in values):
            raise ValueError(
                "Name each origin as https://host or https://host:port (POSTMETER_ALLOWED_ORIGINS)."
            )
        return values

    @model_validator(mode="after")
    def _suggestions_tell_nothing_new(self) -> Self:
        if self.suggestions and not self.introspection:
            raise ValueError(
                "Suggestions would tell the schema name by name to those who may not ask for it "
                "(POSTMETER_SUGGESTIONS, POSTMETER_INTROSPECTION)."
            )
        return self

    @model_validator(mode="after")
    def _mail_has_a_sender(self) -> Self:
        if self.smtp_url is not None and self.mail_from is None:
            raise ValueError("E-mails need a sender (POSTMETER_MAIL_FROM).")
        return self

    @model_validator(mode="after")
    def _stripe_is_whole(self) -> Self:
        if (self.stripe_secret_key is None) != (self.stripe_webhook_secret is None):
            raise ValueError(
                "Stripe needs both of its secrets (POSTMETER_STRIPE_SECRET_KEY, POSTMETER_STRIPE_WEBHOOK_SECRET)."
            )
        if any(
            secret is not None and not secret.get_secret_value().strip()
            for secret in (self.stripe_secret_key, self.stripe_webhook_secret)
        ):
            raise ValueError("A secret of Stripe is empty.")
        if self.stripe_api_url is not None and not _is_private(self.stripe_api_url):
            raise ValueError("Stripe is reached over https only, or on loopback (POSTMETER_STRIPE_API_URL).")
        return self

    @model_validator(mode="after")
    def _public_url_is_private(self) -> Self:
        if self.public_url is not None and (
            not _is_private(self.public_url) or self.public_url.endswith("/")
        ):
            raise ValueError(
                "The server is reached over https only, or on loopback; no slash at the end (POSTMETER_PUBLIC_URL)."
            )
        return self

    @property
    def regions(self) -> dict[str, str]:
        """The country of each store, by its name in the policy's rules."""
        return {
            "main": self.region,
            "keys": self.key_store_region or self.region,
            "backups": self.backup_region or self.region,
        }

    @property
    def reached_over_tls(self) -> bool:
        """Whether clients come over TLS, to this server or to a proxy in front of it."""
        return self.tls_certificate_file is not None or self.tls_terminated_by_proxy

    @property
    def bus_address(self) -> str | None:
        """Where the bus is, None where a single process needs none.

        On PostgreSQL there always is one: a second server may start at any time, and commands tell the server.
        """
        if self.bus_url is not None:
            return self.bus_url.get_secret_value()
        return None if self.database_url.startswith("sqlite") else self.database_url

    @property
    def sqlite_file(self) -> Path | None:
        """The file of the main database, None when it is not SQLite."""
        return (
            Path(self.database_url.partition(":///")[2]) if self.database_url.startswith("sqlite") else None
        )


def _is_bus(url: str) -> bool:
    """Whether it names PostgreSQL, or one or several servers of NATS."""
    return url.startswith("postgresql") or all(
        one.strip().startswith(("nats://", "tls://")) for one in url.split(",")
    )


def _is_origin(text: str) -> bool:
    """Whether it is what a browser writes as the origin of a page that nobody on the way can change."""
    return _is_private(text) and not urlsplit(text).path and text == text.lower() and "*" not in text


def _is_private(url: str) -> bool:
    """Whether nobody on the way can read what is sent there."""
    parts = urlsplit(url)
    if not parts.hostname or parts.username or parts.query or parts.fragment:
        return False
    return parts.scheme == "https" or (
        parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost")
    )

"""The files of the deployment guide agree with the server: names, times and limits."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from server.campaigns.http.events import PATH as EVENTS_PATH
from server.campaigns.http.webhooks import PATH as WEBHOOKS_PATH
from server.campaigns.rules.connections import WebhookTerms
from server.campaigns.rules.recording import RecordingTerms
from server.cli import app
from server.gateway.limits import GatewayLimits
from server.senders.rules import Terms as SenderTerms
from server.senders.rules.documents import UPLOADS_PATH
from server.serving import KEEP_ALIVE_SECONDS, SHUTDOWN_SECONDS_MAX, WORKER_STOP_SECONDS_MAX
from server.settings import Settings
from tests.servers import ROOT

FOLDER = ROOT / "deployment"
GUIDE = (FOLDER / "README.md").read_text()
UNIT = (FOLDER / "postmeter.service").read_text()
SITE = (FOLDER / "nginx.conf").read_text()
UNITS = {"s": timedelta(seconds=1), "m": timedelta(minutes=1)}


def seconds_of(name: str, text: str = SITE) -> float:
    """A time that the site or the unit sets, wherever it does so first."""
    found = re.search(rf"\b{name}[ =](\d+)([sm]?)\b", text)
    assert found, name
    return int(found[1]) * UNITS[found[2] or "s"].total_seconds()


def body_bytes_max(location: str) -> int:
    """What nginx lets through at a location."""
    found = re.search(rf"location (?:= )?{re.escape(location)} \{{[^}}]*client_max_body_size (\d+)m;", SITE)
    assert found, location
    return int(found[1]) * 1024**2


@pytest.mark.parametrize("file", sorted(FOLDER.iterdir()), ids=lambda file: file.name)
def test_every_setting_and_command_that_is_named_exists(file: Path) -> None:
    text = file.read_text()
    named = {name.lower() for name in re.findall(r"POSTMETER_([A-Z_]+)", text)}
    assert named <= set(Settings.model_fields)
    commands = {
        command.name or command.callback.__name__ for command in app.registered_commands if command.callback
    }
    groups = {group.name for group in app.registered_groups}
    assert set(re.findall(r"(?:bin/|^|`)postmeter ([a-z-]+)", text, re.MULTILINE)) <= commands | groups


def test_who_waits_for_a_server_waits_longer_than_it_takes() -> None:
    drain = seconds_of("POSTMETER_DRAIN_SECONDS", GUIDE)
    assert SHUTDOWN_SECONDS_MAX + GatewayLimits().shutdown_timeout_seconds < WORKER_STOP_SECONDS_MAX
    assert drain + WORKER_STOP_SECONDS_MAX < seconds_of("TimeoutStopSec", UNIT)
    assert drain < seconds_of("fail_timeout")
    assert seconds_of("keepalive_timeout") < KEEP_ALIVE_SECONDS
    limits = GatewayLimits()
    silent = max(limits.ping_interval_seconds + limits.pong_deadline_seconds, limits.stream_heartbeat_seconds)
    assert max(silent, limits.request_timeout_seconds) < seconds_of("proxy_read_timeout")


def test_nginx_lets_through_what_the_server_takes() -> None:
    assert body_bytes_max("/graphql") == Settings.model_fields["body_bytes_max"].default
    assert body_bytes_max(f"{UPLOADS_PATH}/") > SenderTerms().document_bytes_max
    assert body_bytes_max(WEBHOOKS_PATH.partition("{")[0]) > WebhookTerms().body_bytes_max
    assert body_bytes_max(EVENTS_PATH) > RecordingTerms().stream_bytes_max

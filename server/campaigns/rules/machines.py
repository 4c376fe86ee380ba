"""Which opens and clicks no person made, as far as a user agent tells. They are marked, never dropped. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from server.campaigns.rules.events import Device


@dataclass(frozen=True, slots=True)
class MachineTerms:
    """By what machines are known: parts of user agents, in small letters."""

    proxies: tuple[str, ...] = ("googleimageproxy", "yahoomailproxy")
    """Mail services that load the images of a message for its reader, whether it is read or not."""
    privacy_agents: tuple[str, ...] = ("mozilla/5.0",)
    """Whole user agents: Apple Mail Privacy Protection tells this and no more."""
    scanners: tuple[str, ...] = (
        "aiohttp",
        "apache-httpclient",
        "applebot",
        "barracuda",
        "bingbot",
        "bingpreview",
        "crawler",
        "curl/",
        "facebookexternalhit",
        "go-http-client",
        "googlebot",
        "headlesschrome",
        "java/",
        "libwww-perl",
        "mimecast",
        "okhttp",
        "phantomjs",
        "proofpoint",
        "python-",
        "slackbot",
        "spider",
        "wget/",
    )
    """Programs that fetch links: security gateways, previews, libraries."""
    servers: tuple[str, ...] = ("x11; linux",)
    """What data centres run, and few readers: suspected only when they are faster than a reader."""
    hasty_click: timedelta = timedelta(seconds=5)
    """A click within this time after the delivery, from what may be a server, is a suspected scanner's."""


def is_machine(agent: str | None, terms: MachineTerms) -> bool:
    """Whether mail software made the request on its own."""
    lowered = _lowered(agent)
    return lowered in terms.privacy_agents or _names(lowered, terms.proxies)


def is_scanner(agent: str | None, terms: MachineTerms) -> bool:
    """Whether the agent says that it is a program."""
    return _names(_lowered(agent), terms.scanners)


def is_server_like(agent: str | None, terms: MachineTerms) -> bool:
    """Whether the agent may run in a data centre: it names no browser of a reader."""
    lowered = _lowered(agent)
    return not lowered or is_machine(agent, terms) or _names(lowered, terms.servers)


def is_hasty(since_delivery: timedelta, terms: MachineTerms) -> bool:
    """Whether a click came sooner than somebody reads. A click that overtook its delivery did, too."""
    return abs(since_delivery) <= terms.hasty_click


def device_of(agent: str | None) -> Device | None:
    """What a browser runs on; None where the agent does not tell."""
    lowered = _lowered(agent)
    for device, marks in _DEVICES:
        if _names(lowered, marks):
            return device
    return None


_DEVICES = (
    (Device.TABLET, ("ipad", "tablet", "kindle")),
    (Device.MOBILE, ("iphone", "mobile", "windows phone")),
    (Device.TABLET, ("android",)),  # on a phone it says "Mobile", too
    (Device.DESKTOP, ("windows nt", "macintosh", "x11;", "cros ")),
)


def _lowered(agent: str | None) -> str:
    return (agent or "").strip().lower()


def _names(lowered: str, marks: tuple[str, ...]) -> bool:
    return any(mark in lowered for mark in marks)

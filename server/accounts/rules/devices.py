"""What is kept of the device from which somebody signs in: no more than the policy lists (P008)."""

from __future__ import annotations

from enum import StrEnum

_BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "Chrome": "Chrome",
    "CriOS": "Chrome",
    "Safari": "Safari",
}
"""What a `User-Agent` has to say for a browser; the first that is in it. Several claim to be those further down."""
_SYSTEMS = {
    "Windows": "Windows",
    "Android": "Android",
    "iPhone": "iOS",
    "iPad": "iOS",
    "Mac OS X": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}
_OTHER = "another program"


class TechnicalDetail(StrEnum):
    """What a device, or its use, shows of itself; the value is its name in a policy profile."""

    IP = "ip"
    BROWSER = "browser"
    OS = "os"
    USAGE = "usage"


def kept_agent(user_agent: str | None, listed: frozenset[TechnicalDetail]) -> str | None:
    """The kind of browser and operating system, such as `Firefox on Linux`: nothing else of it is stored."""
    if user_agent is None:
        return None
    browser = _named(user_agent, _BROWSERS) or _OTHER if TechnicalDetail.BROWSER in listed else None
    system = _named(user_agent, _SYSTEMS) if TechnicalDetail.OS in listed else None
    return " on ".join(filter(None, (browser, system))) or None


def kept_address(address: str | None, listed: frozenset[TechnicalDetail]) -> str | None:
    """The address, where the policy lists it."""
    return address if TechnicalDetail.IP in listed else None


def is_kept_agent(text: str, listed: frozenset[TechnicalDetail]) -> bool:
    """Whether this may be stored of a device."""
    first, _, second = text.partition(" on ")
    browsers = {*_BROWSERS.values(), _OTHER} if TechnicalDetail.BROWSER in listed else set()
    systems = set(_SYSTEMS.values()) if TechnicalDetail.OS in listed else set()
    return (first in browsers and (not second or second in systems)) or (first in systems and not second)


def _named(user_agent: str, marks: dict[str, str]) -> str | None:
    return next((name for mark, name in marks.items() if mark in user_agent), None)

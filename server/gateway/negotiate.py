"""Content negotiation: which media type answers a request (GraphQL over HTTP, RFC 9110 §12.5.1)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

_CACHED_LENGTH_MAX = 512


class MediaType(Enum):
    RESPONSE = b"application/graphql-response+json"
    JSON = b"application/json"

    @property
    def content_type(self) -> bytes:
        return self.value + b"; charset=utf-8"


EVENT_STREAM = "text/event-stream"
HTML = "text/html"


@dataclass(frozen=True, slots=True)
class Accepted:
    """What the client takes. `media` is None when neither JSON type will do."""

    media: MediaType | None
    event_stream: bool
    html: bool


def accepted(accept: bytes | None) -> Accepted:
    """Choose for an `Accept` header.

    Without one, or for ranges as wide as `*/*`, clients are taken to be older than the new media type and get
    `application/json`. Event streams and HTML are served only to those who name them.
    """
    if accept is None or not accept.strip():
        return Accepted(MediaType.JSON, event_stream=False, html=False)
    if len(accept) <= _CACHED_LENGTH_MAX:
        return _parse_cached(accept)
    return _parse(accept)


def _parse(accept: bytes) -> Accepted:
    ranges = weights(accept)
    wide = ranges.get("application/*", ranges.get("*/*", 0.0))
    json = ranges.get("application/json", wide)
    response = ranges.get("application/graphql-response+json", wide)
    prefers_response = response > json or (response == json and "application/graphql-response+json" in ranges)
    media = None
    if max(json, response) > 0:
        media = MediaType.RESPONSE if prefers_response else MediaType.JSON
    return Accepted(media, event_stream=ranges.get(EVENT_STREAM, 0.0) > 0, html=ranges.get(HTML, 0.0) > 0)


_parse_cached = lru_cache(maxsize=256)(_parse)


def weights(header: bytes) -> dict[str, float]:
    """What a client accepts, in lower case, each with its weight."""
    return dict(_range(part) for part in header.decode("latin-1").split(",") if part.strip())


def _range(part: str) -> tuple[str, float]:
    """A media range in lower case with its weight; a weight that is not a number counts as 0."""
    name, *parameters = part.split(";")
    weight = 1.0
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip().lower() == "q":
            try:
                weight = min(max(float(value), 0.0), 1.0)
            except ValueError:
                weight = 0.0
    return name.strip().lower(), weight


@lru_cache(maxsize=64)
def is_json_utf8(content_type: bytes) -> bool:
    """Whether a request body is declared as `application/json`, in UTF-8 where it says a charset at all."""
    name, *parameters = content_type.decode("latin-1").lower().split(";")
    if name.strip() != "application/json":
        return False
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "charset" and value.strip().strip('"') not in ("utf-8", "utf8"):
            return False
    return True


def preferred_language(accept_language: bytes | None) -> str:
    """The first named tag of the highest weight, in lower case; `en` when none is named."""
    if not accept_language:
        return "en"
    ranges = [_range(part) for part in accept_language.decode("latin-1")[:200].split(",")]
    named = [(weight, tag) for tag, weight in ranges if weight > 0 and tag.replace("-", "").isalnum()]
    return max(named, key=lambda pair: pair[0])[1] if named else "en"

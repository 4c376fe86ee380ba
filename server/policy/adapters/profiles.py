"""Reads profiles and wordings: the shipped ones by name, a deployment's own by its path."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from server.policy.rules.profile import Profile, ProfileInvalid, profile_of
from server.policy.rules.wording import Wording, Wordings

SHIPPED = ("quix", "platform", "helpdesk", "qboxmail", "mailpro")
HOUSE = "house"
DEMO = "demo"
"""`mailpro` for who tries the server alone: no support that issues keys, no e-mail that arrives."""
_OURS = (*SHIPPED, HOUSE, DEMO)
_DEPTH_MAX = 4
_BYTES_MAX = 1_000_000


def load_profile(name: str) -> Profile:
    """The profile of this name, or in the file at this path. Raises ProfileInvalid."""
    return _shipped(name) if name in _OURS else _load(name, _DEPTH_MAX)


@cache
def _shipped(name: str) -> Profile:
    """One that came with the package, and so is the same as long as this process lives."""
    return _load(name, _DEPTH_MAX)


@lru_cache(maxsize=1)
def load_wordings() -> Wordings:
    """The words in which policies are written, by language."""
    folder = files("server.policy") / "templates"
    found = {}
    for file in folder.iterdir():
        if file.name.endswith(".toml"):
            language = file.name.removesuffix(".toml")
            found[language] = _wording(language, tomllib.loads(file.read_text("utf-8")))
    return Wordings(found)


def _wording(language: str, said: Mapping[str, Any]) -> Wording:
    units = {name: (forms[0], forms[1]) for name, forms in said["units"].items()}
    return Wording(language, said["kinds"], units, said["words"], said["page"])


def _load(name: str, depth: int) -> Profile:
    if depth == 0:
        raise ProfileInvalid(
            [f"`{name}`: profiles extend one another {_DEPTH_MAX} times at most, and not in a circle"]
        )
    said = _read(name)
    extended = said.get("extends")
    if extended in _OURS:
        return profile_of(said, _shipped(extended))
    return profile_of(said, _load(extended, depth - 1) if extended else None)


def _read(name: str) -> Mapping[str, Any]:
    if name in _OURS:
        text = (files("server.policy") / "profiles" / f"{name}.toml").read_text("utf-8")
    else:
        path = Path(name)
        if not path.is_file() or path.stat().st_size > _BYTES_MAX:
            known = ", ".join(SHIPPED)
            raise ProfileInvalid(
                [f"there is no profile `{name}`: give one of {known}, or the path of a TOML file"]
            )
        text = path.read_text("utf-8")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProfileInvalid([f"`{name}` is no TOML: {error}"]) from None

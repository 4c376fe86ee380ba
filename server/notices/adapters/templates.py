"""Reads the template files, which ship with the package: kinds.toml and one file a language."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files

from server.notices.rules.templates import Catalog, catalog_of

_KINDS = "kinds"


@lru_cache(maxsize=1)
def load() -> Catalog:
    """All templates. Raises ValueError, with every fault, when one could not be rendered."""
    folder = files("server.notices") / "templates"
    documents = {
        file.name.removesuffix(".toml"): tomllib.loads(file.read_text("utf-8"))
        for file in folder.iterdir()
        if file.name.endswith(".toml")
    }
    kinds = documents.pop(_KINDS)
    return catalog_of(kinds, documents)

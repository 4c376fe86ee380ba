"""The rules of the house as functions: a source goes in, sentences come out that name the place and the fix.

test_house.py runs them over the repository, and over small bad sources to prove that each of them can fail.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath

# A slice imports only slices before it.
SLICES = (
    "accounts",
    "notices",
    "wallet",
    "topups",
    "orders",
    "plans",
    "senders",
    "campaigns",
    "support",
    "policy",
    "incidents",
    "privacy",
)


@dataclass(frozen=True)
class Rights:
    """What one kind of module may import from the package: of its own slice, of earlier slices, of kit."""

    own: frozenset[str] = frozenset()
    earlier: frozenset[str] = frozenset()
    kit: frozenset[str] | None = None  # None: all of kit


def names(text: str) -> frozenset[str]:
    return frozenset(text.split())


# The modules a slice may have (each may also be a package of that name), and what each may import.
SLICE_MODULES = {
    "__init__": Rights(kit=frozenset()),
    "model": Rights(),
    "personal": Rights(own=names("model")),
    "rules": Rights(
        kit=names("card_numbers money problems crypto")
    ),  # crypto: the ledger's links are a pure decision
    # Of rules, everybody may use the words: states, kinds, Terms and refusals.
    "actions": Rights(own=names("model rules reads"), earlier=names("actions reads rules")),
    "reads": Rights(own=names("model rules"), earlier=names("reads rules")),
    "adapters": Rights(own=names("model rules actions reads")),
    "jobs": Rights(own=names("model rules actions reads adapters"), earlier=names("actions reads rules")),
    "graph": Rights(
        own=names("model personal rules actions reads adapters jobs"), earlier=names("graph reads rules")
    ),
    "http": Rights(
        own=names("model personal rules actions reads adapters jobs"), earlier=names("http reads")
    ),
}
DOMAIN_MODULES = names("model personal rules actions reads")

# What the other areas may import. Those not named here (app, cli) compose the server and import anything.
AREAS = {
    "kit": names("kit"),
    "gateway": names("kit gateway"),
    "settings": names("kit"),
    "operations": names("kit operations") | frozenset(SLICES),
    "schema": names("kit operations") | frozenset(SLICES),
    "migrations": names("kit migrations") | frozenset(SLICES),
}

WEB_LIBRARIES = names("strawberry starlette graphql uvicorn httpx")
CLOCKS_AND_DICE = re.compile(
    r"(^|\.)(datetime\.(now|utcnow|today)|date\.today|time\.time(_ns)?|uuid\.uuid[1-8])$"
    r"|^(uuid[1-8]|utcnow|time_ns)$|^random\."
)
# Spelt in halves, so that this file passes its own check.
MACHINE_PLACES = re.compile(
    r"(?<![\w.$}])/(?:work|home|root|Users)"
    + r"/\w|/tmp"
    + r"/v/|(?:registry\.npm"
    + r"js|pypi\."
    + r"org|python"
    r"hosted)"
)
FOREIGN_URL = re.compile(
    r"""(?:https?:|wss?:|["'(\s=])//(?!localhost\b|127\.0\.0\.1\b|www\.w3\.org/)[\w-]+\.[\w.-]+"""
)
# The page of the CDN setting, which is off unless the operator asks for it.
CDN_PAGE = "server/gateway/static/ide/cdn.html"
SERVED_SUFFIXES = frozenset({".html", ".css", ".js", ".jsx", ".mjs", ".ts", ".tsx", ".svg"})


@dataclass(frozen=True)
class Import:
    target: tuple[str, ...]
    line: int


@dataclass(frozen=True)
class Source:
    """A Python file of the package: `path` from the repository's root, with slashes."""

    path: str
    text: str = field(repr=False)

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)

    @cached_property
    def dotted(self) -> tuple[str, ...]:
        return PurePosixPath(self.path).with_suffix("").parts

    @property
    def area(self) -> str:
        return self.dotted[1]

    @property
    def module(self) -> str:
        """`actions` for server/wallet/actions.py and for server/wallet/actions/holds.py."""
        return self.dotted[2] if len(self.dotted) > 2 else "__init__"

    @property
    def is_of_slice(self) -> bool:
        return self.area in SLICES

    def at(self, line: int, sentence: str) -> str:
        return f"{self.path}:{line}: {sentence}"

    @cached_property
    def imports(self) -> list[Import]:
        found: list[Import] = []
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found += [Import(tuple(alias.name.split(".")), node.lineno) for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                module = tuple((node.module or "").split(".")) if node.module else ()
                base = (self.dotted[: -node.level] if node.level else ()) + module
                found += [Import((*base, alias.name), node.lineno) for alias in node.names]
        return found

    @property
    def house_imports(self) -> list[Import]:
        return [
            imported
            for imported in self.imports
            if imported.target[0] == "server" and len(imported.target) > 1
        ]

    @property
    def library_imports(self) -> list[Import]:
        return [imported for imported in self.imports if imported.target[0] != "server"]


def direction(source: Source) -> Iterator[str]:
    """kit <- slices <- schema <- app, and kit <- gateway <- app."""
    if source.is_of_slice:
        allowed = {"kit", *SLICES[: SLICES.index(source.area) + 1]}
    elif source.area in AREAS:
        allowed = set(AREAS[source.area])
    else:
        return
    for imported in source.house_imports:
        if imported.target[1] not in allowed:
            yield source.at(
                imported.line,
                f"{source.area} may not import server.{imported.target[1]}; it may import "
                f"{', '.join(sorted(allowed))}. Hand it in from app.py, or move what both need to kit.",
            )


def slice_module_names(source: Source) -> Iterator[str]:
    """A slice has the modules of the table and no others."""
    if source.is_of_slice and source.module not in SLICE_MODULES:
        yield source.at(
            1, f"a slice has no module `{source.module}`; put it into one of {', '.join(SLICE_MODULES)}."
        )


def slice_module_imports(source: Source) -> Iterator[str]:
    """Each module of a slice imports what the table grants it."""
    if not source.is_of_slice or source.module not in SLICE_MODULES:
        return
    rights = SLICE_MODULES[source.module]
    for imported in source.house_imports:
        area, module = imported.target[1], imported.target[2] if len(imported.target) > 2 else "__init__"
        if area == source.area:
            granted = module in rights.own | {source.module}
        elif area == "kit":
            granted = rights.kit is None or module in rights.kit
        else:
            granted = area not in SLICES or module in rights.earlier
        if not granted:
            yield source.at(
                imported.line,
                f"{source.module} may not import {area}.{module}. It may import of its own slice: "
                f"{listed(rights.own)}; of earlier slices: {listed(rights.earlier)}; "
                f"of kit: {listed(rights.kit)}.",
            )


def listed(granted: frozenset[str] | None) -> str:
    return "all" if granted is None else ", ".join(sorted(granted)) or "nothing"


def pure_libraries(source: Source) -> Iterator[str]:
    """rules.py stands on the standard library, model.py on that and SQLAlchemy."""
    libraries = {"rules": set[str](), "model": {"sqlalchemy"}}
    if not source.is_of_slice or source.module not in libraries:
        return
    for imported in source.library_imports:
        if imported.target[0] not in sys.stdlib_module_names | libraries[source.module]:
            yield source.at(
                imported.line,
                f"{source.module} may not import {imported.target[0]}; do that in actions or adapters.",
            )


def domain_is_plain(source: Source) -> Iterator[str]:
    """Domain code is synchronous and knows no web library."""
    if not source.is_of_slice or source.module not in DOMAIN_MODULES:
        return
    for imported in source.library_imports:
        if imported.target[0] in WEB_LIBRARIES:
            yield source.at(
                imported.line, f"domain code imports no {imported.target[0]}; translate in graph.py."
            )
    for node in ast.walk(source.tree):
        if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith):
            yield source.at(node.lineno, "domain code is synchronous; await in adapters/ or jobs.py.")


def injected_time_and_chance(source: Source) -> Iterator[str]:
    """Time, ids and dice come from the unit of work."""
    if source.path in ("server/kit/clock.py", "server/kit/ids.py"):
        return
    fix = "take it from work.now, read.now or work.ids."
    for imported in source.library_imports:
        name = ".".join(imported.target)
        if imported.target[0] == "random" or re.fullmatch(r"time\.time(_ns)?|uuid\.uuid[1-8]", name):
            yield source.at(imported.line, f"imports {name}; {fix}")
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute | ast.Name) and CLOCKS_AND_DICE.search(name := ast.unparse(node)):
            yield source.at(node.lineno, f"uses {name}; {fix}")


def only_work_commits(source: Source) -> Iterator[str]:
    """A unit of work commits, nobody else."""
    if source.path == "server/kit/work.py" or source.dotted[:3] == ("server", "kit", "db"):
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr == "commit":
            yield source.at(
                node.lineno, "commits; run the change as a unit of work (kit/work.py), which commits."
            )


def no_print(source: Source) -> Iterator[str]:
    """Only the command line prints."""
    if source.area == "cli":
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
            yield source.at(node.lineno, "prints; log with structlog, or return the text to cli.py.")


def docstrings(source: Source) -> Iterator[str]:
    """The public functions and classes of kit, actions and rules say what they mean."""
    if not (source.area == "kit" or (source.is_of_slice and source.module in ("actions", "rules"))):
        return
    for node in source.tree.body:
        if not isinstance(
            node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
        ) or node.name.startswith("_"):
            continue
        if ast.get_docstring(node) is None and not is_described(node):
            yield source.at(node.lineno, f"{node.name} has no docstring: its meaning, units, errors, source.")


def is_described(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
    """Whether a decorator describes it, as `@strawberry.enum(description=…)` does, or it is an overload."""
    keywords = {key.arg for d in node.decorator_list if isinstance(d, ast.Call) for key in d.keywords}
    return "description" in keywords or "overload" in {ast.unparse(d) for d in node.decorator_list}


def names_no_machine(path: str, text: str) -> Iterator[str]:
    """No file names a folder of somebody's machine or the host of a package registry."""
    for number, line in enumerate(text.splitlines(), start=1):
        if found := MACHINE_PLACES.search(line):
            yield f"{path}:{number}: names {found[0]!r}; use a relative path, a setting or a placeholder."


def names_no_foreign_host(path: str, text: str) -> Iterator[str]:
    """A served page loads from its own origin."""
    place = PurePosixPath(path)
    served = place.parts[0] == "frontend-examples" or (place.parts[0] == "server" and "static" in place.parts)
    if not served or place.suffix not in SERVED_SUFFIXES or path == CDN_PAGE:
        return
    for number, line in enumerate(text.splitlines(), start=1):
        if found := FOREIGN_URL.search(line):
            yield f"{path}:{number}: names {found[0].strip()!r}; serve the file from this origin."

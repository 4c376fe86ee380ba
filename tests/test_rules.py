"""Which rules of the rulebook the product keeps by now, and that each has its test."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from server.policy.adapters.profiles import SHIPPED, load_profile
from server.policy.rules.profile import ClauseState
from server.policy.rules.validation import states, weakest

TESTS = Path(__file__).parent
SERVER = TESTS.parent / "server"
RULE_ID = re.compile(r"[QPHBM]\d{3}|C\d{1,2}")  # C: how a conflict between the seeds was settled
CITED = re.compile(rf"\b({RULE_ID.pattern})(?: to ({RULE_ID.pattern}))?\b")

_KEPT = """
    Q001 Q002 Q003 Q004 Q005 Q006 Q007 Q008 Q009 Q010 Q011 Q012 Q013 Q014 Q015 Q016 Q017 Q018 Q019 Q020 Q021
    Q022 Q023 Q024 Q025
    P001 P002 P003 P004 P005 P006 P007 P008 P009 P010 P011 P012 P013 P014 P015 P016 P017 P018 P019 P020 P021
    P022 P023 P024 P025 P026 P027 P028 P029 P030 P031 P032 P033 P034 P035 P036 P037 P038 P039 P040 P041 P042
    P043 P044 P045 P046 P047 P048 P049 P050
    H001 H002 H003 H004 H005 H006 H007 H008 H009 H010 H011 H012 H013 H014 H015 H016 H017 H018 H019 H020 H021
    H022 H023 H024 H025 H026 H027 H028 H029 H030 H031 H032 H033 H034 H035 H036 H037 H038 H039 H040
    B001 B002 B003 B004 B005 B006 B007 B008 B009 B010 B011 B012 B013 B014 B015 B016 B017 B018 B019 B020
    M001 M002 M003 M004 M005 M006 M007 M008 M009 M010 M011 M012 M013 M014 M015 M016 M017 M018 M019 M020 M021
    M022 M023 M024 M025 M026 M027 M028 M029 M030 M031 M032 M033 M034 M035 M036 M037 M038 M039 M040 M041 M042
    M043 M044 M045 M046 M047 M048 M049 M050 M051 M052 M053 M054 M055 M056 M057 M058 M059 M060 M061 M062 M063
    M064 M065 M066 M067 M068 M069 M070 M071 M072 M073 M074 M075 M076 M077 M078 M079 M080 M081 M082 M083 M084
    M085 M086 M087 M088 M089 M090 M091 M092 M093 M094 M095 M096 M097 M098 M099 M100 M101 M102 M103 M104 M105
    M106 M107 M108 M109 M110 M111 M112 M113 M114 M115 M116 M117 M118 M119 M120 M121 M122 M123 M124 M125 M126
    M127 M128 M129 M130 M131 M132 M133 M134 M135 M136 M137 M138 M139 M140 M141 M142 M143 M144 M145 M146
    C1 C2 C3 C4 C5 C6 C7 C8 C9 C10 C11 C12 C13 C14 C15 C16 C17 C18 C19 C20 C21 C22 C23 C24 C25 C26 C27 C28
    C29 C30
"""
TOUCHED = frozenset(_KEPT.split())
"""What code or schema enforces now. A rule enters with the feature that keeps it, and with its test."""

CITED_ONLY: dict[str, str] = {}
"""What a comment of the server refers to, and only a part of which is kept so far."""


def test_every_rule_that_is_kept_has_a_test() -> None:
    assert sorted(TOUCHED - marked().keys()) == []


def test_no_test_claims_another_rule() -> None:
    assert {rule: tests for rule, tests in marked().items() if rule not in TOUCHED} == {}


def test_what_the_server_cites_is_kept() -> None:
    assert sorted(cited() - TOUCHED - CITED_ONLY.keys()) == []
    assert sorted(CITED_ONLY.keys() & TOUCHED) == []


def test_the_profiles_agree_with_what_is_kept() -> None:
    """What a clause promises that code enforces is in _KEPT, and what is there no clause still plans."""
    of_clauses = {
        rule: weakest(carried) for name in SHIPPED for rule, carried in states(load_profile(name)).items()
    }
    enforced = {rule for rule, state in of_clauses.items() if state is ClauseState.ENFORCED}
    planned = {rule for rule, state in of_clauses.items() if state is ClauseState.NOT_YET}
    assert sorted(enforced - TOUCHED) == []
    assert sorted(planned & TOUCHED) == []


def marked() -> dict[str, list[str]]:
    """The tests of each id, as `path::name`."""
    found: dict[str, list[str]] = {}
    for path in sorted(TESTS.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                for rule in ids_on(node):
                    assert RULE_ID.fullmatch(rule), f"{rule!r} on {path.name}::{node.name} is no rule id"
                    found.setdefault(rule, []).append(f"{path.relative_to(TESTS)}::{node.name}")
    return found


def ids_on(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> Iterator[str]:
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.rule":
            yield from (ast.literal_eval(argument) for argument in decorator.args)


def cited() -> set[str]:
    """The ids that the server's sources name; `M077 to M080` names four."""
    found: set[str] = set()
    for path in SERVER.rglob("*.py"):
        for first, last in CITED.findall(path.read_text("utf-8")):
            found |= {first} if not last else span(first, last)
    return found


def span(first: str, last: str) -> set[str]:
    assert first[0] == last[0], f"{first} to {last}"
    return {f"{first[0]}{number:03}" for number in range(int(first[1:]), int(last[1:]) + 1)}

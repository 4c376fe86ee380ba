"""What `postmeter policy` does: check the live database, list every rule with its state, and what is not translated."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from server.app import Postmeter
from server.checks import CHECKS
from server.kit.viewer import SYSTEM
from server.kit.work import Call, Read, Work
from server.policy.actions.attestations import record_attestation
from server.policy.actions.checking import store_findings
from server.policy.adapters.profiles import SHIPPED, load_profile
from server.policy.jobs import find
from server.policy.reads.compliance import ClauseProof, compliance
from server.policy.reads.registers import attestations_made
from server.policy.rules.checking import Checks, Compliance
from server.policy.rules.profile import Clause, ClauseState
from server.policy.rules.validation import missing_texts, states, weakest

TESTS = Path(__file__).parent.parent / "tests"
"""In a checkout; an installed package has no tests beside it."""

_WORDS = {
    ClauseState.ENFORCED: "enforced",
    ClauseState.ATTESTED: "attested",
    ClauseState.TEXT: "text",
    ClauseState.NOT_YET: "not yet",
}


async def check(postmeter: Postmeter) -> tuple[list[str], bool]:
    """Run every check, store what it finds, and say so clause by clause; and whether none failed."""
    found = await find(postmeter.units, Checks(CHECKS))
    await postmeter.units.run(Call("checkPolicy", SYSTEM), lambda work: store_findings(work, found))

    def proven(read: Read) -> list[ClauseProof]:
        return [proof for proof in compliance(read) if proof.checks or proof.clause.attestation]

    proofs = await postmeter.units.read(proven)
    failed = [proof for proof in proofs if proof.compliance is Compliance.FAILED]
    lines = [_line(proof) for proof in [*(one for one in proofs if one not in failed), *failed]]
    summary = (
        f"{len(proofs) - len(failed)} clauses with a check or an attestation are good, {len(failed)} are not."
    )
    return [*lines, summary], not failed


async def attest(postmeter: Postmeter, kind: str, owner: str, reference: str) -> list[str]:
    """Enter an attestation that was made now. Raises AttestationUnknown, AttestationInvalid."""

    def record(work: Work) -> datetime:
        record_attestation(work, kind, owner, reference, work.now)
        (newest,) = attestations_made(work, kind, 1)
        review_at: datetime = newest.review_at
        return review_at

    review_at = await postmeter.units.run(Call("recordAttestation", SYSTEM), record)
    return [f"{kind} is attested by {owner}; its review is due {review_at.date().isoformat()}."]


def coverage() -> list[str]:
    """Every rule of the rulebook: its state, the clause that carries it, and the tests that prove it."""
    tests, lines = marked_tests(), []
    counted = dict.fromkeys(_WORDS.values(), 0)
    for name in SHIPPED:
        for rule, clauses in sorted(states(load_profile(name)).items()):
            state = state_of(rule, clauses, tests)
            counted[state] += 1
            lines.append(_covered(rule, state, clauses, tests.get(rule, [])))
    total = ", ".join(f"{count} {state}" for state, count in counted.items())
    note = [] if tests else ["The tests are not beside this installation: run it in a checkout to see them."]
    return [*lines, *note, f"{sum(counted.values())} rules: {total}."]


def state_of(rule: str, clauses: list[Clause], tests: Mapping[str, list[str]]) -> str:
    """In one word how a rule is kept. What code enforces counts only with a test, where tests are at hand."""
    state = weakest(clauses)
    if state is ClauseState.ENFORCED and tests and rule not in tests:
        state = ClauseState.NOT_YET
    return _WORDS[state]


def missing(postmeter_policy: str) -> list[str]:
    """A line for each language of a profile that lacks texts."""
    lacking = missing_texts(load_profile(postmeter_policy))
    return [
        f"{language}: {len(keys)} clauses: {', '.join(keys)}" for language, keys in lacking.items() if keys
    ]


@lru_cache(maxsize=1)
def marked_tests() -> Mapping[str, list[str]]:
    """The tests of each rule, as `path::name`, read from the sources."""
    found: dict[str, list[str]] = {}
    for path in sorted(TESTS.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                for rule in _rules_on(node):
                    found.setdefault(rule, []).append(f"{path.relative_to(TESTS)}::{node.name}")
    return found


def _rules_on(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> Iterator[str]:
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.rule":
            yield from (ast.literal_eval(argument) for argument in decorator.args)


def _covered(rule: str, state: str, clauses: list[Clause], tests: list[str]) -> str:
    keys = ", ".join(clause.key for clause in clauses)
    planned = ", ".join(sorted({clause.planned for clause in clauses if clause.planned}))
    proof = f" [{'; '.join(tests)}]" if state == "enforced" and tests else ""
    return f"{rule} {state}: {keys}{f' (planned in {planned})' if planned else ''}{proof}"


def _line(proof: ClauseProof) -> str:
    rules = f" ({' '.join(proof.clause.ids)})" if proof.clause.ids else ""
    return f"{proof.compliance.value} {proof.clause.key}{rules}: {proof.evidence}"

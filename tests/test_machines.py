"""A state machine that fails names its seed, and the seed repeats it."""

from __future__ import annotations

import re

import pytest
from hypothesis import Phase, core, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from tests.machines import run_machine

LIMITS = settings(max_examples=40, stateful_step_count=5, database=None, phases=[Phase.generate])


async def test_a_failure_names_the_seed_that_repeats_it(monkeypatch: pytest.MonkeyPatch) -> None:
    async def steps() -> tuple[list[int], int]:
        """The numbers that a run drew until it failed, and the seed that it named."""
        drawn: list[int] = []

        class Faulty(RuleBasedStateMachine):
            @rule(number=st.integers(0, 1_000))
            def draw(self, number: int) -> None:
                drawn.append(number)
                assert number < 500

        with pytest.raises(AssertionError) as failed:
            await run_machine(Faulty, LIMITS)
        (told,) = re.findall(r"--hypothesis-seed=(\d+)", "\n".join(failed.value.__notes__))
        return drawn, int(told)

    monkeypatch.setattr(core, "global_force_seed", None)
    first, seed = await steps()
    assert core.global_force_seed is None
    monkeypatch.setattr(core, "global_force_seed", seed)
    assert await steps() == (first, seed)

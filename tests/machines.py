"""State machines of Hypothesis, run by a seed that a failure names."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

from hypothesis import core, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test


async def run_machine(machine: Callable[[], RuleBasedStateMachine], limits: settings) -> None:
    """Run it in a thread, with steps of another seed each time; `pytest --hypothesis-seed=N` runs a seed again.

    Hypothesis takes its seed for machines from this one place, and names it for functions only.
    """
    given = core.global_force_seed
    seed = given if given is not None else random.SystemRandom().getrandbits(48)
    core.global_force_seed = seed
    try:
        await asyncio.to_thread(run_state_machine_as_test, machine, settings=limits)
    except BaseException as error:
        error.add_note(f"seed {seed}: pytest --hypothesis-seed={seed} runs it again")
        raise
    finally:
        core.global_force_seed = given

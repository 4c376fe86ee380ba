"""How much of the API an account of its own kind may use (M144)."""

from __future__ import annotations

from dataclasses import dataclass

from server.kit.problems import Refusal

COST_MAX = range(1_000, 10_000_001)
RESTORED_PER_SECOND = range(10, 1_000_001)


@dataclass(frozen=True, slots=True)
class ApiLimits:
    """So many points of cost at once, and so many a second in the long run, for the account and each of its clients."""

    cost_max: int
    restored_per_second: int


@dataclass(eq=False)
class ApiLimitsInvalid(Refusal):
    """A limit is below or above what an account can be given."""

    code = "API_LIMITS_INVALID"
    blames = "limits"
    cost_min: int
    cost_max: int
    restored_per_second_min: int
    restored_per_second_max: int


def check_api_limits(limits: ApiLimits) -> None:
    """Raises ApiLimitsInvalid."""
    if limits.cost_max not in COST_MAX or limits.restored_per_second not in RESTORED_PER_SECOND:
        raise ApiLimitsInvalid(COST_MAX[0], COST_MAX[-1], RESTORED_PER_SECOND[0], RESTORED_PER_SECOND[-1])

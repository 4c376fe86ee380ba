"""Due work of complaints: what happens without a proof in time, and when too many complain."""

from __future__ import annotations

from collections.abc import Mapping

from server.campaigns.actions.complaints import LAPSE
from server.campaigns.actions.complaints_proof import lapse
from server.campaigns.actions.complaints_rate import JUDGE_RATE, judge_rate
from server.kit.due import Handler, Timer
from server.kit.viewer import SYSTEM
from server.kit.work import Call, Units

TIMERS: Mapping[str, Timer] = {LAPSE: Timer.CONTRACTUAL, JUDGE_RATE: Timer.OPERATIONAL}


def handlers() -> Mapping[str, Handler]:
    """The steps by kind, for the due runner."""

    async def end(units: Units, case_id: str) -> None:
        await units.run(Call(LAPSE, SYSTEM), lambda work: lapse(work, case_id))

    async def judge(units: Units, account_id: str) -> None:
        await units.run(Call(JUDGE_RATE, SYSTEM), lambda work: judge_rate(work, account_id))

    return {LAPSE: end, JUDGE_RATE: judge}

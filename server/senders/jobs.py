"""Due work of senders: documents go when their time is over."""

from __future__ import annotations

from collections.abc import Mapping

from server.kit.due import Handler, Timer
from server.kit.viewer import SYSTEM
from server.kit.work import Call, Units
from server.senders.actions.documents import DELETE_DOCUMENTS, delete_due_documents

TIMERS: Mapping[str, Timer] = {DELETE_DOCUMENTS: Timer.STATUTORY}


def handlers() -> Mapping[str, Handler]:
    """The steps by kind, for the due runner."""

    async def delete(units: Units, sender_id: str) -> None:
        await units.run(Call(DELETE_DOCUMENTS, SYSTEM), lambda work: delete_due_documents(work, sender_id))

    return {DELETE_DOCUMENTS: delete}

"""What an event tells its reactions and no table keeps."""

from __future__ import annotations

from dataclasses import dataclass

from server.kit.events import DomainEvent, after, transient
from server.kit.viewer import Viewer
from server.kit.work import Call, Units


@dataclass(frozen=True, slots=True)
class CodeSent(DomainEvent):
    attempts: int
    code: str = transient()


async def test_reactions_get_a_transient_field_that_is_stored_and_printed_nowhere(units: Units) -> None:
    got: list[str] = []
    units.house.reactions.on(CodeSent, lambda _work, event: got.append(event.code))
    event = CodeSent("acc_1", "per_1", 3, "12345678")
    await units.run(Call("test", Viewer("acc_1", "ses_1")), lambda work: work.record(event))
    [stored] = await units.read(lambda read: after(read.connection, "acc_1", 0, ["CodeSent"], 9))
    assert (got, stored.data) == (["12345678"], '{"attempts":3}')
    assert "12345678" not in repr(event)

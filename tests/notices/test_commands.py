"""What operators see of notices from a terminal."""

from __future__ import annotations

from pathlib import Path

from server.app import Postmeter
from server.kit.viewer import SYSTEM
from server.kit.work import Call, Work
from server.notices.actions import notify
from server.notices.actions.delivery import begin_delivery, settle_failed
from server.notices.model import OutboxMessage
from server.notices.rules import Channel, Failure, Mailing
from tests.forked import ran
from tests.test_serving import environment, settings


def printed(folder: Path, *arguments: str) -> str:
    done = ran(("notices", *arguments), cwd=folder, env=environment(folder), timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def give_one_up(work: Work) -> str:
    data = {"at": work.now.isoformat()}
    address, channels = "reader@example.com", (Channel.EMAIL,)
    notice_id = notify(work, "acc_1", "password_changed", data, channels=channels, email=address)
    outbox_id = work.scalar(OutboxMessage.__table__.select())
    letter = begin_delivery(work, outbox_id, "example.com")
    assert letter is not None
    settle_failed(work, outbox_id, letter.attempt, Failure("550", permanent=True))
    return notice_id


async def test_dead_letters_are_listed_without_their_addresses(tmp_path: Path) -> None:
    postmeter = Postmeter(settings(tmp_path))
    postmeter.house.terms.add(Mailing(relay=True))
    async with postmeter.storage():
        notice_id = await postmeter.units.run(Call("test", SYSTEM), give_one_up)
    listed = printed(tmp_path, "dead")
    assert f"acc_1 {notice_id} password_changed: 550 after 1 attempts" in listed
    assert "reader@" not in listed


def test_what_languages_lack_is_listed(tmp_path: Path) -> None:
    listed = printed(tmp_path, "translations").splitlines()
    assert [line.partition(":")[0] for line in listed] == ["de", "es", "it", "pt"]
    assert all("topup_failed" in line for line in listed)

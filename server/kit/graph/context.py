"""What a resolver may reach: the viewer, the request, and the read that is open while it runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import strawberry

from server.kit.registry import Registry
from server.kit.viewer import ANONYMOUS, Viewer

if TYPE_CHECKING:
    from server.kit.work import Read, Units


@dataclass(frozen=True, slots=True)
class Cookie:
    """A cookie that the response sets; an empty value removes it."""

    name: str
    value: str
    max_age_seconds: int


@dataclass(slots=True)
class Context:
    """One request, or one shared execution of a subscription.

    Every resolver but a root mutation field is synchronous and runs while `read` is open: on a reader
    connection, inside one snapshot. Root mutation fields are coroutines and use `units`. `opened` says whose sealed
    values somebody of the staff was shown.
    """

    units: Units
    services: Registry
    viewer: Viewer = ANONYMOUS
    request_id: str = ""
    language: str = "en"
    remote_address: str | None = None
    user_agent: str | None = None
    channel: str = "HTTP"
    cookies: list[Cookie] = field(default_factory=list)
    opened: set[str] = field(default_factory=set)
    _read: Read | None = None

    @property
    def read(self) -> Read:
        if self._read is None:
            raise RuntimeError("no read is open: only synchronous resolvers may read")
        return self._read

    @contextmanager
    def reading(self, read: Read) -> Iterator[None]:
        """Open `read` to the resolvers that run inside the block."""
        before, self._read = self._read, read
        try:
            yield
        finally:
            self._read = before
            if self.viewer.staff_roles:
                self.opened |= read.opened


Info = strawberry.Info[Context, None]


def account_of(info: Info) -> str:
    """The viewer's account; the fields that ask for it let nobody through without one."""
    account_id = info.context.viewer.account_id
    assert account_id is not None, "these fields are for the signed-in"
    return account_id

"""The two ways in which the server says no.

A `Refusal` is a decision of the domain: part of the API's types, with its numbers. A `PublicError` is a fault of
the request or of the moment (not signed in, limited, busy): a top-level GraphQL error with `extensions.code`.
Everything else that is raised is a bug, and masked.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, ClassVar


class Refusal(Exception):
    """A typed no of the domain. Subclasses are dataclasses; their fields are the numbers that explain it.

    The outcome of an idempotency key may be a refusal, so fields are strings, integers, booleans or None.
    """

    code: ClassVar[str] = ""
    blames: ClassVar[str | None] = None
    """The input field that is always to blame, as a dotted path, where one is."""
    _by_code: ClassVar[dict[str, type[Refusal]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not cls.code or cls.code in Refusal._by_code:
            raise TypeError(f"{cls.__qualname__} needs a code of its own")
        Refusal._by_code[cls.code] = cls

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return (self.__doc__ or self.code).strip().splitlines()[0]

    @property
    def input_field(self) -> str | None:
        """The input field that is to blame this time."""
        return self.blames

    def __str__(self) -> str:
        return self.message

    def numbers(self) -> dict[str, Any]:
        """The fields, for storage."""
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}  # type: ignore[arg-type]

    @staticmethod
    def restore(code: str, numbers: Mapping[str, Any]) -> Refusal:
        """The refusal that was stored."""
        return Refusal._by_code[code](**numbers)


class PublicError(Exception):
    """A fault that the caller may read in full: the top-level errors of DESIGN §5."""

    def __init__(self, code: str, message: str, **extensions: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.extensions: Mapping[str, Any] = extensions


def overloaded(what: str, retry_after_seconds: int) -> PublicError:
    """A limit of the server is reached; nothing was done."""
    return PublicError(
        "OVERLOADED", f"The server is busy ({what}); try again.", retryAfterSeconds=retry_after_seconds
    )


def storage_unavailable(reason: str) -> PublicError:
    """The database could not be written; it is certain that nothing of the request was kept."""
    return PublicError(
        "STORAGE_UNAVAILABLE",
        "The request could not be stored; nothing was changed. Try again.",
        reason=reason,
    )


def outcome_unknown() -> PublicError:
    """Waiting was given up; a retry with the same idempotency key tells what happened."""
    return PublicError(
        "OUTCOME_UNKNOWN",
        "It is not known whether this took effect. Retry with the same idempotency key: the answer will tell.",
    )

"""Structured logs: one line an event, as JSON for machines or readable on a terminal. No personal data, ever."""

from __future__ import annotations

import logging
import sys

import structlog


def configure(level: str, *, stream: object = None) -> None:
    """Send structlog and the standard library's loggers to one stream, standard error by default."""
    target = stream or sys.stderr
    on_terminal = bool(getattr(target, "isatty", lambda: False)())
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        cache_logger_on_first_use=False,
    )
    # Exceptions are printed without local variables: those may hold what somebody sent.
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    renderer = (
        [plain]
        if on_terminal
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )
    handler = logging.StreamHandler(target)  # type: ignore[arg-type]
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for chatty in ("uvicorn.access", "uvicorn.error", "alembic.runtime.migration", "httpx"):
        logging.getLogger(chatty).setLevel(logging.WARNING)

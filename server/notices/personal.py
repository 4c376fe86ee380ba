"""What the slice holds of persons. Addresses, links and codes go when the e-mail is delivered or given up."""

from __future__ import annotations

from server.kit.personal import Held
from server.notices.model import Notice, NoticeLanguage, OutboxMessage

HELD = (
    Held(
        model=Notice,
        columns=("id", "account_id", "person_id", "kind", "in_app", "emailing", "created_at", "read_at"),
        category="activity",
        purpose="api_use",
        legal_basis="contract",
        retention="account",
        erasure="delete",
    ),
    Held(
        model=Notice,
        columns=("data",),
        category="activity",
        purpose="api_use",
        legal_basis="contract",
        retention="account",
        erasure="shred",
        retention_class="content",
    ),
    Held(
        model=Notice,
        columns=("dedupe_key",),
        category="technical",
        purpose="api_use",
        legal_basis="contract",
        retention="account",
        erasure="delete",
        exported=False,
    ),
    Held(
        model=OutboxMessage,
        columns=("id", "notice_id", "account_id", "state", "created_at", "settled_at"),
        category="activity",
        purpose="api_use",
        legal_basis="contract",
        retention="account",
        erasure="delete",
    ),
    Held(
        model=OutboxMessage,
        columns=("address",),
        category="identification",
        purpose="identification",
        legal_basis="contract",
        retention="until_settled",
        erasure="shred",
        retention_class="identity",
    ),
    Held(
        model=OutboxMessage,
        columns=("secrets",),
        category="technical",
        purpose="security",
        legal_basis="contract",
        retention="until_settled",
        erasure="shred",
        retention_class="content",
        exported=False,
    ),
    Held(
        model=OutboxMessage,
        columns=("attempts", "next_attempt_at", "message_id", "error"),
        category="technical",
        purpose="api_use",
        legal_basis="contract",
        retention="account",
        erasure="delete",
        exported=False,
    ),
    Held(
        model=NoticeLanguage,
        columns=("reader_id", "account_id", "language"),
        category="identification",
        purpose="identification",
        legal_basis="contract",
        retention="account",
        erasure="delete",
    ),
)

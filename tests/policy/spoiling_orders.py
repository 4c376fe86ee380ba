"""Orders, automatic top-ups and documents that nobody should have been able to leave so, for the checks to find."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import insert

from server.kit.work import Work
from server.orders.model import Order, RegistryEntry
from server.orders.model.auto_top_up import AutoTopUp
from server.senders.model import Sender, SenderDocument, SenderDocumentChunk
from server.topups.model import PaymentMethod
from tests.policy.conftest import World
from tests.policy.spoiling import Sabotage


def ordered(**values: Any) -> Sabotage:
    """A cancelled order."""

    def sabotage(work: Work, world: World) -> None:
        said = work.seal(world.customer, "content", "order_registry.parameters", "{}")
        entry = {"order_id": "ord_1", "account_id": world.customer, "parameters": said}
        work.execute(insert(RegistryEntry).values(**entry, registered_at=work.now))
        numbers = (
            "quantity",
            "unit_price_minor",
            "priced_units",
            "credits",
            "fx_numerator",
            "fx_denominator",
        )
        row = {
            "id": "ord_1",
            "account_id": world.customer,
            "status": "CANCELLED",
            "product": "EMAIL_1K",
            "currency": "EUR",
            "fulfilled": 0,
            "net_minor": 1_000,
            "placed_at": work.now,
            **dict.fromkeys(numbers, 1),
        }
        work.execute(insert(Order).values(**(row | values)))

    return sabotage


def automatic(method: dict[str, Any] | None = None, **values: Any) -> Sabotage:
    """An automatic top-up, with the payment method that the account has."""

    def sabotage(work: Work, world: World) -> None:
        made = {"account_id": world.customer, "created_at": work.now, "updated_at": work.now}
        row = {
            "unit": "EUR",
            "enabled": True,
            "below": 1,
            "add_quantity": 1,
            "currency": "EUR",
            "failures": 0,
        }
        work.execute(insert(AutoTopUp).values(id="atu_1", **made, **(row | values)))
        if method is not None:
            numbers = dict.fromkeys(("tries", "confirmations"), 0)
            flags = {
                "is_default": False,
                "wants_default": False,
                "status": "FAILED",
                "saved_for": "ONE_CLICK",
            }
            card = {"id": "pm_1", "gateway": "sandbox", **numbers, **flags, **made}
            card |= {"expires_at": work.now + timedelta(days=1)}
            card["provider_reference"] = work.seal(
                world.customer, "billing", "payment_methods.provider_reference", "card"
            )
            work.execute(insert(PaymentMethod).values(card | method))

    return sabotage


def documented(hours: int, *, draft: bool = False, deleted: bool = False) -> Sabotage:
    """A document, and a piece of it, of a sender ID that was decided, or is a draft, since so many hours ago."""

    def sabotage(work: Work, world: World) -> None:
        at = work.now - timedelta(hours=hours)
        name = work.seal(world.customer, "identity", "senders.name", "Lark")
        row = {"account_id": world.customer, "name": name, "kind": "NAME", "submissions": 1}
        row["status"] = "DRAFT" if draft else "REFUSED"
        decided = {"decided_at": None if draft else at, "created_at": at, "updated_at": at}
        work.execute(insert(Sender).values(id="snd_1", **row, **decided))
        paper = {"sender_id": "snd_1", "account_id": world.customer, "kind": "IDENTITY", "size_bytes": 1}
        paper |= {"content_type": "application/pdf", "created_at": at, "expires_at": at}
        paper |= {"taken_at": at, "stored_at": at, "deleted_at": at if deleted else None}
        work.execute(insert(SenderDocument).values(id="doc_1", **paper))
        data = work.seal(world.customer, "identity", "sender_document_chunks.data", "%PDF")
        piece = {"document_id": "doc_1", "position": 0, "account_id": world.customer}
        work.execute(insert(SenderDocumentChunk).values(**piece, data=data))

    return sabotage


_FEE = {"fee_minor": 100, "cancel_reason": "CUSTOMER_ERROR"}
_CARD = {"status": "ACTIVE"}

SPOILED: list[tuple[str, str, Sabotage]] = [
    ("order.activates_on", "ord_1", ordered(status="ACTIVE")),
    ("cancel.fee_min", "ord_1", ordered(fee_minor=100, cancel_reason="DUPLICATE")),
    ("cancel.percent", "ord_1", ordered(fee_minor=100)),
    ("auto_topup.requires", "atu_1", automatic()),
    ("auto_topup.requires", "atu_1", automatic({}, method_id="pm_1")),
    ("auto_topup.requires", "atu_1", automatic(_CARD)),
    ("retain.sender_documents", "doc_1", documented(2)),
    ("retain.sender_documents", "doc_1", documented(0, deleted=True)),
    ("sms.documents_wait", "doc_1", documented(24 * 31, draft=True)),
]
"""Each clause with what its check names, and what was done against it."""

KEPT: list[tuple[str, Sabotage]] = [
    ("order.activates_on", ordered(status="ACTIVE", payment_transfer_id="trf_1")),
    ("cancel.fee_min", ordered(**_FEE)),
    ("auto_topup.requires", automatic(enabled=False)),
    ("auto_topup.requires", automatic(suspension="NO_PAYMENT_METHOD")),
    ("auto_topup.requires", automatic(_CARD, method_id="pm_1")),
    ("auto_topup.requires", automatic(_CARD | {"is_default": True})),
    ("retain.sender_documents", documented(0)),
    ("sms.documents_wait", documented(24 * 30, draft=True)),
]
"""What these checks leave alone."""

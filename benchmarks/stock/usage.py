"""Charging usage: one ORM transaction with its idempotency row, committed by itself.

Less is asked of it than of Postmeter: no audit row, no keyed chain, no second look at the credential.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from benchmarks.stock.database import write_session
from benchmarks.stock.live import Broadcast
from benchmarks.stock.types import (
    BalanceUpdate,
    BigInt,
    IdempotencyMismatch,
    InsufficientBalance,
    QuantityOutOfRange,
    RecordUsageInput,
    UsageBalance,
    UsagePosting,
    UsageRecorded,
    quantity,
)
from server.kit.idempotency import StoredOutcome
from server.wallet.model import Posting, Wallet

UNIT = "EMAIL"
MESSAGES_MAX = 10_000_000

balances: Broadcast[BalanceUpdate] = Broadcast()


def channel(account_id: str, unit: str) -> str:
    return f"{account_id}/{unit}"


Answer = UsageRecorded | InsufficientBalance | QuantityOutOfRange | IdempotencyMismatch


async def record_usage(account_id: str, data: RecordUsageInput) -> Answer:
    """All entries or none, once for an idempotency key."""
    body = json.dumps([[entry.operation.email_send.messages, entry.reference] for entry in data.entries])
    key = {
        "account_id": account_id,
        "action": "recordUsage",
        "key_digest": hashlib.sha256(data.idempotency_key.encode()).digest(),
    }
    input_digest = hashlib.sha256(body.encode()).digest()
    async with write_session() as session:
        stored = await session.get(StoredOutcome, tuple(key.values()))
        if stored is not None:
            if stored.input_digest != input_digest:
                return IdempotencyMismatch(code="IDEMPOTENCY_MISMATCH", field="idempotencyKey")
            assert stored.outcome is not None
            return _present(json.loads(stored.outcome), replayed=True)
        query = select(Wallet).where(Wallet.account_id == account_id, Wallet.unit == UNIT).with_for_update()
        wallet = (await session.scalars(query)).one()
        now, posted = datetime.now(UTC), []
        outcome = _refusal(wallet, data)
        if outcome is None:
            posted = _charge(session, wallet, data, now)
            outcome = _facts(wallet, posted)
        session.add(StoredOutcome(**key, input_digest=input_digest, outcome=json.dumps(outcome), at=now))
        await session.commit()
    for posting in posted:
        balances.publish(channel(account_id, UNIT), BalanceUpdate.change(UNIT, posting))
    return _present(outcome, replayed=False)


def _refusal(wallet: Wallet, data: RecordUsageInput) -> dict[str, Any] | None:
    available = wallet.posted - wallet.held
    for index, entry in enumerate(data.entries):
        messages = entry.operation.email_send.messages
        if not 1 <= messages <= MESSAGES_MAX:
            return {"index": index}
        if messages > available:
            return {"available": available, "required": messages}
        available -= messages
    return None


def _charge(session: AsyncSession, wallet: Wallet, data: RecordUsageInput, now: datetime) -> list[Posting]:
    transfer_id = f"trf_{uuid.uuid4().hex}"
    posted = []
    for entry in data.entries:
        messages = entry.operation.email_send.messages
        wallet.posted -= messages
        wallet.sequence += 1
        wallet.changed_at = now
        posting = Posting(
            wallet_id=wallet.id,
            sequence=wallet.sequence,
            kind="USAGE",
            posted_delta=-messages,
            held_delta=0,
            posted_after=wallet.posted,
            held_after=wallet.held,
            counter="CREDITS_USED",
            transfer_id=transfer_id,
            reference=entry.reference,
            at=now,
            link=b"",
        )
        session.add(posting)
        posted.append(posting)
    return posted


def _facts(wallet: Wallet, posted: list[Posting]) -> dict[str, Any]:
    return {
        "postings": [[UNIT, one.posted_delta, one.sequence, one.reference] for one in posted],
        "balances": [[UNIT, wallet.posted, wallet.held, wallet.sequence]],
    }


def _present(outcome: dict[str, Any], replayed: bool) -> Answer:
    if "available" in outcome:
        return InsufficientBalance(
            code="INSUFFICIENT_BALANCE",
            field=None,
            available=quantity(UNIT, outcome["available"]),
            required=quantity(UNIT, outcome["required"]),
        )
    if "index" in outcome:
        where = f"entries.{outcome['index']}.operation.emailSend.messages"
        return QuantityOutOfRange(code="QUANTITY_OUT_OF_RANGE", field=where, minimum=1, maximum=MESSAGES_MAX)
    return UsageRecorded(
        postings=[
            UsagePosting(
                reference=reference, unit=unit, amount=quantity(unit, amount), sequence=BigInt(sequence)
            )
            for unit, amount, sequence, reference in outcome["postings"]
        ],
        balances=[
            UsageBalance(
                unit=unit,
                posted=quantity(unit, posted),
                held=quantity(unit, held),
                available=quantity(unit, posted - held),
                sequence=BigInt(sequence),
            )
            for unit, posted, held, sequence in outcome["balances"]
        ],
        replayed=replayed,
    )

"""The GraphQL that is measured, word for word the same for both servers."""

from __future__ import annotations

import json
from typing import Any

UNIT = "EMAIL"

DASHBOARD = """
query Dashboard {
  viewer {
    account {
      id
      status
      createdAt
      balances { unit posted held available sequence at }
      orders(first: 20) {
        edges {
          cursor
          node {
            id status product quantity fulfilled credits creditUnit placedAt activatedAt completedAt transferId
            unitPrice { amount currency }
            net { amount currency }
            cancellation { reason at fee { amount currency } refund { amount currency } }
          }
        }
        pageInfo { hasNextPage endCursor }
      }
      topUps(first: 10) {
        edges {
          cursor
          node {
            id transactionId status failureCode nextAction createdAt updatedAt
            amount { amount currency }
            received { amount currency }
          }
        }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}
"""

BALANCES = "query Balances { viewer { account { balances { unit posted held available sequence } } } }"

RECORD_USAGE = """
mutation RecordUsage($input: RecordUsageInput!) {
  recordUsage(input: $input) {
    __typename
    ... on UsageRecorded {
      replayed
      postings { reference unit amount sequence }
      balances { unit posted held available sequence }
    }
    ... on Problem { code field }
  }
}
"""

WATCH = """
subscription Watch($unit: Unit!) {
  balance(unit: $unit, mode: EVERY) { kind sequence posted held available at posting { kind amount } }
}
"""


def body(query: str, variables: dict[str, Any] | None = None) -> bytes:
    """A GraphQL request as JSON."""
    return json.dumps({"query": query, "variables": variables or {}}, separators=(",", ":")).encode()


def debit(key: str, reference: str, messages: int = 1) -> bytes:
    """A debit of e-mail credits under an idempotency key."""
    entry = {"operation": {"emailSend": {"messages": messages}}, "reference": reference}
    return body(RECORD_USAGE, {"input": {"entries": [entry], "idempotencyKey": key}})

"""Who may use which part of the slice, and what for (Q010)."""

from __future__ import annotations

from server.accounts.rules.accesses import LegalDuty
from server.kit.graph.access import Access, Who

CATALOG = Access(Who.ANYONE, "api_use")
OWN = Access(Who.SIGNED_IN, "balance_and_orders")
"""Types that are reached only through fields with a scope of their own."""
READ = Access(Who.SIGNED_IN, "balance_and_orders", "orders:read")
WRITE = Access(Who.SIGNED_IN, "balance_and_orders", "orders:write")
ACCOUNT_READ = Access(Who.SIGNED_IN, "balance_and_orders", "account:read")
ACCOUNT_WRITE = Access(Who.SIGNED_IN, "balance_and_orders", "account:write")
FINANCE = Access(
    Who.STAFF,
    "balance_and_orders",
    staff_roles=frozenset({"FINANCE", "ADMIN"}),
    duty=LegalDuty.BOOKKEEPING.value,
)
"""Who sets prices and looks VAT numbers up."""
USAGE = Access(Who.SIGNED_IN, "balance_and_orders", "usage:write")

"""Who may use which part of the slice, and what for (Q010)."""

from __future__ import annotations

from server.accounts.rules import PEOPLE_WRITE
from server.kit.graph.access import Access, Who

CATALOG = Access(Who.ANYONE, "api_use")
OWN = Access(Who.SIGNED_IN, "balance_and_orders")
"""Types that are reached only through fields with a scope of their own."""
READ = Access(Who.SIGNED_IN, "balance_and_orders", "orders:read")
WRITE = Access(Who.SIGNED_IN, "balance_and_orders", "topups:write")
"""Plans charge the saved card: whoever may pay may choose them."""
TEAM = Access(Who.SIGNED_IN, "identification", PEOPLE_WRITE)

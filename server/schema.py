"""Joins the slices' queries, mutations and subscriptions into one schema."""

import server.accounts.model
import server.kit.personal
import server.orders.model
import server.topups.model
import server.wallet.model  # noqa: F401

"""Joins the slices' queries, mutations and subscriptions into one schema."""

from __future__ import annotations

import server.accounts.model  # noqa: F401

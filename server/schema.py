"""Joins the slices' queries, mutations and subscriptions into one schema."""

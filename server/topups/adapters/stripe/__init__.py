"""Stripe as a payment gateway: charges, saved cards and refunds over its API, and what its webhooks report."""

"""Payments in: a top-up is money that a customer pays to a gateway and that the ledger credits once received."""

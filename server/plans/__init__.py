"""Plan subscriptions: what an account may use by its plan, the cycles that are charged for it, and its seats."""

"""Campaigns: what is sent to whom, what it costs in credits, what became of every message, and who complained."""

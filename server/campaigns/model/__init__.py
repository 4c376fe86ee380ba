"""The tables of campaigns, of what became of their messages, of suppressed addresses, and of complaints."""

from server.campaigns.model.campaigns import Campaign

__all__ = ["Campaign"]

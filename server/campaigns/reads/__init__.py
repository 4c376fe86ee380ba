"""Queries of campaigns, their statistics, and the connections over which events come."""

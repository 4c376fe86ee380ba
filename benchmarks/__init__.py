"""Postmeter against a stock equivalent: the same data, questions and durability, in one interleaved run."""

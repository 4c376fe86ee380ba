"""A soak: clients that vanish, reconnect, stall and misbehave beside well-behaved ones, and nothing is left of them.

    python -m tests.soak --minutes 30

`test_soak.py` is the short form.
"""

"""What fields cost, in points, that keep the server busy with more than reading and writing rows (M143).

A client regains a thousand points a second by default, and an operation may cost ten thousand: these weigh each field
by what it takes of a core. Every other field costs what `gateway/engine/cost.py` says.
"""

from __future__ import annotations

PASSWORD = 200
"""A password is hashed, about a tenth of a second: five times a second in the long run."""
PASSKEY = 50
"""A signature is verified, and a challenge kept for it."""
COUNT = 100
"""Rows of many tables are counted."""
EXPORT = 200
"""A file of every row is made."""
PROOF = 1_000
"""Everything there is of an account, or the newest part of a log, is replayed or checked."""

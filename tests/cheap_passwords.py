"""Passwords hashed by argon2id at its cheapest, in this process and in those forked from it: once imported.

A hash as users get it takes a tenth of a second of a core: most of what tests of the assembled server took.
"""

from __future__ import annotations

import argon2

from server.accounts.adapters.passwords import Argon2id

AS_SERVED = Argon2id.parameters
"""What the server hashes with."""

Argon2id.parameters = argon2.profiles.CHEAPEST

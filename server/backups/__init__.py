"""`postmeter backup` and `postmeter restore`: the whole system, in an order in which nobody erased comes back.

Copied are, in this order: signed roots and seals, the main database, files, the key store, the journal of erasures. So
what signs is never ahead of what it signed, and every row of the copy finds its key; a key without a row is harmless.
The master key is in no backup: whoever has both has everything.
"""

"""The policy as data: profiles and their clauses, published versions, registers, and the checks that prove them."""

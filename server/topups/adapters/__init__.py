"""Payment gateways: the protocol that all of them follow, and the built-in sandbox."""

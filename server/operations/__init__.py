"""What the operators of the server see and steer: due work, and force majeure."""

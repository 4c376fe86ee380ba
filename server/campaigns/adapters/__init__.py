"""What providers send, and how it is known to be theirs."""

"""The asynchronous edge of the slice: password hashing off the loop, and who sent a request."""

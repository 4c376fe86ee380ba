"""The slice's outside world: the files of a package."""

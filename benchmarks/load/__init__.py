"""The load generator, a process of its own: lean enough that it is not what is measured."""

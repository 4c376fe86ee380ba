"""Orders: the catalog, what is bought from the balance, usage that is charged to it, cancellations and their fees."""

"""What lies outside the databases: the journal of erasures, and the files of accounts and of their copies."""

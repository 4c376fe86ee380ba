"""The ledger: wallets, their postings and holds. The only writer of money and credits."""

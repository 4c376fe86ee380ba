"""What a profile may say, how a clause reads, and what the registers demand."""

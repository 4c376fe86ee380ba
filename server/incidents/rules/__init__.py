"""What an incident goes through, what each state wants first, who is told, and by when. No I/O."""

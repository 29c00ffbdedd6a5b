"""What did a run leave? Captured after a run, applied on a hit."""

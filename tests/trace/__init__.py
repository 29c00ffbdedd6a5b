"""What a run reads and touches."""

"""What did a cell show? Recorded in order while it streams live (`record`), shown again identically (`replay`)."""

"""What judges: one rubric per file, in words."""

"""What to run: one @task per file."""

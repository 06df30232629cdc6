"""The time ahead: replications interval by interval, and what the worst intervals lack."""

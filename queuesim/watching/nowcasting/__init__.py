"""From the present to the end of the day: who is where, what is left, who comes, what helps."""

"""What carries how much of a wait: what happened, days with some of it, shares, words."""

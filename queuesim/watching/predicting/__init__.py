"""Predicting the wait of one contact: what is seen, capacity ahead, laws, predictors, scores."""

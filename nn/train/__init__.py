"""Training: what is minimised, by which epochs, and what is kept of it."""

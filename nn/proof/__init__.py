"""The closed forms BP1–BP4 in plain floats, and the engine's gradients held against them."""

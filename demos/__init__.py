"""The demos: each runs by itself, `python -m demos.neuron`, and `python -m demos` is the tour through them."""

"""Loops found again in the scalars: thousands of a tape's instructions are one instruction in a loop.

`statements` is the data, `folding`, `keys` and `coding` the ideas of the pass, `recovery` puts them together, and
`interpreter` runs what came out. Nothing here knows what a neuron is: what a net's backward pass rolls up to is
BP1–BP4 because the graph is, not because anybody told it.
"""

"""The loops of a tape as equations in the notation of the derivation: z¹ = W¹ a⁰ + b¹, δ¹ = (W²ᵀ δ²) ⊙ σ′(z¹).

`names` writes the names of inputs and layers, `parts` writes products of matrices and vectors, `primes` recognises σ′,
`sheet` goes through the statements and gives names to what they make, `gradients` to what goes out, and `told` is the
document. Before that the statements are put as one reads them: `reading` for parts of rules, `division` for matrices
that share a vector (with `cutting`, `joining` and `whereabouts`), `shapes` for loops over matrices. What runs knows
nothing of this.
"""

"""The chain rule, told: derivations, paths, traces, classic mistakes and costs, as text, Markdown and LaTeX."""

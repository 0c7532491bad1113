"""The page: one self-contained HTML file in which the graph is alive."""

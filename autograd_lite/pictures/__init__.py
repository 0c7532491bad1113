"""Pictures: a graph as boxes and arrows at every level of detail, still, step by step or moving."""

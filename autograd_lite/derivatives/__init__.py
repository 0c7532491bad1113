"""Derivatives of functions and of graphs, to any order, and what checks and guards them."""

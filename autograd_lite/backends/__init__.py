"""Interpreters of a tape that run it faster than Python objects can."""

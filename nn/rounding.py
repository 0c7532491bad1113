"""What counts as the same number where one program computes it in two ways."""

import math


def alike(written: float, recorded: float) -> bool:
    """Whether a number of the program that was written and one of its recording differ by rounding at the most."""
    if written == recorded or (written != written and recorded != recorded):
        return True
    return math.isclose(written, recorded, rel_tol=1e-9, abs_tol=1e-12)

"""Numbers and labels in text and in LaTeX."""

import math

import pytest

from autograd_lite.telling.notation import Math, factor, number, product, whole


@pytest.mark.parametrize(
    ("x", "text", "latex"),
    [
        (2.5, "2.5", "2.5"), (-0.0, "0", "0"), (1e-20, "1e-20", r"1 \cdot 10^{-20}"), (math.inf, "inf", r"\infty"),
        (-math.inf, "-inf", r"-\infty"), (math.nan, "nan", r"\mathrm{nan}"),
    ],
)  # fmt: skip
def test_a_number(x, text, latex):
    assert number(x) == Math(text, latex)


def test_a_negative_factor_stands_in_brackets_unless_it_is_the_only_one():
    assert product(factor(-2.0)) == Math("-2", "-2")
    assert product(factor(3.0)) == Math("3", "3")
    assert product(factor(3.0), factor(-2.0)) == Math("3 · (-2)", r"3 \cdot \left(-2\right)")
    assert product(factor(-2.0), factor(-2.0)).text == "(-2) · (-2)"


@pytest.mark.parametrize(
    ("n", "text"),
    [(0, "0"), (1_234_567, "1,234,567"), (2**40 - 1, "1,099,511,627,775"), (2**41, "2^41"), (10**50, "1e+50")],
)
def test_a_count(n, text):
    assert whole(n).text == text

"""The text of pictures: numbers that align and are short, formulas, and the scale of gradients."""

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd_lite import Value, draw, maximum
from autograd_lite.pictures.boxes import aligned, heading, rounded
from autograd_lite.pictures.styles import THEMES, WIDTHS, scale_step


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (0.1 + 0.2, "0.3"), (-0.0, "0"), (1 / 3, "0.3333"), (123456.0, "1.235e+05"), (math.inf, "inf"), (None, "–"),
        (math.nan, "nan"), (2, "2"),
    ],
)  # fmt: skip
def test_numbers_have_four_digits(x, text):
    assert rounded(x) == text


@pytest.mark.parametrize(
    ("numbers", "texts"),
    [
        ([0.5, 1.4232], ["0.500", "1.423"]),
        ([2.0, None], ["2", "–"]),
        ([-0.4, 0.71158], ["-0.4000", "0.7116"]),
        ([1234.0, 0.01234], ["1234.00000", "0.01234"]),
        ([1e-9, 0.5], ["1e-09", "0.5"]),
        ([0.00012345, 0.5], ["0.0001234", "0.5"]),
        ([math.inf, 0.25], ["inf", "0.25"]),
        ([0.001234, 1.5], ["0.00123", "1.50000"]),
        ([0.08846, 0.142274], ["0.08846", "0.14227"]),
        ([-0.524068, -0.0711432], ["-0.52407", "-0.07114"]),
    ],
)
def test_the_points_of_numbers_in_a_box_are_below_each_other(numbers, texts):
    assert aligned(numbers) == texts


@given(st.lists(st.none() | st.floats(), min_size=1, max_size=4))
def test_the_digits_shown_are_digits_of_the_number(numbers):
    for x, text in zip(numbers, aligned(numbers), strict=True):
        if x is None or not math.isfinite(x):
            assert text == rounded(x)
            continue
        shown = Decimal(text)
        assert abs(shown - Decimal(x)) <= Decimal((0, (5,), shown.as_tuple().exponent - 1))


@pytest.mark.parametrize(
    ("size", "step"), [(1.0, 4), (0.32, 4), (0.3, 3), (0.11, 3), (0.04, 2), (0.02, 1), (0.001, 0), (0.0, 0)]
)
def test_a_step_of_the_scale_is_half_a_power_of_ten(size, step):
    assert scale_step(size, 1.0) == scale_step(size * 1e-12, 1e-12) == step


def test_the_scale_has_an_answer_for_every_number():
    assert scale_step(math.inf, math.inf) == scale_step(math.inf, 1.0) == len(WIDTHS) - 1
    assert scale_step(1.0, math.inf) == scale_step(math.nan, 1.0) == scale_step(0.0, 0.0) == 0


def luminance(colour):
    """The relative luminance of #rrggbb, as the accessibility guidelines (WCAG 2) define it."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", THEMES)
def test_a_theme_can_be_read_without_colour_vision(name):
    theme = THEMES[name]
    background = "#ffffff" if theme.background == "white" else theme.background
    lightness = [luminance(colour) for colour in theme.scale]
    assert lightness in (sorted(lightness), sorted(lightness, reverse=True))
    for fill in (*theme.scale, *(fill for _, fill in theme.kinds.values())):
        assert contrast(theme.ink, "#ffffff" if fill == "white" else fill) >= 4.5
    for text in (theme.muted, theme.ink):
        assert contrast(text, background) >= 4.5


w, x, b, rate = Value(2.0, "w"), Value(3.0, "x"), Value(1.0, "b"), Value(0.5, "rate")
minus_x = -x
FORMULAS = [
    (w * x + b, "wx + b"),
    ((w + x) * b, "(w + x)·b"),
    (w - (x - b), "w − (x − b)"),
    (w - x - b, "w − x − b"),
    (-(w + x), "-(w + x)"),
    (rate * x, "rate·x"),
    (2 * x, "2x"),
    (-2 * x, "-2·x"),
    ((w * x) ** 2, "(wx) ** 2"),
    (w / (x * b), "w / (xb)"),
    ((w * x).tanh(), "tanh(wx)"),
    (maximum(w, x + b), "maximum(w, x + b)"),
    (Value(1.0) + x, "? + x"),
    (w * -x, "w·(-x)"),
    (w - -x, "w − (-x)"),
    (-minus_x, "-(-x)"),
    (w + -2.0, "w + (-2)"),
    ((w / x) * b, "(w / x)·b"),
    (b * (w / x), "b·(w / x)"),
    (Value(1.0, "p+q") * x, "(p+q)·x"),
    (Value(1.0, "my weight") * x, "(my weight)·x"),
    (Value(1.0, "w1[0,2]") * x, "w1[0,2]·x"),
    (Value(1.0, "p\nq").tanh(), "tanh(p q)"),
]


@pytest.mark.parametrize(("y", "formula"), FORMULAS, ids=[formula for _, formula in FORMULAS])
def test_formulas(y, formula):
    from autograd_lite.graph import toposort
    from autograd_lite.pictures.diagram import Member
    from autograd_lite.pictures.picture import formulas

    written = formulas([Member(node, node.label, node.data, None) for node in toposort(y)])
    assert written[y] == formula


def test_a_long_formula_is_left_out_and_a_label_stands_for_what_is_below_it():
    y = x
    for _ in range(600):
        y = (y * x).sin()
    assert "…" in draw(y * b, algebra=True, detail="node").source
    z = w * x
    z.label = "z"
    assert "<B>z + b</B>" in draw(z + b, algebra=True).source
    assert "<B>wx + b</B>" not in draw(w * x + b).source


def test_one_value_is_not_counted_in_the_heading_of_its_box():
    theme = THEMES["light"]
    assert len(heading("x", "+", 1, theme)) == 2
    assert "×2" in heading("x", "+", 2, theme)[2][1]
    assert "×1,000" in heading("", "", 1000, theme)[0][1]

"""Random programs whose numbers are exact, and their derivatives by plain fractions: an oracle for what is told.

A program is a list of steps (sign, i, j): apply + − or × to the results i and j so far; results 0 and 1 are inputs.
Numbers are small integers and there are few products, so every number on the way fits a double exactly.
"""

import operator
from fractions import Fraction

from hypothesis import strategies as st

SIGNS = {"+": operator.add, "-": operator.sub, "*": operator.mul}


@st.composite
def programs(draw):
    """Up to 7 steps, at most 3 of them products; the last step is the root."""
    steps = []
    for i in range(2, 2 + draw(st.integers(1, 7))):
        products = sum(sign == "*" for sign, _, _ in steps)
        index = st.integers(max(0, i - 4), i - 1)
        steps.append(draw(st.tuples(st.sampled_from("+-" if products == 3 else "+-*"), index, index)))
    return steps


INPUTS = st.tuples(st.integers(-2, 2), st.integers(-2, 2))


def run(steps, inputs):
    """The results of a program, inputs first."""
    results = list(inputs)
    for sign, i, j in steps:
        results.append(SIGNS[sign](results[i], results[j]))
    return results


def slopes(step, results):
    """The two local derivatives of a step, by hand."""
    sign, i, j = step
    return {"+": (1, 1), "-": (1, -1), "*": (results[j], results[i])}[sign]


def all_paths(steps, inputs, goal):
    """The product of the local derivatives on every path from the last result down to input `goal`, one by one."""
    results = run(steps, map(Fraction, inputs))
    products, stack = [], [(len(results) - 1, Fraction(1))]
    while stack:
        place, product = stack.pop()
        if place == goal:
            products.append(product)
        elif place >= 2:
            step = steps[place - 2]
            for parent, slope in zip(step[1:], slopes(step, results), strict=True):
                stack.append((parent, product * slope))
    return products


def gradients(steps, inputs):
    """∂(last)/∂(each result), by the definition, from the last to the first."""
    results = run(steps, map(Fraction, inputs))
    found = [Fraction(0)] * len(results)
    found[-1] = Fraction(1)
    for place in range(len(results) - 1, 1, -1):
        step = steps[place - 2]
        for parent, slope in zip(step[1:], slopes(step, results), strict=True):
            found[parent] += slope * found[place]
    return found

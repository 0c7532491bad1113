"""Tables of which an ordinary run sees a part; the rest is slow, and run with `-m slow`."""

import itertools

import pytest


def some(*choices, often):
    """All combinations as parameters; those for which `often(places)` is false are slow."""
    return [
        pytest.param(
            *[each[i] for each, i in zip(choices, places, strict=True)],
            marks=[] if often(*places) else pytest.mark.slow,
        )
        for places in itertools.product(*(range(len(each)) for each in choices))
    ]


def chosen(table, *often):
    """The entries of a table as parameters; those that are not named are slow."""
    assert set(often) <= set(table)
    return [pytest.param(entry, marks=[] if entry in often else pytest.mark.slow) for entry in table]


def even(*places):
    """Half of all combinations, in which every two choices meet."""
    return sum(places) % 2 == 0

"""Loops over runs of a sum: written out again they are the runs in their order."""

from dataclasses import replace

import pytest

pytest.importorskip("llvmlite")

from hypothesis import given
from hypothesis import strategies as st

from autograd_lite import ops
from autograd_lite.backends.llvm.repeats import Repeat, repeats
from autograd_lite.backends.llvm.sites import Site, Terms

PRODUCT = (ops.multiply, 0, 1)


def run(count, a, b):
    """Σ k<count a[k]·b[−k], of a matrix and an array."""
    return Terms(PRODUCT, count, (Site("parameter", a, (16, 0), 1), Site("array", b, (0, 1), -1, 8)))


def written_out(parts):
    """The runs that parts stand for."""
    for part in parts:
        if not isinstance(part, Repeat):
            yield part
            continue
        inner = list(written_out(part.parts))
        for r in range(part.times):
            yield from (replace(terms, sites=tuple(at(site, r) for site in terms.sites)) for terms in inner)


def at(site, r):
    """A site at the r-th time; a constant's offset is its number."""
    step, *strides = site.strides
    offset = site.offset if site.kind == "constant" else site.offset + step * r
    return site._replace(offset=offset, strides=tuple(strides))


HEADS = [run(4, 4 * head, 128 * head) for head in range(4)]
NESTED = [run(n, 64 * head + 16 * k, 9 * head + k) for head in range(3) for k, n in enumerate([4, 3, 3, 3, 3])]


@pytest.mark.parametrize(
    ("runs", "shapes"),
    [
        ([run(16, 0, 0)], [1]),
        (HEADS, [(4, 1)]),
        (NESTED, [(3, 2)]),  # a run, and a repeat of four in it
        ([run(16, 5, 5), *HEADS, run(2, 1, 1)], [1, (4, 1), 1]),
        ([run(1, k, k) for k in range(4)], [1] * 4),  # too little to spare
        ([run(4, k * k, k) for k in range(3)], [1] * 3),  # not by the same step,
        ([run(4, k * k, k) for k in range(5)], [(2, 2), 1]),  # but in pairs by one each
        ([*HEADS, *(run(4, 100 - k, 100 + 7 * k) for k in range(3))], [(4, 1), (3, 1)]),
    ],
)
def test_what_repeats(runs, shapes):
    parts = list(repeats(runs))
    assert [(part.times, len(part.parts)) if isinstance(part, Repeat) else 1 for part in parts] == shapes
    assert list(written_out(parts)) == runs


def test_a_constant_is_the_same_each_time():
    scaled = [
        Terms(PRODUCT, 4, (Site("constant", number.hex(), (0,), 0), Site("array", 8 * k, (1,), 1)))
        for k, number in enumerate([2.0, 2.0, 2.0, 2.0, 3.0, 3.0, *[0.0] * 3, *[-0.0] * 3])
    ]
    parts = list(repeats(scaled))
    assert [part.times if isinstance(part, Repeat) else 1 for part in parts] == [4, 1, 1, 3, 3]
    assert list(written_out(parts)) == scaled


def test_offsets_that_are_not_known_stay():
    runs = [replace(each, sites=tuple(site._replace(offset=object()) for site in each.sites)) for each in HEADS]
    assert list(repeats(runs)) == runs


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=24))
def test_any_runs_are_kept_in_order(numbers):
    runs = [run(count, 4 * a, 8 * b) for count, a, b in numbers]
    assert list(written_out(repeats(runs))) == runs

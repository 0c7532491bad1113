"""Runs of a sum that come again and again some way further on, as those of the heads of attention do: loops over runs.

    Σ k<4 a[k]·b[k] + Σ k<4 a[k+16]·b[k+9] + Σ k<4 a[k+32]·b[k+18]   is   Σ r<3 Σ k<4 a[16r+k]·b[9r+k]

The terms keep their order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from autograd_lite.backends.llvm.sites import UNROLLED, Site, Terms

LEAST = 8  # terms that a loop has to spare: fewer are written out
LONGEST = 16  # runs in the body of a loop


class Repeat(NamedTuple):
    """Parts of a sum that come `times` times; their sites have one stride more, the first, by which they move on."""

    times: int
    parts: tuple[Terms | Repeat, ...]


def repeats(runs: Sequence[Terms]) -> Iterator[Terms | Repeat]:
    """The runs in their order, those that repeat as one part."""
    if not all(isinstance(site.offset, int) for run in runs for site in run.sites if site.kind != "constant"):
        yield from runs  # how far apart they are is not known
        return
    forms = [_form(run) for run in runs]
    i = 0
    while i < len(runs):
        length, times = _period(runs, forms, i)
        if times > 1:
            pairs = zip(runs[i : i + length], runs[i + length : i + 2 * length], strict=True)
            yield Repeat(times, tuple(repeats([_moving(*pair) for pair in pairs])))
        else:
            yield runs[i]
        i += length * times


def _form(run: Terms) -> Any:
    """A run without its offsets."""
    sites = (site if site.kind == "constant" else site._replace(offset=None) for site in run.sites)
    return run.tree, run.count, tuple(sites)


def _period(runs: Sequence[Terms], forms: Sequence[Any], i: int) -> tuple[int, int]:
    """How many runs from the i-th on come how often, so that most is spared; (1, 1) if that is too little."""
    best, most = (1, 1), LEAST - 1
    for length in range(1, min(LONGEST, (len(runs) - i) // 2) + 1):
        times = _times(runs, forms, i, length)
        spared = (times - 1) * sum(min(run.count, UNROLLED) for run in runs[i : i + length])
        if spared > most:
            best, most = (length, times), spared
    return best


def _times(runs: Sequence[Terms], forms: Sequence[Any], i: int, length: int) -> int:
    """How often `length` runs from the i-th on come one after the other, by the same steps each time."""
    times, end = 1, i + length
    while end + length <= len(runs) and forms[end : end + length] == forms[i : i + length]:
        if times > 1 and any(
            _steps(runs[k - length], runs[k]) != _steps(runs[k - 2 * length], runs[k - length])
            for k in range(end, end + length)
        ):
            break
        times, end = times + 1, end + length
    return times


def _steps(first: Terms, second: Terms) -> list[int]:
    """How far the sites of a run are from those of one of the same form."""
    return [0 if a.kind == "constant" else b.offset - a.offset for a, b in zip(first.sites, second.sites, strict=True)]


def _moving(first: Terms, second: Terms) -> Terms:
    """A run that moves on from the first to the second."""
    steps = zip(first.sites, _steps(first, second), strict=True)
    return replace(first, sites=tuple(_with_stride(site, step) for site, step in steps))


def _with_stride(site: Site, step: int) -> Site:
    return site._replace(strides=(step, *site.strides))

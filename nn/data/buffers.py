"""Buffers as rows: what holds numbers side by side and gives its rows only to those who know its shape."""

from typing import Any


def rows_of(xs: Any) -> Any:
    """The rows of a memoryview of two dimensions, which Python itself does not take apart; anything else as it is."""
    if not isinstance(xs, memoryview) or xs.ndim != 2 or not xs.nbytes:
        return xs
    if not xs.c_contiguous or len(xs.format) > 1:
        return xs.tolist()
    numbers, width = xs.cast("B").cast(xs.format), xs.nbytes // xs.itemsize // len(xs)  # type: ignore[call-overload]
    return [numbers[i * width : (i + 1) * width] for i in range(len(xs))]


def bytes_of(row: Any) -> bytes | None:
    """The bytes of a row of whole numbers from 0 to 255 that are stored as such, None of any other row."""
    try:
        view = memoryview(row)
    except TypeError:
        return None
    return view.tobytes() if view.format == "B" and view.ndim == 1 else None

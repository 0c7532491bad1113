"""CSV tables of numbers, read strictly: every cell is accounted for, or an error says which line and column is not."""

import csv
import io
import math
from collections.abc import Sequence
from operator import index
from typing import Literal

from autograd_lite.errors import shown
from nn.data.contents import FilePath, contents
from nn.data.labels import Labels

Row = tuple[int, list[str]]  # the line it ends on, counted from 1, and its cells


def read_csv(
    path: FilePath,
    target: int | str = -1,
    header: bool | Literal["auto"] = "auto",
    delimiter: str = ",",
    classes: Sequence[str] | None = None,
    max_bytes: int = 1 << 28,
) -> tuple[list[list[float]], list[int] | list[float]]:
    """Rows of numbers and their targets from a CSV file: `(xs, ys)`.

    `target` is the column of ys: its index (negative ones count from the right) or its name in the header. All other
    columns are numbers, and make up xs in the file's order. A target column of integers gives ints, of numbers floats,
    of names class indices: positions in `classes`, by default the names in sorted order, so that two files with the
    same names agree. Give `classes` to fix the order, or where class names look like numbers. Such ys keep the names,
    as `ys.classes`.

    With header="auto" the first row is a header if `target` is a name, or if not one of its cells outside the target
    column is a number. `delimiter` is a comma, semicolon, tab or bar. The file is UTF-8, with or without a byte-order
    mark, plain or gzip; empty lines and blanks around a cell don't count. It is at most `max_bytes` long, decompressed
    (256 MiB unless told otherwise).

    Raises ValueError, with path, line and column, for a cell that is no finite number (an empty one, nan and inf
    included), a target column that mixes numbers and names, a name not in `classes`, a row of another length than the
    first, a file without rows and one of more than `max_bytes`; OSError if the file can't be read.
    """
    if delimiter not in (",", ";", "\t", "|"):
        raise ValueError(f"read_csv: expected delimiter to be ',' ';' '\\t' or '|', got {shown(delimiter)}")
    if header not in (True, False, "auto"):
        raise ValueError(f"read_csv: expected header to be True, False or 'auto', got {shown(header)}")
    if isinstance(target, str) and header is False:
        raise ValueError(f"read_csv: expected target to be an index, as header=False, got {shown(target)}")
    places = _class_places(classes)
    with contents("read_csv", path, max_bytes) as (place, read):
        data = read(index(max_bytes) + 1)
    rows = _table(place, data, delimiter)
    line, first = rows[0]
    column = _target_column(f"{place}, line {line}", target, first)
    if header is True or (header == "auto" and (isinstance(target, str) or not _any_number(first, column))):
        rows = rows[1:]
    if not rows:
        raise ValueError(f"{place}, line {line + 1}: expected rows of data after the header, the file ends here")
    xs = [[_number(place, line, n, cell) for n, cell in enumerate(cells) if n != column] for line, cells in rows]
    return xs, _targets(place, [(line, cells[column]) for line, cells in rows], column, places)


def _class_places(classes: Sequence[str] | None) -> dict[str, int] | None:
    """The index of each class name."""
    if classes is None:
        return None
    if not isinstance(classes, (list, tuple)) or not all(isinstance(name, str) for name in classes):
        raise TypeError(f"read_csv: expected classes to be a list of str, got {shown(classes)}")
    places = {name: place for place, name in enumerate(classes)}
    if len(places) < len(classes):
        raise ValueError(f"read_csv: expected every name in classes once, got {shown(classes)}")
    return places


def _table(place: str, data: bytes, delimiter: str) -> list[Row]:
    """The rows of a CSV file, all of one length; at least one row, of at least two cells."""
    try:
        text = data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise ValueError(f"{place}, byte {error.start}: expected UTF-8 text, got {error.reason}") from None
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True, strict=True)
    rows = []
    try:
        for cells in reader:
            row = [cell.strip() for cell in cells]
            if len(row) > 1 or any(row):
                rows.append((reader.line_num, row))
    except csv.Error as error:
        raise ValueError(f"{place}, line {reader.line_num}: expected CSV, got {error}") from None
    if not rows:
        raise ValueError(f"{place}, line 1: expected rows of numbers, got an empty file")
    line, width = rows[0][0], len(rows[0][1])
    if width < 2:
        raise ValueError(f"{place}, line {line}: expected at least 2 columns, got 1; is the delimiter {delimiter!r}?")
    for other, cells in rows:
        if len(cells) != width:
            at = min(len(cells), width) + 1
            raise ValueError(
                f"{place}, line {other}, column {at}: expected {width} columns as in line {line}, got {len(cells)}"
            )
    return rows


def _target_column(place: str, target: int | str, first: list[str]) -> int:
    """The index of the target column, from 0; `place` ends in the line of the first row."""
    if isinstance(target, str):
        if first.count(target) != 1:
            raise ValueError(f"{place}: expected one column named {shown(target)}, got {shown(first)}")
        return first.index(target)
    try:
        column = index(target)
    except TypeError:
        raise TypeError(f"read_csv: expected target to be an int or a str, got {shown(target)}") from None
    if not -len(first) <= column < len(first):
        raise ValueError(f"read_csv: expected target to be one of {len(first)} columns, got {column}")
    return column % len(first)


def _targets(
    place: str, cells: list[tuple[int, str]], column: int, places: dict[str, int] | None
) -> list[int] | list[float]:
    """Numbers as they are, names as class indices."""
    if places is None:
        if _is_number(cells[0][1]):
            numbers = [_number(place, line, column, cell) for line, cell in cells]
            return [int(cell) for _, cell in cells] if all(_is_integer(cell) for _, cell in cells) else numbers
        for line, cell in cells:
            if not cell or _is_number(cell):
                raise ValueError(
                    f"{place}, line {line}, column {column + 1}: expected a class name, got {shown(cell)}; "
                    f"give header=True if the first row is one, classes= if this is a name"
                )
        places = {name: n for n, name in enumerate(sorted({cell for _, cell in cells}))}
    for line, cell in cells:
        if cell not in places:
            raise ValueError(
                f"{place}, line {line}, column {column + 1}: expected one of {shown(list(places))}, got {shown(cell)}"
            )
    return Labels([places[cell] for _, cell in cells], places)


def _number(place: str, line: int, column: int, cell: str) -> float:
    """The finite number in a cell; errors count columns from 1."""
    try:
        number = float(cell)
    except ValueError:
        number = math.nan
    if math.isfinite(number) and "_" not in cell:  # 1_000 is Python's way of writing, and no CSV file's
        return number
    raise ValueError(f"{place}, line {line}, column {column + 1}: expected a finite number, got {shown(cell)}")


def _is_number(cell: str) -> bool:
    """Whether the cell is written as a number, nan and inf included."""
    try:
        float(cell)
    except ValueError:
        return False
    return "_" not in cell


def _is_integer(cell: str) -> bool:
    return cell.lstrip("+-").isdigit()


def _any_number(cells: list[str], without: int) -> bool:
    return any(_is_number(cell) for n, cell in enumerate(cells) if n != without)

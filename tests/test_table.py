"""read_csv: what a table means, and that every fault in one is found, with path, line and column."""

import csv
import gzip
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn import data


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("csv") / "table.csv"


GOOD = {
    "ints": ("1,2,0\n3,4,1\n", {}, ([[1.0, 2.0], [3.0, 4.0]], [0, 1])),
    "floats": ("1,0\n2,0.5\n", {}, ([[1.0], [2.0]], [0.0, 0.5])),
    "names": ("1,dog\n2,cat\n3,dog\n", {}, ([[1.0], [2.0], [3.0]], [1, 0, 1])),
    "classes": ("1,dog\n2,cat\n", {"classes": ["dog", "eel", "cat"]}, ([[1.0], [2.0]], [0, 2])),
    "classes like numbers": ("1,3\n2,1\n", {"classes": ["1", "2", "3"]}, ([[1.0], [2.0]], [2, 0])),
    "header": ("a,b\n1,2\n", {}, ([[1.0]], [2])),
    "header over names": ("a,kind\n1,x\n", {}, ([[1.0]], [0])),
    "header of numbers": ("0,1\n5,6\n", {"header": True}, ([[5.0]], [6])),
    "names without header": ("1,x\n2,y\n", {"header": False}, ([[1.0], [2.0]], [0, 1])),
    "unnamed index column": (",y\n1,2\n", {}, ([[1.0]], [2])),
    "first column": ("7,1,2\n", {"target": 0}, ([[1.0, 2.0]], [7])),
    "middle column": ("1,7,2\n", {"target": -2}, ([[1.0, 2.0]], [7])),
    "column by name": ("a,b,c\n1,2,3\n", {"target": "b"}, ([[1.0, 3.0]], [2])),
    "column by name among numbers": ("1,b,3\n1,2,3\n", {"target": "b"}, ([[1.0, 3.0]], [2])),
    "semicolons": ("a;b\n1;2\n", {"delimiter": ";"}, ([[1.0]], [2])),
    "tabs": ("1\t2\n", {"delimiter": "\t"}, ([[1.0]], [2])),
    "quotes": ('"a, b","c"\n"1","x, y"\n', {}, ([[1.0]], [0])),
    "line break in quotes": ('1,"x\ny"\n2,z\n', {}, ([[1.0], [2.0]], [0, 1])),
    "Windows line break in quotes": ('1,"x\r\ny"\r\n', {"classes": ["x\r\ny"]}, ([[1.0]], [0])),
    "blanks": ('1, x \n2,x\n3,  "x"\n', {}, ([[1.0], [2.0], [3.0]], [0, 0, 0])),
    "empty lines": ("\n1,2\n\n  \n3,4\n\n", {}, ([[1.0], [3.0]], [2, 4])),
    "no end of line": ("1,2", {}, ([[1.0]], [2])),
    "Windows lines": ("a,b\r\n1,2\r\n", {}, ([[1.0]], [2])),
    "old Mac lines": ("a,b\r1,2\r", {}, ([[1.0]], [2])),
    "byte-order mark": ("\ufeff1,2\n", {}, ([[1.0]], [2])),
    "byte-order mark before a quoted name": ('\ufeff"a","b"\n1,2\n', {"target": "a"}, ([[2.0]], [1])),
    "names that are not ASCII": ("größe,Art\n1,Äsche\n2,鯉\n", {"target": "Art"}, ([[1.0], [2.0]], [0, 1])),
    "exponents and signs": ("-1e-3,+2\n.5,-3\n", {}, ([[-0.001], [0.5]], [2, -3])),
}


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(("text", "arguments", "wanted"), GOOD.values(), ids=GOOD)
def test_a_table_means(path, text, arguments, wanted, packed):
    content = text.encode()
    path.write_bytes(gzip.compress(content) if packed else content)
    xs, ys = data.read_csv(path, **arguments)
    assert (xs, ys) == wanted
    assert [type(y) for y in ys] == [type(y) for y in wanted[1]]
    assert all(type(x) is float for row in xs for x in row)


BAD = {
    "empty": (b"", {}, "line 1: expected rows of numbers, got an empty file"),
    "only a mark": ("\ufeff\n".encode(), {}, "line 1: expected rows of numbers, got an empty file"),
    "only a header": (b"a,b\n", {}, "line 2: expected rows of data after the header, the file ends here"),
    "one column": (b"1\n2\n", {}, "line 1: expected at least 2 columns, got 1; is the delimiter ','?"),
    "wrong delimiter": (b"1;2\n", {}, "line 1: expected at least 2 columns, got 1; is the delimiter ','?"),
    "short row": (b"1,2,3\n\n4,5\n", {}, "line 3, column 3: expected 3 columns as in line 1, got 2"),
    "long row": (b"1,2\n3,4,5\n", {}, "line 2, column 3: expected 2 columns as in line 1, got 3"),
    "text": (b"1,2\nx,4\n", {}, "line 2, column 1: expected a finite number, got 'x' (str)"),
    "typo in the first row": (b"l,2,0\n3,4,1\n", {}, "line 1, column 1: expected a finite number, got 'l' (str)"),
    "missing cell": (b"1,2,0\n3,,1\n", {}, "line 2, column 2: expected a finite number, got '' (str)"),
    "nan": (b"1,2\nnan,4\n", {}, "line 2, column 1: expected a finite number, got 'nan' (str)"),
    "inf": (b"1,2\n-inf,4\n", {}, "line 2, column 1: expected a finite number, got '-inf' (str)"),
    "past a double": (b"1,2\n1e999,4\n", {}, "line 2, column 1: expected a finite number, got '1e999' (str)"),
    "Python's underscore": (b"1,2\n1_0,4\n", {}, "line 2, column 1: expected a finite number, got '1_0' (str)"),
    "after the target": (b"1,2\n1,x\n", {"target": 0}, "line 2, column 2: expected a finite number, got 'x' (str)"),
    "text in a numeric target": (b"1,2\n3,n/a\n", {}, "line 2, column 2: expected a finite number, got 'n/a' (str)"),
    "nan in the target": (b"1,2\n3,nan\n", {}, "line 2, column 2: expected a finite number, got 'nan' (str)"),
    "huge integer target": (b"1,2\n3," + b"9" * 5000, {}, "line 2, column 2: expected a finite number, got '999"),
    "number among names": (b"1,a\n3,4\n", {}, "line 2, column 2: expected a class name, got '4' (str); give header=Tr"),
    "missing name": (b"1,a\n3,\n", {}, "line 2, column 2: expected a class name, got '' (str); give header=True"),
    "missing first name": (b"1,\n3,a\n", {}, "line 1, column 2: expected a class name, got '' (str); give header=True"),
    "name not in classes": (
        b"1,a\n3,b\n", {"classes": ["a"]}, "line 2, column 2: expected one of ['a'] (list), got 'b' (str)"
    ),
    "no such column": (b"a,b\n1,2\n", {"target": "c"}, "line 1: expected one column named 'c' (str), got ['a', 'b']"),
    "two such columns": (b"\na,a\n1,2", {"target": "a"}, "line 2: expected one column named 'a' (str), got ['a', 'a']"),
    "line counted through quotes": (b'1,"a\nb"\nx,c\n', {}, "line 3, column 1: expected a finite number, got 'x'"),
    "open quote": (b'1,2\n"3,4\n', {}, "line 2: expected CSV, got unexpected end of data"),
    "text behind a quote": (b'1,2\n"3"4,5\n', {}, "line 2: expected CSV, got "),
    "not UTF-8": ("1,2\n3,ä\n".encode("latin-1"), {}, "byte 6: expected UTF-8 text, got "),
    "not UTF-8 behind a mark": (b"\xef\xbb\xbf1,\xff\n", {}, "byte 5: expected UTF-8 text, got invalid start byte"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "arguments", "message"), BAD.values(), ids=BAD)
def test_a_bad_file_is_a_value_error_with_its_position(path, content, arguments, message):
    for packed, place in [(content, f"{str(path)!r}, "), (gzip.compress(content), f"{str(path)!r} (decompressed), ")]:
        path.write_bytes(packed)
        with pytest.raises(ValueError) as caught:  # noqa: PT011  (the message is compared below, as plain text)
            data.read_csv(path, **arguments)
        assert str(caught.value).startswith(f"read_csv: {place}{message}")
        assert "\n" not in str(caught.value)


BAD_ARGUMENTS = [
    ({"target": 2}, ValueError, "read_csv: expected target to be one of 2 columns, got 2"),
    ({"target": -3}, ValueError, "read_csv: expected target to be one of 2 columns, got -3"),
    ({"target": 0.0}, TypeError, "read_csv: expected target to be an int or a str, got 0.0 (float)"),
    ({"target": "b", "header": False}, ValueError, "read_csv: expected target to be an index, as header=False, got 'b"),
    ({"header": "yes"}, ValueError, "read_csv: expected header to be True, False or 'auto', got 'yes' (str)"),
    ({"delimiter": "::"}, ValueError, "read_csv: expected delimiter to be ',' ';' '\\t' or '|', got '::' (str)"),
    ({"delimiter": None}, ValueError, "read_csv: expected delimiter to be ',' ';' '\\t' or '|', got None (NoneType)"),
    ({"classes": "ab"}, TypeError, "read_csv: expected classes to be a list of str, got 'ab' (str)"),
    ({"classes": [1, 2]}, TypeError, "read_csv: expected classes to be a list of str, got [1, 2] (list)"),
    ({"classes": 2}, TypeError, "read_csv: expected classes to be a list of str, got 2 (int)"),
    ({"classes": ["a", "a"]}, ValueError, "read_csv: expected every name in classes once, got ['a', 'a'] (list)"),
]


@pytest.mark.parametrize(("arguments", "error", "message"), BAD_ARGUMENTS)
def test_a_bad_argument_is_named(path, arguments, error, message):
    path.write_text("a,b\n1,2\n")
    with pytest.raises(error) as caught:
        data.read_csv(path, **arguments)
    assert str(caught.value).startswith(message)


def test_other_errors_of_the_file_system_are_left_alone(path):
    with pytest.raises(FileNotFoundError):
        data.read_csv(path.with_name("missing"))
    with pytest.raises(TypeError, match="read_csv: expected path to be a str"):
        data.read_csv(None)


def test_names_get_the_same_index_in_whatever_order_they_come(path):
    path.write_text("1,b\n2,a\n")
    first = data.read_csv(path)[1]
    path.write_text("2,a\n1,b\n")
    assert data.read_csv(path)[1] == first[::-1] == [0, 1]


numbers = st.floats(allow_nan=False, allow_infinity=False)


@given(
    rows=st.integers(2, 5).flatmap(
        lambda width: st.lists(st.lists(numbers, min_size=width, max_size=width), min_size=1, max_size=6)
    ),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    delimiter=st.sampled_from(",;\t|"),
)
def test_what_pythons_csv_writes_comes_back_to_the_bit(path, rows, quoting, delimiter):
    with path.open("w", newline="") as file:
        csv.writer(file, quoting=quoting, delimiter=delimiter).writerows(rows)
    xs, ys = data.read_csv(path, delimiter=delimiter)
    assert [[*x, y] for x, y in zip(xs, ys, strict=True)] == rows


@given(st.text(alphabet=st.sampled_from('019.,-e_ax "\n\r\0ä'), max_size=30))
def test_whatever_the_text_the_answer_is_finite_numbers_or_a_value_error(path, text):
    path.write_text(text, encoding="utf-8", newline="")
    try:
        xs, ys = data.read_csv(path)
    except ValueError as error:
        assert str(path) in str(error)  # noqa: PT017  (most texts are bad, a few are good)
        return
    assert len(xs) == len(ys) > 0
    assert len({len(row) for row in xs}) == 1
    assert all(math.isfinite(x) for row in xs for x in [*row])
    assert all(math.isfinite(y) for y in ys)


def test_names_of_classes_stay_with_the_ys(path):
    path.write_text("1,dog\n2,cat\n3,dog\n4,cat\n")
    xs, ys = data.read_csv(path)
    assert ys == [1, 0, 1, 0]
    assert ys.classes == ["cat", "dog"]
    assert ys[:2].classes == ys.classes
    _, train, _, test = data.split(xs, ys, test=0.5)
    assert train.classes == test.classes == ["cat", "dog"]
    assert data.read_csv(path, classes=["dog", "cat", "eel"])[1].classes == ["dog", "cat", "eel"]
    assert data.iris()[1].classes == ["setosa", "versicolor", "virginica"]
    assert type(data.split([1, 2], [3, 4], test=0.5)[1]) is list


def test_a_bomb_is_stopped_before_it_unpacks(path):
    path.write_bytes(gzip.compress(b"1,2\n" * 1_000_000))
    with pytest.raises(ValueError, match="expected at most") as caught:
        data.read_csv(path, max_bytes=1000)
    assert str(caught.value) == (
        f"read_csv: {str(path)!r}: expected at most 1,000 bytes when decompressed, got more; "
        "give max_bytes= if the file is meant to be that large"
    )
    path.write_bytes(b"1,2\n" * 250)
    assert len(data.read_csv(path, max_bytes=1000)[0]) == 250
    with pytest.raises(ValueError, match="expected at most 999 bytes, got more"):
        data.read_csv(path, max_bytes=999)
    with pytest.raises(TypeError, match=r"read_csv: expected max_bytes to be an int, got 1.5 \(float\)"):
        data.read_csv(path, max_bytes=1.5)
    with pytest.raises(ValueError, match="read_csv: expected max_bytes to be at least 1, got 0"):
        data.read_csv(path, max_bytes=0)

"""read_idx: NumPy writes the files and says what is in them; damaged ones are refused with path and byte."""

import gzip
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn import data

DTYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}


def idx(code, shape, body):
    dimensions = b"".join(n.to_bytes(4, "big") for n in shape)
    return bytes([0, 0, code, len(shape)]) + dimensions + body


LABELS = idx(0x08, [3], bytes([5, 0, 4]))
IMAGES = idx(0x08, [2, 2, 3], bytes(range(12)))


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("idx") / "file.idx"


@given(
    code=st.sampled_from(sorted(DTYPES)),
    shape=st.tuples(st.integers(0, 4), st.lists(st.integers(1, 3), max_size=4)).map(lambda s: [s[0], *s[1]]),
    bits=st.binary(min_size=4 * 81 * 8, max_size=4 * 81 * 8),
    packed=st.booleans(),
)
def test_every_type_and_shape_reads_as_numpy_reads_it(path, code, shape, bits, packed):
    wanted = np.frombuffer(bits, DTYPES[code])[: np.prod(shape)].reshape(shape)
    file = idx(code, shape, wanted.tobytes())
    path.write_bytes(gzip.compress(file) if packed else file)
    read = data.read_idx(path)
    assert type(read) is list
    assert len(read) == shape[0]
    if read:
        np.testing.assert_array_equal(
            np.array([list(row) if len(shape) > 1 else row for row in read]).ravel(), wanted.ravel()
        )


def test_labels_are_a_list_and_images_one_flat_row_each(path):
    path.write_bytes(LABELS)
    assert data.read_idx(str(path)) == [5, 0, 4]
    path.write_bytes(IMAGES)
    rows = data.read_idx(path)
    assert [list(row) for row in rows] == [[0, 1, 2, 3, 4, 5], [6, 7, 8, 9, 10, 11]]
    assert sys.getsizeof(rows[0]) < 6 * 8 + sys.getsizeof([])  # bytes, not pointers


def test_gzip_is_told_by_content_not_by_name(path):
    for name, content in [("labels.gz", LABELS), ("labels.idx", gzip.compress(LABELS))]:
        file = path.with_name(name)
        file.write_bytes(content)
        assert data.read_idx(file) == [5, 0, 4]


HEADER = (
    "expected an IDX file, which starts 00 00, a type from 08 09 0b 0c 0d 0e and a number of dimensions from 01, got"
)
BAD = [
    (b"", f"byte 0: {HEADER} an empty file"),
    (b"\0\0\x08", f"byte 0: {HEADER} 00 00 08"),
    (b"\x89PNG\r\n", f"byte 0: {HEADER} 89 50 4e 47"),
    (idx(0x0A, [1], b"1"), f"byte 0: {HEADER} 00 00 0a 01"),
    (idx(0x08, [], b"1"), f"byte 0: {HEADER} 00 00 08 00"),
    (IMAGES[:13], "byte 13: expected 3 dimensions of 4 bytes, the file ends here"),
    (LABELS[:-1], "byte 10: expected the file to end at byte 11 (int), as its shape (3,) (tuple) says, got 10 bytes"),
    (LABELS + b"!", "byte 11: expected the file to end at byte 11 (int), as its shape (3,) (tuple) says, got more"),
    (idx(0x08, [2**32 - 1] * 9, b"1"), "byte 41: expected the file to end at byte 4973"),
    (idx(0x08, [2**32 - 1, 0], b""), "byte 8: expected a dimension of at least 1, got 0"),
]


@pytest.mark.parametrize(("content", "message"), BAD, ids=[message for _, message in BAD])
def test_a_bad_file_is_a_value_error_with_path_and_byte(path, content, message):
    for packed, place in [(content, f"{str(path)!r}, "), (gzip.compress(content), f"{str(path)!r} (decompressed), ")]:
        path.write_bytes(packed)
        with pytest.raises(ValueError) as caught:  # noqa: PT011  (the message is compared below, as plain text)
            data.read_idx(path)
        assert str(caught.value).startswith(f"read_idx: {place}{message}")
        assert "\n" not in str(caught.value)


PACKED = gzip.compress(IMAGES, mtime=0)
DAMAGED = {
    "no data": PACKED[:2],
    "cut in the header": PACKED[:5],
    "cut in the data": PACKED[:15],
    "cut in the checksum": PACKED[:-3],
    "bad checksum": PACKED[:-8] + b"????" + PACKED[-4:],
    "bad length": PACKED[:-4] + b"????",
    "bad block": PACKED[:10] + b"\xff" * 9 + PACKED[19:],
    "bad method": PACKED[:2] + b"\7" + PACKED[3:],
    "garbage behind": PACKED + b"more",
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_damaged_gzip_is_a_value_error_with_path_and_byte(path, content):
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"file\.idx', byte \d+: expected gzip data, got damage here or before: \w"):
        data.read_idx(path)


@given(st.binary(max_size=40) | st.binary(max_size=40).map(lambda tail: b"\x1f\x8b\x08" + tail))
def test_whatever_the_bytes_nothing_but_a_value_error_comes_out(path, content):
    path.write_bytes(content)
    try:
        assert type(data.read_idx(path)) is list
    except ValueError as error:
        assert str(path) in str(error)  # noqa: PT017  (most contents are bad, a few are good)


@given(at=st.integers(0, len(PACKED) - 1), bit=st.integers(0, 7))
def test_a_flipped_bit_never_changes_what_a_gzip_file_says(path, at, bit):
    path.write_bytes(PACKED[:at] + bytes([PACKED[at] ^ 1 << bit]) + PACKED[at + 1 :])
    try:
        read = data.read_idx(path)
    except ValueError:
        return
    assert [list(row) for row in read] == [[0, 1, 2, 3, 4, 5], [6, 7, 8, 9, 10, 11]]


def test_an_os_error_is_left_alone(path):
    with pytest.raises(FileNotFoundError):
        data.read_idx(path.with_name("missing"))
    with pytest.raises(OSError, match=r"directory|denied"):
        data.read_idx(path.parent)


@pytest.mark.parametrize("wrong", [None, 3, b"file", Path])
def test_a_path_is_a_str_or_a_path(wrong):
    with pytest.raises(TypeError, match=r"read_idx: expected path to be a str or a pathlib\.Path, got "):
        data.read_idx(wrong)


def test_no_more_is_read_than_the_header_says(path):
    """A gzip file of a few kilobytes behind which there are 400 megabytes; reading them all would take 0.4 GB."""
    bomb = gzip.compress(bytes(1 << 22), 9) * 100
    path.write_bytes(gzip.compress(IMAGES) + bomb)
    tracemalloc.start()
    try:
        with pytest.raises(
            ValueError, match=r"file.idx' .decompressed., byte 28: expected .* as its shape .* got more"
        ):
            data.read_idx(path)
        assert tracemalloc.get_traced_memory()[1] < 1 << 22
    finally:
        tracemalloc.stop()


def test_no_more_is_read_than_is_allowed(path):
    """Nor where the header promises two gigabytes."""
    path.write_bytes(gzip.compress(idx(0x08, [2**31], b"")) + gzip.compress(bytes(1 << 22), 9) * 10)
    tracemalloc.start()
    try:
        with pytest.raises(
            ValueError, match=r"file\.idx': expected at most 1,048,576 bytes when decompressed, got more; give"
        ):
            data.read_idx(path, max_bytes=1 << 20)
        assert tracemalloc.get_traced_memory()[1] < 1 << 23
    finally:
        tracemalloc.stop()
    path.write_bytes(IMAGES)
    assert len(data.read_idx(path, max_bytes=len(IMAGES))) == 2
    with pytest.raises(ValueError, match="expected at most 27 bytes, got more"):
        data.read_idx(path, max_bytes=len(IMAGES) - 1)

"""The MNIST demo on made-up files of its format: it trains, and says what is missing or wrong."""

import gzip
import random
import struct

import pytest

from demos import mnist


def write(folder, part, n, named="-", pack=False, labels=None):
    """n images of a bright row at the height of their digit, and the digits."""
    generator = random.Random(n)
    digits = [k % 10 for k in range(n)] if labels is None else labels
    images = [
        [min(255, (200 if row // 2 == digit else 0) + generator.randrange(40)) for row in range(28) for _ in range(28)]
        for digit in digits
    ]
    contents = {
        f"{part}-images{named}idx3-ubyte": struct.pack(">4B3I", 0, 0, 8, 3, n, 28, 28) + bytes(sum(images, [])),  # noqa: RUF017
        f"{part}-labels{named}idx1-ubyte": struct.pack(">4BI", 0, 0, 8, 1, n) + bytes(digits),
    }
    for name, content in contents.items():
        path = folder / (name + ".gz" * pack)
        path.write_bytes(gzip.compress(content) if pack else content)


@pytest.mark.parametrize(
    ("net", "published", "named", "pack"),
    [pytest.param("30", "95.42 %", "-", False, marks=pytest.mark.slow), ("chapter3", "97.92 %", ".", True)],
)
def test_it_trains_on_what_is_there(net, published, named, pack, tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(mnist.EXPERIMENTS, "30", mnist.EXPERIMENTS["30"]._replace(hidden=4))
    monkeypatch.setitem(mnist.EXPERIMENTS, "chapter3", mnist.EXPERIMENTS["chapter3"]._replace(hidden=4))
    write(tmp_path, "train", 60, named, pack)
    write(tmp_path, "t10k", 20, named, pack)
    history = mnist.main(tmp_path, net, epochs=2, progress=None)
    assert history.samples == 60
    assert len(history.validation_accuracy) == 2
    out = capsys.readouterr().out
    assert "epoch  2: " in out
    assert f"published {published}" in out


def test_what_is_missing_or_wrong_is_named(tmp_path):
    with pytest.raises(
        FileNotFoundError, match=r"mnist: expected train-images-idx3-ubyte \(or .*gz.*\) in '.*into one"
    ):
        mnist.main(tmp_path)
    write(tmp_path, "train", 10, labels=[11] * 10)
    with pytest.raises(ValueError, match="mnist: expected as many labels from 0 to 9 as images"):
        mnist.main(tmp_path)
    (tmp_path / "train-images-idx3-ubyte").write_bytes(b"\0\0\x08\x03" + bytes(10))
    with pytest.raises(ValueError, match=r"read_idx: '.*train-images-idx3-ubyte', byte 14"):
        mnist.main(tmp_path)

"""Machine code on disk: found again, checked, bounded, and never trusted when somebody else could have written it."""

import os

import pytest

pytest.importorskip("llvmlite")

import llvmlite
from llvmlite import binding

from autograd_lite.backends.llvm import machine, rows, store
from tests.nets import net


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setenv("AUTOGRAD_LITE_CACHE", str(tmp_path / "code"))
    monkeypatch.setattr(store, "SMALLEST", 0)
    return tmp_path / "code"


def answer():
    tape = net([1, 2], "tanh")
    return rows.Program(tape).run(*tape.example)


def test_code_is_found_again(place, monkeypatch):
    first = answer()
    (file,) = place.iterdir()
    assert file.suffix == ".o"
    monkeypatch.setattr(store, "save", None)  # nothing is compiled, so nothing is kept
    assert answer() == first


@pytest.mark.parametrize("damage", [b"", b"x" * 100, None])
def test_a_damaged_file_is_made_anew(place, damage):
    first = answer()
    (file,) = place.iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole[:-1] + b"!" if damage is None else damage)
    assert answer() == first
    assert file.read_bytes() == whole


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="no owners here")
def test_a_file_that_others_can_write_is_not_read(place):
    answer()
    (file,) = place.iterdir()
    assert store.load(file) is not None
    file.chmod(0o666)
    assert store.load(file) is None
    file.chmod(0o600)
    place.chmod(0o777)
    assert store.load(file) is None


def test_the_oldest_make_room(place, monkeypatch):
    monkeypatch.setattr(store, "LIMIT", 250)
    for i in range(4):
        store.save(place / f"{i}.o", bytes(68))
        os.utime(place / f"{i}.o", (i, i))
    store.save(place / "4.o", bytes(68))
    assert sorted(file.name for file in place.iterdir()) == ["3.o", "4.o"]


@pytest.mark.parametrize("value", ["off", "OFF", "0"])
def test_it_can_be_switched_off(place, tmp_path, monkeypatch, value):
    monkeypatch.setenv("AUTOGRAD_LITE_CACHE", value)
    monkeypatch.chdir(tmp_path)
    answer()
    assert list(tmp_path.iterdir()) == []


def test_another_program_or_another_processor_has_another_file(place):
    paths = [store.path_of(code, machine) for code in ("one", "two") for machine in ("here", "there")]
    assert len({*paths, store.path_of("one", "here")}) == 4
    assert machine._description() != ""
    for of_the_machine in (
        llvmlite.__version__,
        binding.get_host_cpu_name(),
        binding.get_host_cpu_features().flatten(),
    ):
        assert of_the_machine in machine._description()


def test_a_file_is_whole_or_not_there(place, monkeypatch):
    def fails(*_):
        raise OSError("no")

    monkeypatch.setattr(os, "replace", fails)
    first = answer()
    assert list(place.iterdir()) == []
    assert answer() == first


def test_where_nothing_can_be_kept_it_works_all_the_same(place, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("AUTOGRAD_LITE_CACHE", str(tmp_path / "file"))
    assert len(answer()) > 2
    monkeypatch.delenv("AUTOGRAD_LITE_CACHE")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(store.Path, "home", classmethod(lambda _: (_ for _ in ()).throw(RuntimeError)))
    assert store.folder() is None


def test_by_default_it_is_in_the_users_cache(monkeypatch, tmp_path):
    monkeypatch.delenv("AUTOGRAD_LITE_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert store.folder() == tmp_path / "autograd_lite"
    assert store.path_of("short", "machine") is None

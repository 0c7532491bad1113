"""The pages as notebooks: the cells of the page and nothing else, links among them, and a run from top to bottom."""

import json
import re
import zipfile
from pathlib import Path

import pytest

pytest.importorskip("docs.stage", reason="the docs are in a checkout only")
pytest.importorskip("jupytext", reason="jupytext is not installed (the docs extra)")

import nbformat

from docs import notebooks, outputs
from docs.cells import CELL, EXERCISES
from docs.stage import DOCS, FENCE, ROOT

ALL = [(language, place) for language in ("en", "zh") for place in notebooks.sources(language)]
LINK = re.compile(r"\]\(([^)]+)\)")


@pytest.mark.parametrize(("language", "place"), ALL)
def test_a_notebook_has_the_cells_of_its_page(language, place):
    text = notebooks.sources(language)[place]
    made = notebooks.notebook(place, language)
    nbformat.validate(made)
    code = [cell for cell in made.cells if cell.cell_type == "code"]
    added = [cell for cell in code if cell.metadata.get("tags")]
    assert [cell.source for cell in code if cell not in added] == [cell.strip() for cell in CELL.findall(text)]
    assert [cell.source.split('"')[3] for cell in added] == [language] * (EXERCISES in text)
    assert all(not cell.outputs and cell.execution_count is None for cell in code)
    assert made.metadata.kernelspec.name == "python3"
    words = "\n".join(cell.source for cell in made.cells if cell.cell_type == "markdown")
    assert re.findall(r"^#+ .*", words, re.MULTILINE) == re.findall(r"^#+ .*", FENCE.sub("", text), re.MULTILINE)
    assert not re.search(r"^```.*{", words, re.MULTILINE)
    folder = Path(place).parent
    for link in LINK.findall(words):
        if link.startswith("https:"):
            continue
        assert link.endswith(".ipynb"), link
        assert (DOCS / language / folder / link).resolve().with_suffix(".md").exists(), link


def test_the_same_page_is_the_same_file(tmp_path):
    for folder in ("one", "two"):
        assert notebooks.write("en", tmp_path / folder) == list(notebooks.sources("en"))
    one, two = ((tmp_path / folder / "course" / "06-equations.ipynb").read_bytes() for folder in ("one", "two"))
    assert one == two
    with zipfile.ZipFile(tmp_path / "one" / notebooks.ARCHIVE) as archive:
        assert len(archive.namelist()) == len(notebooks.sources("en"))
        assert archive.read("autograd_lite-en/course/06-equations.ipynb") == one


@pytest.mark.parametrize(
    ("language", "place", "asked"), [("en", "course/01-node", "grows"), ("zh", "course/06-equations", "误差项")]
)
def test_a_notebook_runs_from_top_to_bottom(language, place, asked, tmp_path, monkeypatch):
    nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed (the docs extra)")
    pytest.importorskip("ipykernel", reason="ipykernel is not installed (the docs extra)")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("LANGUAGE", "de")  # whatever the machine's language is, the page's is spoken
    notebooks.write(language, tmp_path)
    made = nbformat.read(tmp_path / f"{place}.ipynb", as_version=4)
    nbclient.NotebookClient(made, timeout=60, resources={"metadata": {"path": str(tmp_path)}}).execute()
    shown = json.dumps([cell.get("outputs") for cell in made.cells], ensure_ascii=False)
    printed = outputs.steady("".join(
        output.text for cell in made.cells for output in cell.get("outputs", []) if output.output_type == "stream"
    ), place)  # fmt: skip
    assert asked in shown
    assert "<svg" in shown
    assert printed == outputs.steady(outputs.now(place)[0], place)

"""The pages as notebooks of Jupyter, with the same cells: beside the pages of the site, and, by
`python -m docs.notebooks`, in output/notebooks.

They come without outputs. A notebook is there to be run, and then what it shows is what the reader's own machine has
computed; what it should show stands on the page. Needs jupytext, of the extra `docs`.
"""

from __future__ import annotations

import os
import re
import sys
import zipfile
from pathlib import Path

import jupytext
import nbformat

from docs.cells import CELL, EXERCISES
from docs.stage import DOCS, FENCE, LANGUAGES, LINK, ROOT

DIRECTIVE = re.compile(r"^```\{(?!code-cell).*?^```\n", re.MULTILINE | re.DOTALL)  # of Sphinx: Jupyter has none
ASKS = {"en": "the exercises ask in English", "zh": "练习用中文提问"}
ARCHIVE = "notebooks.zip"


def sources(language: str) -> dict[str, str]:
    """The text of each page that has cells, by its place below the language's folder, without its ending."""
    folder = DOCS / language
    texts = {path.relative_to(folder).with_suffix("").as_posix(): path.read_text(encoding="utf-8")
             for path in sorted(folder.rglob("*.md"))}  # fmt: skip
    return {place: text for place, text in texts.items() if CELL.search(text)}


def notebook(place: str, language: str) -> nbformat.NotebookNode:
    """The page as a notebook: its cells in their order, and links that lead to the other notebooks.

    Where the exercises begin, one cell sets the language that they ask in: a machine's own may be another one.
    """
    known = sources(language)
    text = DIRECTIVE.sub("", known[place])
    linked = "".join(
        part if part.startswith("```") else LINK.sub(lambda link: _link(link, place, known), part)
        for part in FENCE.split(text)
    )
    made = jupytext.reads(linked, fmt="md:myst")
    del made.metadata["jupytext"]
    first = next((k for k, cell in enumerate(made.cells) if EXERCISES in cell.source), None)
    if first is not None:
        setting = f'import os\n\nos.environ["LANGUAGE"] = "{language}"  # {ASKS[language]}'
        made.cells.insert(first, nbformat.v4.new_code_cell(setting, metadata={"tags": ["language"]}))
    for number, cell in enumerate(made.cells, 1):
        cell.id = f"cell-{number}"  # and not a random one: the same page is the same file
    nbformat.validate(made)
    return made


def _link(found: re.Match[str], place: str, known: dict[str, str]) -> str:
    """A link to another page's notebook; of what leads elsewhere the words, for there is nothing beside a notebook."""
    target = os.path.normpath(Path(place).parent / found[3]).removesuffix(".md")
    if found[1] or target not in known:
        return found[2]
    return f"[{found[2]}]({os.path.relpath(target, Path(place).parent)}.ipynb)"


def write(language: str, folder: Path) -> list[str]:
    """Write the notebooks of a language, and all of them in one archive; their places."""
    places = list(sources(language))
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / ARCHIVE, "w", zipfile.ZIP_DEFLATED) as archive:
        for place in places:
            path = folder / f"{place}.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(notebook(place, language), path)
            archive.write(path, Path(f"autograd_lite-{language}") / path.relative_to(folder))
    return places


def main(languages: list[str]) -> None:
    """Write them in output/notebooks, a folder a language."""
    for language in languages or LANGUAGES:
        folder = ROOT / "output" / "notebooks" / language
        print(f"{len(write(language, folder))} notebooks in {folder.relative_to(ROOT)}")


if __name__ == "__main__":
    main(sys.argv[1:])

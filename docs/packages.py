"""What the site takes from npm, fetched once and shipped with it, so that it works without a network; and the page on
which the library runs in the browser, put together from it."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from pathlib import Path

import graphviz

from docs.stage import DOCS, ROOT

MATHJAX = "mathjax@3.2.2", ["es5/tex-svg.js"]
PYODIDE = (
    "pyodide@314.0.7",
    ["pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json"],
)
VIZ = "@viz-js/viz@3.31.0", ["dist/viz-global.js"]


def fetched(package: tuple[str, list[str]], folder: Path) -> Path:
    """The folder with these files of a package from npm. Raises CalledProcessError where npm can't bring it."""
    name, files = package
    if not all((folder / Path(file).name).exists() for file in files):
        folder.mkdir(parents=True, exist_ok=True)
        packed = subprocess.run(
            ["npm", "pack", name, "--silent"], cwd=folder, check=True, capture_output=True, text=True
        )
        archive = folder / packed.stdout.split()[-1]
        shutil.unpack_archive(archive, folder / "unpacked")
        for file in files:
            shutil.copy(folder / "unpacked" / "package" / file, folder / Path(file).name)
        shutil.rmtree(folder / "unpacked")
        archive.unlink()
    return folder


def try_page(cache: Path, site: Path) -> None:
    """The folder `try` of the site: Python, Graphviz, the library, and the page."""
    site.mkdir(parents=True, exist_ok=True)
    for package, folder in ((PYODIDE, cache / "pyodide"), (VIZ, cache / "viz")):
        for file in package[1]:
            shutil.copy(fetched(package, folder) / Path(file).name, site / Path(file).name)
    for file in (DOCS / "_try").iterdir():
        shutil.copy(file, site / file.name)
    with zipfile.ZipFile(site / "library.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for package_folder in (ROOT / "autograd_lite", ROOT / "nn", Path(graphviz.__file__).parent):
            for file in sorted(package_folder.rglob("*")):
                if file.is_file() and not {"__pycache__", "node_modules"} & set(file.parts):
                    archive.write(file, file.relative_to(package_folder.parent))

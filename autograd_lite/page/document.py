"""`Page`: a self-contained HTML document, joined from the files in `source/` and the data of one graph.

Nothing in it is fetched and nothing is evaluated from text: the Content-Security-Policy allows the one script and the
one style sheet whose hashes it has. Data are JSON in a block that is no script, escaped so that no label ends it.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograd_lite.files import as_path, write_file
from autograd_lite.labels import visible

SOURCE = Path(__file__).with_name("source")
IMPORT = re.compile(r'^import (\{[^}]*\}) from "\./(\w+)\.js";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?:class|const|function) (\w+)", re.MULTILINE)


@dataclass(frozen=True, repr=False)
class Page:
    """One HTML document: `.html`, `.save(path)`; it shows itself in notebooks, in a frame of its own."""

    title: str
    html: str

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the page, whole or not at all. Raises TypeError for what is no path, OSError as it comes."""
        write_file(as_path(path, "Page.save"), self.html.encode())

    def _repr_html_(self) -> str:
        """The page in a frame that holds it, so that it survives in a saved or converted notebook."""
        return (
            f'<iframe srcdoc="{html.escape(self.html)}" title="{html.escape(self.title)}" '
            'style="width: 100%; height: 640px; border: 1px solid #8888; border-radius: 8px"></iframe>'
        )

    def __repr__(self) -> str:
        return f"Page({self.title!r}, {len(self.html):,} characters)"


def document(title: str, main: str, data: dict[str, Any], program: str) -> Page:
    """A page of the module `main` in `source/`, the data that it reads, and the program that starts it."""
    script = f"\n{joined(main)}\n\n${main}.start({program});\n"
    style = f"\n{_read('page.css')}\n"
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    parts = {
        "title": html.escape(visible(title)),
        "policy": html.escape(policy),
        "style": style,
        "data": _escaped(data),
        "script": script,
    }
    return Page(title, re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found.group(1)], _read("page.html")))


def joined(main: str) -> str:
    """The module and all that it imports as one script, each a scope of its own, after what it needs."""
    order: dict[str, str] = {}

    def add(name: str) -> None:
        text = _read(name)
        for _, needed in IMPORT.findall(text):
            if needed not in order:
                add(needed)
        order[name] = _scope(name, text)

    add(main)
    return "\n\n".join(order.values())


def _scope(name: str, text: str) -> str:
    """A module as a function that is called at once: what it imports are constants, what it exports it returns."""
    body = IMPORT.sub(lambda found: f"const {found.group(1)} = ${found.group(2)};\n", text)
    exports = EXPORT.findall(text)
    body = EXPORT.sub(lambda found: found.group(0).removeprefix("export "), body).strip()
    return f"const ${name} = (() => {{\n{body}\nreturn {{ {', '.join(exports)} }};\n}})();"


def _read(name: str) -> str:
    return (SOURCE / (name if "." in name else f"{name}.js")).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _escaped(data: Any) -> str:
    """JSON in ASCII letters, without those that HTML reads."""
    text = json.dumps(data, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")

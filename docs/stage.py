"""The pages of one language gathered in a folder of their own, from which Sphinx builds: those that are written, with
links that fit, and those that are made: the command line, the public names, the live pages."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import nn
from autograd_lite import Value, explore
from autograd_lite.__main__ import main
from autograd_lite.commands import COMMANDS
from autograd_lite.op import Op
from autograd_lite.pictures import layout
from docs import names
from docs.flowchart import dot

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
LANGUAGES = {"en": "English", "zh": "中文"}
TOP = ["CONTRIBUTING.md", "CHANGELOG.md"]  # of the checkout, pages of the site as well
OWN = {"README.md"}  # for those who read the folder, no page of the site
FENCE = re.compile(r"^(```.*?^```)", re.MULTILINE | re.DOTALL)
MERMAID = re.compile(r"^```mermaid\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s#:]+)(#[^)\s]*)?\)")


ALL_NOTEBOOKS = {
    language: f'```{{raw}} html\n<p><a href="notebooks.zip" download>{words}</a></p>\n```'
    for language, words in (("en", "All pages as notebooks (zip)"), ("zh", "全部页面的笔记本（zip）"))
}


def pages(language: str) -> dict[str, Path]:
    """Where each written page of a language goes, and where it comes from."""
    shared = {path.name: path for path in DOCS.glob("*.md") if path.name not in OWN}
    top = {name: ROOT / name for name in TOP}
    folder = DOCS / language
    return {**shared, **top, **{path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*.md"))}}


def stage(language: str, folder: Path) -> None:
    """Fill the folder anew. Raises ValueError for a language without an index."""
    if not (DOCS / language / "index.md").exists():
        raise ValueError(f"docs: expected docs/{language}/index.md, got none")
    shutil.rmtree(folder, ignore_errors=True)
    places = {source: place for place, source in pages(language).items()}
    for source, place in places.items():
        text = source.read_text(encoding="utf-8")
        _write(folder / place, _linked(text, source, place, places))
    for picture in [*DOCS.glob("*.svg"), *DOCS.glob("*.png")]:
        shutil.copy(picture, folder / picture.name)
    for place, text in made(language).items():
        _write(folder / place, text)
    _complete(folder / "index.md", language)
    _live(folder / "_live" / "live")
    (other,) = LANGUAGES.keys() - {language}
    known = [place.removesuffix(".md") for place in {**pages(other), **dict.fromkeys(made(other))}]
    _write(folder / "other.json", json.dumps(sorted(known)))


def _complete(index: Path, language: str) -> None:
    """Add to the table of contents what is shared by the languages and what is made."""
    text = index.read_text(encoding="utf-8")
    listed = {
        line.strip() for block in re.findall(r"```\{toctree\}(.*?)```", text, re.DOTALL) for line in block.split("\n")
    }
    others = [path.name for path in sorted(DOCS.glob("*.md")) if path.name not in OWN] + TOP
    places = ["live.md", "commands.md", *others, *(place for place in made(language) if place.startswith("api/"))]
    rest = [place.removesuffix(".md") for place in places if place.removesuffix(".md") not in listed]
    caption = "Reference" if language == "en" else "参考"
    tree = "\n".join(rest)
    text = text.replace("<!-- notebooks -->", ALL_NOTEBOOKS[language])
    _write(index, f"{text}\n```{{toctree}}\n:hidden:\n:caption: {caption}\n:maxdepth: 1\n\n{tree}\n```\n")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _linked(text: str, source: Path, place: str, places: dict[Path, str]) -> str:
    """A page's text with its links as they are in the site; what leads to a file outside keeps its words alone."""

    def link(found: re.Match[str]) -> str:
        target = Path(os.path.normpath(source.parent / found[3]))
        here = Path(place).parent
        if target in places:
            goes = os.path.relpath(places[target], here)
        elif target.parent == DOCS and target.exists():
            goes = os.path.relpath(target.name, here)
        elif target.exists():
            return found[2]
        else:
            raise ValueError(f"docs: {source.relative_to(ROOT)} links to {found[3]}, which is not there")
        return f"{found[1]}[{found[2]}]({goes}{found[4] or ''})"

    return "".join(
        part if part.startswith("```") else LINK.sub(link, part) for part in FENCE.split(MERMAID.sub(_chart, text))
    )


def _chart(found: re.Match[str]) -> str:
    """A flowchart as the picture that Graphviz makes of it."""
    svg = layout.picture(dot(found[1]), "svg").decode()
    return f'```{{raw}} html\n<p class="chart">{svg[svg.index("<svg") :]}</p>\n```'


# ---- pages that are made ----


def made(language: str) -> dict[str, str]:
    """The pages that are made from the code, by their place."""
    return {
        "commands.md": "\n".join(_commands(language)),
        "live.md": "\n".join(_live_page(language)),
        **{f"api/{title}.md": "\n".join(_api(title)) for title in API},
    }


def _commands(language: str) -> Iterator[str]:
    """What each command's --help says."""
    yield "# The command line\n" if language == "en" else "# 命令行\n"
    yield "```text" + _help() + "```"
    for name in COMMANDS:
        yield f"\n## {name}\n\n```text{_help(name)}```"


def _help(*command: str) -> str:
    printed = io.StringIO()
    os.environ["COLUMNS"] = "80"
    with contextlib.redirect_stdout(printed), contextlib.suppress(SystemExit):
        main([*command, "--help"])
    return "\n" + re.sub(r"^usage: .*?autograd-lite", "usage: autograd-lite", printed.getvalue())


API = {"autograd_lite": "autograd_lite", **{title: title for title in names.MODULES}}


def _api(title: str) -> Iterator[str]:
    """The names of one module, each with its docstring."""
    import autograd_lite

    module = names.MODULES.get(title, autograd_lite)
    ours = sorted(set(autograd_lite.__all__), key=str.lower) if title == "autograd_lite" else names.public(module)
    yield f"# {title}\n"
    yield f"{(module.__doc__ or '').strip()}\n"
    functions = [name for name in ours if isinstance(getattr(module, name), Op)]
    if functions:
        yield (
            "The functions of the table, methods of `Value` as well, are "
            + ", ".join(f"`{name}`" for name in functions)
            + ": [what each means](../ops.md).\n"
        )
    for name in ours:
        thing = getattr(module, name)
        kind = "class" if isinstance(thing, type) else "function" if callable(thing) else None
        if kind and name not in functions:
            members = "\n   :members:" if kind == "class" else ""
            yield f"```{{eval-rst}}\n.. auto{kind}:: {title}.{name}{members}\n```\n"
        elif not kind:
            yield f"`{name}`: {names.told(module, name)}.\n"


LIVE = {
    "neuron": ("A neuron", "一个神经元"),
    "net": ("A 2-3-1 net", "2-3-1 网络"),
    "moons": ("Two moons, being learned", "学习中的双月"),
}
WORDS = {
    "en": ("# Live pages", "Change a leaf, step through the backward pass, ask a node. Each page is one file that "
           "`explore` or `nn.playground` wrote while this site was built.", "Open it alone",
           "Or write a program of your own: Python runs in the browser"),
    "zh": ("# 可以玩的页面", "改一个叶节点的值，一步步走完反向传播，点一个节点问问它。"
           "每个页面都是构建本站时由 `explore` 或 `nn.playground` 写出的一个独立文件。", "单独打开",
           "也可以自己写程序：Python 就在浏览器里运行"),
}  # fmt: skip


def _live_page(language: str) -> Iterator[str]:
    title, told, alone, tried = WORDS[language]
    yield f"{title}\n\n{told}\n"
    yield f'```{{raw}} html\n<p><a href="../try/index.html">{tried}</a></p>\n```\n'
    for name, titles in LIVE.items():
        title = titles[language == "zh"]
        yield f"## {title}\n"
        yield (
            f'```{{raw}} html\n<iframe class="live" src="live/{name}.html#language={language}" title="{title}" '
            'loading="lazy"></iframe>\n'
            f'<p><a href="live/{name}.html#language={language}">{alone}</a></p>\n```\n'
        )


def _live(folder: Path) -> None:
    """Write the live pages."""
    folder.mkdir(parents=True)
    w, x, b = Value(0.5, "w"), Value(2.0, "x"), Value(-0.4, "b")
    a = (w * x + b).tanh()
    a.label = "a"
    cost = (a - Value(1.0, "y")) ** 2 / 2
    cost.label = "C"
    explore(cost, folder / "neuron.html")
    explore(nn.MLP(2, [3, 1], "tanh", "sigmoid", seed=0)([0.5, -1.0]), folder / "net.html")
    xs, ys = nn.data.moons(100, seed=0)
    nn.playground(nn.MLP(2, [8, 1], "tanh", "sigmoid", seed=0), xs, ys, "binary_cross_entropy",
                  path=folder / "moons.html")  # fmt: skip

"""A flowchart of Mermaid as DOT, so that Graphviz draws it while the site is built: of Mermaid what the pages use."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

GROUP = re.compile(r'subgraph (\w+)\["(.*)"\]')
NODE = re.compile(r'(\w+)(?:\["(.*?)"\])?')


def dot(text: str) -> str:
    """The flowchart as DOT. Raises ValueError, with the line, for what is none of: subgraph, end, a --> b."""
    groups = dict(GROUP.findall(text))
    return "\n".join([
        'digraph { compound=true; bgcolor="white"; pad=0.2; fontname="Helvetica";',
        'node [shape=box, style=rounded, fontname="Helvetica", fontsize=11]; edge [color="#666666"];',
        *(line for written in text.splitlines()[1:] for line in _lines(written.strip(), groups, text)), "}",
    ])  # fmt: skip


def _lines(line: str, groups: dict[str, str], text: str) -> Iterator[str]:
    if found := GROUP.fullmatch(line):
        yield f'subgraph cluster_{found[1]} {{ label="{found[2]}"; style=rounded; color="#0072b2"; fontsize=11;'
    elif line == "end":
        yield "}"
    elif line:
        parts = [NODE.fullmatch(part.strip()) for part in line.split("-->")]
        if not all(parts):
            raise ValueError(f"flowchart: expected subgraph, end or nodes with --> between them, got {line!r}")
        for part in parts:
            if part and part[2]:
                yield f'{part[1]} [label="{part[2]}"];'
        for left, right in itertools.pairwise(parts):
            if left and right:
                tail, head = (_inside(end[1], groups, text) for end in (left, right))
                ends = [f"ltail=cluster_{left[1]}"] * (left[1] in groups) + [f"lhead=cluster_{right[1]}"] * (
                    right[1] in groups
                )
                yield f"{tail} -> {head} [{', '.join(ends)}];"


def _inside(name: str, groups: dict[str, str], text: str) -> str:
    """A node to draw the edge of a group to: the last that stands in it."""
    if name not in groups:
        return name
    body = re.search(rf"subgraph {name}\b.*\n((?:.*\n)*?)\s*end", text)
    nodes = re.findall(r"(\w+)\[", body[1] if body else "")
    return nodes[-1] if nodes else name

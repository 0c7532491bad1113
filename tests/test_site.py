"""What the site is made of before Sphinx sees it: pages gathered, links that fit, the pages that are made."""

import re
from pathlib import Path

import pytest

pytest.importorskip("docs.stage", reason="the docs are in a checkout only")

from autograd_lite.commands import COMMANDS
from docs.flowchart import dot
from docs.prose import as_restructured_text
from docs.stage import DOCS, FENCE, LANGUAGES, LINK, ROOT, _linked, made, pages

WRITTEN = [(language, place) for language in LANGUAGES for place in pages(language)]


@pytest.mark.parametrize(("language", "place"), WRITTEN)
def test_a_link_of_a_page_leads_to_a_file(language, place):
    source = pages(language)[place]
    text = FENCE.sub("", source.read_text(encoding="utf-8"))
    for link in LINK.finditer(text):
        target = link[3]
        if "://" not in target and not target.startswith("mailto:"):
            assert (source.parent / target).exists(), link[0]


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ("see [ops](../../ops.md#the-rows)", "see [ops](../ops.md#the-rows)"),
        ("see [next](02-paths.md)", "see [next](02-paths.md)"),
        ("![graph](../../neuron.svg)", "![graph](../neuron.svg)"),
        ("[the table](../../../autograd_lite/ops.py)", "the table"),
        ("[house](../../../CONTRIBUTING.md)", "[house](../CONTRIBUTING.md)"),
        ("[out](https://example.org/a_(b))", "[out](https://example.org/a_(b))"),
        ("```python\n[a](b.md)\n```\n", "```python\n[a](b.md)\n```\n"),
    ],
)
def test_links_as_they_are_in_the_site(text, linked):
    place, source = "course/01-node.md", DOCS / "en" / "course" / "01-node.md"
    places = {path: where for where, path in pages("en").items()}
    places[DOCS / "en" / "course" / "02-paths.md"] = "course/02-paths.md"
    assert _linked(text, source, place, places) == linked


def test_a_flowchart_as_dot():
    text = 'flowchart TB\n    subgraph ground["the ground"]\n  a["one"] --> b["two"]\n  end\n    ground --> c["top"]\n'
    found = dot(text)
    for line in ('a [label="one"];', "a -> b [];", "b -> c [ltail=cluster_ground];", 'label="the ground"'):
        assert line in found
    with pytest.raises(ValueError, match="expected subgraph, end or nodes"):
        dot("flowchart TB\na ==> b")


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_that_are_made(language):
    found = made(language)
    assert {"commands.md", "live.md", "api/autograd_lite.md", "api/nn.optim.md"} <= found.keys()
    for name in COMMANDS:
        assert f"## {name}\n" in found["commands.md"]
        assert f"usage: autograd-lite {name}" in found["commands.md"]
    assert ".. autofunction:: autograd_lite.draw" in found["api/autograd_lite.md"]
    assert ".. autoclass:: autograd_lite.Value" in found["api/autograd_lite.md"]
    assert str(ROOT) not in "".join(found.values())


@pytest.mark.parametrize(
    ("prose", "marked"),
    [
        ("takes *xs and |x|", r"takes \*xs and \|x\|"),
        ("all `Step`s of `*xs`", "all `Step`\\ s of `*xs`\\ "),
        ("`a\nb` c_ d_e", "`a\nb`\\  c\\_ d_e"),
    ],
)
def test_docstrings_are_prose(prose, marked):
    lines = prose.split("\n")
    as_restructured_text(None, "function", "f", None, None, lines)
    assert "\n".join(lines) == marked


def test_the_site_fetches_nothing():
    for path in [*(DOCS / "_static").glob("*"), *(DOCS / "_templates").rglob("*.html"), DOCS / "build.py"]:
        if Path(path).is_file():
            assert not re.search(r"(?:src|href)=\"https?://", Path(path).read_text(encoding="utf-8"))

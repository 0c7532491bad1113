"""Links: those among pages and their anchors, those that lead out, and all of them on the site as it was built."""

import functools
import io
import re
import urllib.error
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

pytest.importorskip("docs.links", reason="the docs are in a checkout only")

from docs import links
from docs.stage import FENCE, LANGUAGES, LINK, ROOT, pages

SITE = ROOT / "output" / "site"
SOURCES = [ROOT / "README.md", ROOT / "README.zh-CN.md", ROOT / "docs" / "README.md",
           *{path for language in LANGUAGES for path in pages(language).values()}]  # fmt: skip
OUT = sorted(set(links.found()))


def slugs(path: Path) -> list[str]:
    """The anchors of a Markdown page's headings."""
    text = FENCE.sub("", path.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.*)", text, re.MULTILINE)
    return [re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings]


@pytest.mark.parametrize("source", sorted(SOURCES), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_an_anchor_is_a_heading(source):
    text = FENCE.sub("", source.read_text(encoding="utf-8"))
    here = re.findall(r"\]\(#([^)]+)\)", text)
    for path, anchor in [(source, anchor) for anchor in here] + [
        (source.parent / link[3], link[4][1:]) for link in LINK.finditer(text) if link[4]
    ]:
        assert anchor in slugs(path), f"{source.name}: {path.name}#{anchor}"


# ---- those that lead out ----


@pytest.mark.parametrize("address", sorted({address for address, _ in OUT}))
def test_a_link_that_leads_out_is_well_formed_and_listed(address):
    parts = urlsplit(address)
    assert parts.scheme == "https"
    assert re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", parts.netloc)
    assert address in dict(links.listed()), "add it to docs/links.txt, with what it should show"


def test_the_list_is_in_order_names_each_once_and_says_what_it_shows():
    listed = links.listed()
    addresses = [address for address, _ in listed]
    assert addresses == sorted(set(addresses))
    assert all(len(shows.split()) >= 2 or "《" in shows for _, shows in listed)
    unused = set(addresses) - {address for address, _ in OUT}
    assert len(unused) == 3  # those of the theme's footer


def test_what_a_link_shows_is_printed_beside_what_it_should(monkeypatch, capsys):
    def answer(request, timeout):
        if "furo" in request.full_url:
            raise urllib.error.URLError("no route")
        page = io.BytesIO(b"<html><title>A &amp; B</title>")
        page.geturl = lambda: request.full_url
        return page

    monkeypatch.setattr("urllib.request.urlopen", answer)
    assert links.main() == 1
    said = capsys.readouterr().out
    assert said.count("  should show: ") == len(links.listed())
    assert said.count("  shows:       A & B\n") == len(links.listed()) - 1
    assert "  does not open: <urlopen error no route>" in said
    monkeypatch.setattr(links, "listed", lambda: [("https://example.org/", "an example")])
    assert links.main() == 0


# ---- the site as it was built ----


class Page(HTMLParser):
    """The links and the anchors of a page."""

    def __init__(self, text):
        super().__init__()
        self.links, self.anchors = set(), set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        self.anchors |= {named[key] for key in ("id", "name") if named.get(key)}
        self.links |= {named[key] for key in ("href", "src") if named.get(key)}


@functools.cache
def page(path):
    return Page(path.read_text(encoding="utf-8"))


def strays(path):
    """The links of a page of the site that lead nowhere."""
    for link in page(path).links:
        parts = urlsplit(link)
        if parts.scheme in ("data", "javascript", "mailto", "blob"):
            continue
        if parts.scheme:
            if link not in dict(links.listed()):
                yield link
            continue
        target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
        target = target / "index.html" if target.is_dir() else target
        anchor = unquote(parts.fragment)
        is_page = target.suffix == ".html" and target.parent.name != "live"  # which read their fragments themselves
        if not target.is_file() or (is_page and anchor and anchor not in page(target).anchors):
            yield link


@pytest.mark.skipif(not (SITE / "zh" / "index.html").exists(), reason="the site is not built")
@pytest.mark.parametrize("folder", ["en", "zh", "try"])
def test_every_link_of_the_built_site_leads_somewhere(folder):
    paths = sorted((SITE / folder).rglob("*.html"))
    assert len(paths) > 30 or folder == "try"
    found = {path.relative_to(SITE).as_posix(): sorted(strays(path)) for path in paths}
    assert {place: links for place, links in found.items() if links} == {}

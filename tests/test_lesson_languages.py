"""The lesson in two languages: the same pages, with the same code, numbers, formulas and pictures in both."""

import re
from pathlib import Path
from unicodedata import category

import pytest

from demos import output

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
ENGLISH, CHINESE = DOCS / "en", DOCS / "zh"

CHARACTER = "[\u4e00-\u9fff]"
BLOCK = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
FRONT = re.compile(r"\A---\n.*?^---$", re.MULTILINE | re.DOTALL)
SAME = {
    "code blocks": BLOCK,
    "front matter": FRONT,
    "headings": re.compile(r"^#+(?= )", re.MULTILINE),
    "quoted numbers": re.compile(r"→ `[^`]+`"),
    "formulas": re.compile(r"\$\$.*?\$\$", re.DOTALL),
    "pictures": re.compile(r"(?<=!)\[[^]]*(?=\]\()"),
    "columns of tables": re.compile(r"^\|(?=[-: |]+\|$)", re.MULTILINE),
    "numbers": re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+|\d{2})(?![\w.]*\w)"),
    "markers": re.compile(r"^<!-- .* -->$", re.MULTILINE),
}


def names(folder: Path) -> set[str]:
    """The pages below a folder."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*.md")}


def listed(folder: Path) -> set[str]:
    """The pages that the tables of contents of a folder's index list."""
    index = folder / "index.md"
    text = index.read_text(encoding="utf-8") if index.exists() else ""
    entries = [line.split("<")[-1].strip(" >") for toc in re.findall(r"\{toctree\}\n(.*?)```", text, re.DOTALL)
               for line in toc.splitlines() if line and not line.startswith(":")]  # fmt: skip
    return {f"{entry.removesuffix('.md')}.md" for entry in entries if not entry.startswith(("..", "http"))}


BOTH = sorted(names(ENGLISH) & names(CHINESE))
PAIRS = [(ROOT / "README.md", ROOT / "README.zh-CN.md"), *((ENGLISH / name, CHINESE / name) for name in BOTH)]
PAGES = [ROOT / "README.zh-CN.md", *(CHINESE / name for name in sorted(names(CHINESE)))]
in_checkout = pytest.mark.skipif(not PAIRS[0][1].exists(), reason="the README is in a checkout only")


def is_emphasis(stars: re.Match[str], text: str) -> bool:
    """Whether Markdown takes the stars as such: not with punctuation within and a character without (`**。**字`)."""
    before, after = text[: stars.start()][-1:], text[stars.end() :][:1]
    inside = stars[2]
    return not ((is_mark(inside[0]) and before.isalnum()) or (is_mark(inside[-1]) and after.isalnum()))


def is_mark(character: str) -> bool:
    """Whether a character is punctuation or a symbol."""
    return category(character)[0] in "PS"


def shown(path: Path) -> str:
    """A path as the name of a test."""
    return str(path.relative_to(ROOT))


def prose(text: str) -> str:
    """A page without its front matter, code and formulas."""
    return SAME["formulas"].sub("", BLOCK.sub("", FRONT.sub("", text)))


def anatomy(text: str, what: str) -> list[str]:
    """All parts of a kind, in their order; of pictures only how many, for their titles are words."""
    found = SAME[what].findall(text if what in ("code blocks", "front matter") else BLOCK.sub("", text))
    if what == "code blocks":  # a table of contents has a title in words
        return [re.sub(r"^:caption: .*", ":caption:", block, flags=re.MULTILINE) for block in found]
    return ["picture"] * len(found) if what == "pictures" else found


@in_checkout
@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: shown(pair[1]))
def test_a_page_is_the_same_in_both_languages(pair):
    english, chinese = (path.read_text(encoding="utf-8") for path in pair)
    for what in SAME:
        if what in ("quoted numbers", "numbers"):  # a sentence may turn around in the other language
            assert sorted(anatomy(english, what)) == sorted(anatomy(chinese, what)), what
        else:
            assert anatomy(english, what) == anatomy(chinese, what), what


@pytest.mark.parametrize("name", BOTH)
def test_a_page_leads_to_the_same_places(name):
    links = re.compile(r"\]\(([^)]+)\)")
    english, chinese = (links.findall((folder / name).read_text(encoding="utf-8")) for folder in (ENGLISH, CHINESE))
    assert sorted(english) == sorted(chinese)


@pytest.mark.parametrize(("folder", "other"), [(ENGLISH, CHINESE), (CHINESE, ENGLISH)], ids=["en", "zh"])
def test_a_page_that_an_index_lists_is_there_in_both_languages(folder, other):
    assert listed(folder) <= names(folder) & names(other)
    assert listed(folder) == listed(other)


@in_checkout
@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_a_chinese_page_is_chinese(page):
    for paragraph in prose(page.read_text(encoding="utf-8")).split("\n\n"):
        words = re.findall(r"[a-z]{3,}", re.sub(r"`[^`]*`|\]\([^)]*\)|^    .*$|<!--.*-->", "", paragraph))
        assert len(words) < 8 or re.search(CHARACTER, paragraph), paragraph


@in_checkout
@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_chinese_is_written_as_markdown_takes_it(page):
    text = prose(page.read_text(encoding="utf-8"))
    # A line break would become a blank in the middle of a sentence.
    assert re.findall(rf"{CHARACTER}\n *(?![-*#|>\d]){CHARACTER}.*", text) == []
    assert [stars[0] for stars in re.finditer(r"(\*+)([^*\n]+)\1", text) if not is_emphasis(stars, text)] == []
    assert re.findall(rf"{CHARACTER}[,;?!]|[,;?!]{CHARACTER}", text) == []


@in_checkout
@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_links_lead_somewhere(page):
    text = page.read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", BLOCK.sub("", text)):
        assert (page.parent / link).exists(), link


@in_checkout
@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_a_readme_is_short_and_its_times_are_those_of_the_benchmarks(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert len(text.splitlines()) < 150
    benchmarks = (DOCS / "benchmarks.md").read_text(encoding="utf-8")
    times = re.findall(r"^\| [^|]+ \| ([\d.,]+) \|$", text, re.MULTILINE)
    assert len(times) >= 5
    assert [time for time in times if f" {time} " not in benchmarks.replace("*", " ")] == []


def test_the_glossaries_have_the_same_words():
    row = re.compile(r"^\| (.+?) \| (.+?) \| .+? \| (.+?) \|$", re.MULTILINE)
    english, chinese = (
        row.findall((folder / "glossary.md").read_text(encoding="utf-8")) for folder in (ENGLISH, CHINESE)
    )
    assert len(english) > 40
    assert english[2:] == [(word, translation, page) for translation, word, page in chinese[2:]]


@pytest.mark.parametrize("demo", sorted((ROOT / "demos").glob("*.py")), ids=lambda path: path.stem)
def test_a_demo_opens_in_both_languages(demo):
    for line in re.findall(r"\btitle\((?!english).*", demo.read_text(encoding="utf-8")):
        assert re.search(rf", f?\".*{CHARACTER}.*\"\)", line), line


def test_a_title_is_underlined_as_wide_as_it_is(capsys):
    output.title("XOR", "异或")
    assert capsys.readouterr().out == f"\nXOR · 异或\n{'─' * 10}\n"

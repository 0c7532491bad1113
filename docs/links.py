"""The links that lead out of the project: found in its pages, and listed in links.txt with what each should show.

`python -m docs.links` opens every one of them, which needs a network, and prints what came beside what should: a person
compares the two. 1 if one of them doesn't open.
"""

from __future__ import annotations

import html
import re
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
LIST = ROOT / "docs" / "links.txt"
FOLDERS = ("autograd_lite", "nn", "demos", "docs")
ADDRESS = re.compile(r"\bhttps?:[^\s<>\"'`)\]]+")
NAMES = re.compile(r"https?://(?:www\.w3\.org|127\.0\.0\.1)\b")  # of XML, and of this machine: none leads anywhere


def listed() -> list[tuple[str, str]]:
    """Each address of the list, with what it should show."""
    lines = [line for line in LIST.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return [(address, shows) for address, _, shows in (line.partition("  ") for line in lines)]


def found() -> Iterator[tuple[str, str]]:
    """Each address in the project's pages and sources, with the file it stands in."""
    paths = [*ROOT.glob("*.md"), *(path for folder in FOLDERS for path in (ROOT / folder).rglob("*"))]
    for path in sorted(paths):
        if path.suffix in (".md", ".py", ".html", ".css", ".js") and "node_modules" not in path.parts:
            for address in ADDRESS.findall(path.read_text(encoding="utf-8")):
                if not NAMES.match(address):
                    yield address.rstrip(".,:;"), path.relative_to(ROOT).as_posix()


def opened(address: str) -> tuple[bool, str]:
    """Whether an address opens, and its title or what went wrong."""
    request = urllib.request.Request(address, headers={"User-Agent": "Mozilla/5.0 (docs.links)"})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read(200_000).decode("utf-8", "replace")
            title = re.search(r"<title[^>]*>(.*?)</title>", text, re.DOTALL | re.IGNORECASE)
            return True, html.unescape(title[1]).strip() if title else answer.geturl()
    except (OSError, urllib.error.URLError) as error:
        return False, f"does not open: {error}"


def main() -> int:
    """Print what each link shows beside what it should; 1 if one doesn't open."""
    opens = True
    for address, shows in listed():
        does, title = opened(address)
        opens = opens and does
        print(f"{address}\n  should show: {shows}\n  {'shows:       ' * does}{title}")
    return 0 if opens else 1


if __name__ == "__main__":
    sys.exit(main())

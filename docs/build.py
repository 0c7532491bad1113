"""`python -m docs.build`: the whole site in output/site, English and Chinese. Needs the extra `docs`, and npm once.

`python -m docs.build en` builds one language. A warning of Sphinx, a link between pages that leads nowhere, and a
cell that raises are errors.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from docs import notebooks
from docs.packages import MATHJAX, fetched, try_page
from docs.stage import LANGUAGES, ROOT, stage

OUTPUT = ROOT / "output"
SITE = OUTPUT / "site"
START = """<!doctype html><html lang="en"><meta charset="utf-8"><title>autograd_lite</title>
<meta name="viewport" content="width=device-width">
<script>location.replace((navigator.language || "en").startsWith("zh") ? "zh/index.html" : "en/index.html")</script>
<p><a href="en/index.html">English</a> · <a href="zh/index.html" lang="zh">中文</a></p></html>
"""


def build(languages: list[str]) -> int:
    """Build these languages side by side; 0 if all went well."""
    SITE.mkdir(parents=True, exist_ok=True)
    mathjax = fetched(MATHJAX, OUTPUT / "npm" / "mathjax")
    try_page(OUTPUT / "npm", SITE / "try")
    (SITE / "index.html").write_text(START, encoding="utf-8")
    running = [_started(language, mathjax) for language in languages]
    return max(process.wait() for process in running)


def _started(language: str, mathjax: Path) -> subprocess.Popen[bytes]:
    folder = OUTPUT / "stage" / language
    stage(language, folder)
    notebooks.write(language, folder / "_live")
    settings = {
        **os.environ,
        "PYTHONPATH": str(ROOT),  # the pages run what stands here, whatever is installed
        "LANGUAGE": language,
        "DOCS_STAGE": str(folder),
        "DOCS_CACHE": str(OUTPUT / "cache" / _library() / language),
        "DOCS_MATHJAX": str(mathjax),
    }
    sphinx = [sys.executable, "-m", "sphinx", "-q", "-b", "html", "-W", "--keep-going", "-c", str(ROOT / "docs")]
    return subprocess.Popen([*sphinx, "-d", str(OUTPUT / "trees" / language), str(folder), str(SITE / language)],
                            env=settings, cwd=ROOT)  # fmt: skip


def _library() -> str:
    """What the pages' outputs depend on beside their own code: the library."""
    digest = hashlib.sha256()
    for package in ("autograd_lite", "nn"):
        for path in sorted((ROOT / package).rglob("*")):
            if path.is_file() and not {"__pycache__", "node_modules"} & set(path.parts):
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


if __name__ == "__main__":
    sys.exit(
        build(sys.argv[1:] or [language for language in LANGUAGES if (ROOT / "docs" / language / "index.md").exists()])
    )

"""Sphinx's configuration of the site, for one language, whose pages `docs.stage` has gathered.

`LANGUAGE` says which one: "en" or "zh". Everything that a page needs is in the site; nothing is fetched from elsewhere.
"""

import json
import os
import sys
from pathlib import Path

from sphinx.search.zh import SearchChinese

sys.path.insert(0, str(Path(__file__).parent.parent))
import autograd_lite
from docs.notebooks import sources
from docs.prose import as_restructured_text

HERE = Path(__file__).parent
IS_CHINESE = os.environ.get("LANGUAGE", "en") == "zh"
STAGE = Path(os.environ["DOCS_STAGE"])  # the folder of this language's pages

project = "autograd_lite"
copyright = "the authors of autograd_lite, MIT licence"
release = autograd_lite.__version__
language = "zh_CN" if IS_CHINESE else "en"
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.mathjax"]
exclude_patterns = ["_live"]
nitpicky = False
default_role = "code"

myst_enable_extensions = ["dollarmath", "deflist", "colon_fence"]
myst_heading_anchors = 3

# Pages run from top to bottom, anywhere but in the checkout; what they printed is kept for the same code and library.
nb_execution_mode = "cache"
nb_execution_cache_path = os.environ["DOCS_CACHE"]
nb_execution_in_temp = True
nb_execution_raise_on_error = True
nb_execution_timeout = 120
nb_merge_streams = True
suppress_warnings = ["mystnb.unknown_mime_type"]

autodoc_member_order = "groupwise"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True

templates_path = [str(HERE / "_templates")]
html_theme = "furo"
html_title = "autograd_lite"
html_static_path = [str(HERE / "_static"), os.environ["DOCS_MATHJAX"]]
html_extra_path = [str(STAGE / "_live")]
html_css_files = ["site.css"]
html_js_files = ["site.js"]
html_favicon = str(HERE / "_static" / "icon.svg")
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {"top_of_page_buttons": ["view"], "navigation_with_keys": True}
html_context = {
    "notebooks": list(sources("zh" if IS_CHINESE else "en")),
    "notebook_name": "下载笔记本" if IS_CHINESE else "Notebook",
    "notebook_title": "把本页下载为 Jupyter 笔记本" if IS_CHINESE else "This page as a Jupyter notebook",
    "other_language": "en" if IS_CHINESE else "zh",
    "other_name": "English" if IS_CHINESE else "中文",
    "other_pages": json.loads((STAGE / "other.json").read_text(encoding="utf-8")),
}
mathjax_path = "tex-svg.js"
html_search_language = "zh" if IS_CHINESE else "en"
html_search_options = {"dict": str(HERE / "words.zh.txt")} if IS_CHINESE else {}


class SearchMixed(SearchChinese):
    """Chinese search whose questions are cut into words in the browser, as the pages were by jieba."""

    language_name = "English"  # whose stemmer it takes, for the English words in the text
    js_splitter_code = (HERE / "split.js").read_text(encoding="utf-8")


# What the theme says in English only.
THEME = {"Previous": "上一页", "Next": "下一页", "Home": "首页", "Back to top": "回到顶部", "On this page": "本页内容"}


def in_chinese(app, page, template, context, tree):
    """The theme's words in the language of the page."""
    english = app.builder.templates.environment.globals["gettext"]
    context["gettext"] = lambda text: THEME.get(text, english(text))


def setup(app):
    """Docstrings are prose: their stars and bars are no markup."""
    from sphinx import search

    search.languages["zh"] = SearchMixed
    app.connect("autodoc-process-docstring", as_restructured_text)
    if IS_CHINESE:
        app.connect("html-page-context", in_chinese)

"""What is told, in text, Markdown and LaTeX: labels are data everywhere, and LaTeX compiles where there is one."""

import dataclasses
import re
import shutil
import subprocess
from functools import cache
from xml.etree import ElementTree

import pytest

from autograd_lite import Value, count_operations, draw, explain, mistakes, record, tanh, trace_table
from autograd_lite.graph import toposort
from autograd_lite.labels import visible
from autograd_lite.ops import TABLE
from autograd_lite.telling.document import Document, Equation, Heading, Paragraph, Table, columns
from autograd_lite.telling.listing import document
from autograd_lite.telling.markup import markdown
from autograd_lite.telling.names import Names
from autograd_lite.telling.notation import Math, factor, number, scaled, whole
from autograd_lite.telling.text import WIDTH
from autograd_lite.telling.text import text as as_text
from nn import MLP, History, Neuron, fit, verify

LABELS = [
    r"a_b", "50%", "$x$", "a&b", "#1", "{", "}", "{}", "\\", r"\input{x}", "^", "~", "x|y", "<b>", "</td>", "`c`",
    "*a*", "_a_", "'", '"', "x²", "x₀", "x'", "x′", "δ", "Ω", "αβ", "变量", "é", "😀", "a\nb", "a\tb", "\x00", "]",
    "w1[0,1]", "x[3]", "x3", "E", "a" * 100, "-1", "∂", "[link](http://x)", "![i](x)", "$$", r"\(", r"\end{aligned}",
    "%", "→", "…",
]  # fmt: skip


@cache
def told():
    """Everything that is told about a graph whose labels are all of these, and explanations of some at a time."""
    parts = [explain(y, leaf, top=3) for start in range(0, len(LABELS), 6)
             for y, leaves in [labelled(LABELS[start : start + 6])] for leaf in leaves]  # fmt: skip
    y, leaves = labelled(LABELS)
    return [*parts, explain(y, leaves[0]), trace_table(y, leaves[0]), mistakes(y), count_operations(y)]


def labelled(labels):
    """A graph of leaves of these labels, and the leaves."""
    leaves = [Value(1.0 + i / 8, label) for i, label in enumerate(labels)]
    y = tanh(abs(sum(leaf * leaf for leaf in leaves)) * 1e-3)
    y.label = r"loss_{1} & 100% of $\alpha$"
    return y, leaves


@cache
def more():
    """Every op, powers, networks, tapes and receipts."""
    inputs = [Value(0.5, "x"), Value(0.25, "y"), Value(0.75, "z")]
    y = sum(op(*inputs[: op.arity]) for op in TABLE.values())
    model = MLP(2, [3, 2], "sigmoid", "sigmoid", seed=0)
    found = verify(model, [0.5, -1.0], [1.0, 0.0])
    receipts = [found.receipt(name) for name in ("δ1[0]", "δ2[1]", "w1[0,1]", "b2[0]")]
    tape = document(record(lambda w, x: tanh(w * x) / x, 0.5, 2.0))
    entropy = verify(MLP(2, [3, 2], "tanh", seed=0), [0.5, -1.0], 1, "cross_entropy").receipt("δ2[0]")
    doubled = Value(1.0, "x")
    chain = doubled
    for _ in range(1000):
        chain = chain * 0.5 + chain * -0.5
    return [explain(y, inputs[0]), trace_table(y), tape, *receipts, entropy, explain(chain, doubled)]


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no LaTeX here")
@pytest.mark.parametrize("parts", [told, more])
def test_the_latex_compiles(parts, tmp_path):
    body = "\n\\clearpage\n".join(part.latex for part in parts())
    assert body.isascii()
    source = tmp_path / "told.tex"
    source.write_text(
        "\\documentclass{article}\\usepackage[landscape,margin=1cm]{geometry}\\usepackage{amsmath}\n"
        f"\\begin{{document}}\n{body}\n\\end{{document}}\n"
    )
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", source.name]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=120)
    assert result.returncode == 0, result.stdout.decode(errors="replace")[-2000:]
    assert (tmp_path / "told.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("parts", [told, more])
def test_the_text_keeps_to_80_columns(parts):
    for part in parts():
        assert max(map(columns, part.text.splitlines())) <= 80
        assert "\x00" not in part.text


def outside_of_math(markdown):
    """Markdown without what stands between dollars."""
    return re.sub(r"(?<!\\)\$.*?(?<!\\)\$", "", re.sub(r"\$\$.*?\$\$", "", markdown, flags=re.DOTALL))


def test_labels_reach_markdown_only_as_mathematics():
    for part in told():
        text = outside_of_math(part.markdown).replace("zero_grad", "")  # a name of ours
        assert not re.search(r"[`<>\\_$]|\]\(|alpha", text)
        assert not any(re.search(r"<[a-z/!?]", line) for line in part.markdown.splitlines())
        widths = {len(block.headings) + 1 for block in part.blocks if isinstance(block, Table)}
        assert {line.count("|") for line in part.markdown.splitlines() if line.startswith("|")} == widths


def test_a_bar_in_a_cell_of_markdown_begins_no_other():
    told = Table(["what it is"], "l", [["x / (1 + |x|)"], [("by ", Math("|x|", r"\left|x\right| + \left\|x\right\|"))]])
    rows = markdown([told]).splitlines()[2:]
    assert rows == [
        r"| x / (1 + \|x\|) |",
        r"| by $\left\vert x\right\vert  + \left\Vert x\right\Vert $ |",
    ]


def test_names_are_unique_short_and_stable():
    leaves = [Value(1.0, label) for label in ["x", "x", "v1", "", "", "y", "x#2", "a" * 50, "a" * 60]]
    y = sum(leaf * 2 for leaf in leaves)
    nodes = toposort(y)
    names = Names(nodes, y)
    texts = [names[node].text for node in nodes if node.kind != "constant"]
    assert len(set(texts)) == len(texts)
    assert [names[leaf].text for leaf in leaves[:3]] == ["x", "x#3", "v1"]
    assert names[leaves[3]].text == "v2"
    assert max(map(len, texts)) <= 20
    assert texts == [Names(nodes, y)[node].text for node in nodes if node.kind != "constant"]


def test_time_steps_are_counted_as_in_pictures():
    cell, h = Neuron(2, "tanh", seed=0), Value(0.0, "h")
    for t in range(4):
        h = cell([t / 10, h])
    nodes = toposort(h)
    names, labels = Names(nodes, h), draw(h, detail="node").picture.labels
    assert [names[node].text for node in nodes if node.label] == [labels[node] for node in nodes if node.label]
    assert {names[node].text: node.data for node in nodes if node.label == "x[0]"} == {
        "x[0]": 0.0, "x[0]#2": 0.1, "x[0]#3": 0.2, "x[0]#4": 0.3,
    }  # fmt: skip


def test_the_root_without_a_label_is_y_if_no_label_is():
    x, other = Value(1.0, "x"), Value(1.0, "y")
    assert Names(toposort(x * 2), root := x * 2)  # names of another graph know nothing of this root
    root = x * 2
    assert Names(toposort(root), root)[root].text == "y"
    root = other * 2
    assert Names(toposort(root), root)[root].text == "v1"


@pytest.mark.parametrize(
    ("label", "latex"),
    [
        ("w", "w"), ("v12", "v_{12}"), ("w1[0,2]", "w^{1}_{0,2}"), ("δ2[1]", r"\delta^{2}_{1}"), ("x[3]", "x[3]"),
        ("loss", r"\mathrm{loss}"), ("a_b", r"\mathrm{a\_b}"), ("变", r"\mathrm{U{+}53D8}"), ("|", r"{\vert}"),
    ],
)  # fmt: skip
def test_labels_in_latex(label, latex):
    v = Value(1.0, label)
    assert Names([v])[v].latex == latex


def test_numbers():
    numbers = [number(x).text for x in (0.0, -0.0, 1.0, -2.5, 1e-9, 1 / 3, float("inf"), float("nan"))]
    assert numbers == ["0", "0", "1", "-2.5", "1e-09", "0.333333", "inf", "nan"]
    assert number(1.5e-9).latex == r"1.5 \cdot 10^{-9}"
    assert number(float("-inf")).latex == r"-\infty"
    assert [factor(x).text for x in (2.0, -2.0)] == ["2", "(-2)"]
    assert [whole(n).text for n in (7, 12_345, 2**100, 3**100, 10**5000)] == [
        "7", "12,345", "2^100", "5.154e+47", "1e+5000",
    ]  # fmt: skip
    assert scaled(-0.5, -4000).text == "-3.793e-1205"


def shown_in_notebooks():
    """All that is told of a program, of a run or of a comparison."""
    x = Value(2.0, "x")
    y = tanh(x * 3)
    model = MLP(1, [2, 1], seed=0)
    found = verify(model, [0.5], [1.0])
    history = fit(model, [[0.0], [1.0]], [0.0, 1.0], epochs=30, backend="eager")
    tape = record(lambda x: tanh(x) * 2, 1.0)
    told = [explain(y, x), trace_table(y), mistakes(y), count_operations(y), found, found.receipt("δ1[0]")]
    return [*told, history, tape, tape.compile("python")]


def test_notebooks_show_html_that_needs_no_script():
    for part in shown_in_notebooks():
        shown = part._repr_html_()
        ElementTree.fromstring(f"<body>{shown}</body>")
        assert "<table>" in shown or "<pre>" in shown, part
        assert not re.search(r"\$|\\|<script|object at 0x", shown), part
        assert len(repr(part)) < 10_000
        assert "field(" not in repr(part)


def test_a_history_tells_some_of_its_epochs():
    history = History(loss=[1.0 / (k + 1) for k in range(100)], accuracy=[0.5] * 100, seconds=2.0, backend="llvm")
    assert repr(history) == "History(epoch 100: loss 0.01, accuracy 50.0% (before each step))"
    shown = history._repr_html_()
    assert "epoch 100: loss 0.01, accuracy 50.0% (before each step), 2 s on the llvm backend" in shown
    assert re.findall(r"<tr><td[^>]*>(\d+)</td>", shown) == ["1", "10", "19", "28", "37", "46", "55", "64", "73", "82",
                                                        "91", "100"]  # fmt: skip
    assert "no epoch done" in History()._repr_html_()


def test_labels_in_html_are_data():
    for part in told():
        tree = ElementTree.fromstring(part.html)
        assert {element.tag for element in tree.iter()} <= {"div", "p", "b", "pre", "table", "tr", "th", "td"}
        assert tree.get("class") == "tex2jax_ignore mathjax_ignore"  # a label's dollars begin no mathematics
    tape = record(lambda x: x * 2, {"</pre><b>": 1.0}["</pre><b>"])
    assert "<b>" not in dataclasses.replace(tape, labels=("</pre><b>",))._repr_html_()


def test_a_value_shows_only_its_repr():
    y = tanh(Value(2.0, "x"))
    assert [name for name in dir(y) if name.startswith("_repr_")] == []
    assert not hasattr(y, "_ipython_display_")


UNSEEN = [
    "\x00",
    "\x1b",
    "\x7f",
    "\x85",
    "\x9b",
    "\u202e",
    "\u2066",
    "\u200f",
    "\u061c",
    "\u200b",
    "\ufeff",
    "\ud800",
    "\uffff",
]


@pytest.mark.parametrize("character", UNSEEN, ids=lambda character: f"U+{ord(character):04X}")
def test_what_cannot_be_seen_in_a_label_is_shown(character):
    x = Value(2.0, f"evil{character}live")
    y = x * 3
    tape = dataclasses.replace(record(lambda x: x * 2, 1.0), labels=(x.label,))
    explained = explain(y, x)
    for text in (explained.text, explained.html, explained.latex, explained.markdown, str(tape)):
        assert character not in text
    for text in (explained.text, explained.html, str(tape)):
        assert "evil\ufffdlive" in text


def test_what_letters_are_joined_by_stays():
    assert visible("\u0645\u06cc\u200c\u062e") == "\u0645\u06cc\u200c\u062e"
    assert visible("two\nlines\tand δ😀") == "two\nlines\tand δ😀"


def test_chinese_breaks_between_letters_and_keeps_its_punctuation():
    words = "从 3-2-1 网络的输出开始（它的 δ² 已知），把误差项一层一层往回传；" * 4 + "“完”。"
    lines = as_text([Paragraph(words)]).split("\n")
    assert "".join(lines).replace(" ", "") == words.replace(" ", "")
    assert all(70 < columns(line) <= WIDTH for line in lines[:-1])
    assert not [line for line in lines if line[0] in "，。；）”" or line[-1] in "（“"]


def test_blocks_one_by_one():
    class Sample(Document):
        blocks = (
            Heading("Title"),
            Paragraph(("50% of ", Math("x", "x_{1}"))),
            Equation(Math("a", "a"), [[Math("b" * 50, "b")] * 3, [Math("c", "c")]]),
            Table(["n", ("of ", Math("x", "x"))], "rl", [["1", "a b " * 40], ["22", Math("z", "z")]]),
        )

    text = Sample().text.splitlines()
    assert text[0] == "Title"
    assert text[1] == "50% of x"
    assert [line.strip()[:1] for line in text[2:6]] == ["a", "+", "+", "="]
    assert max(map(len, text)) <= 80
    assert text[-1].split() == ["22", "z"]
    assert r"50\% of $x_{1}$" in Sample().latex
    assert "| n | of $x$ |\n|---:|:---|" in Sample().markdown

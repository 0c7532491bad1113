"""Pictures: the structure of the DOT source and of the SVG, labels as data, files, and both Graphviz engines."""

import base64
import re
import shutil
import struct
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path

import graphviz
import pytest

from autograd_lite import Value, draw, where
from autograd_lite.pictures import digraph, layout
from autograd_lite.pictures.digraph import BOX_LIMIT, Drawing
from nn import Layer, Neuron
from tests.engines import ENGINES, use

NEEDS_GRAPHVIZ = pytest.mark.skipif(layout.engine() is None, reason="no dot program and no pygraphviz here")
SVG = "{http://www.w3.org/2000/svg}"


def neuron():
    w, x, b = Value(0.5, "w"), Value(2.0, "x"), Value(-1.0, "b")
    return (w * x + b).tanh()


def statements(drawing, kind):
    """The names of the nodes, or the pairs of the edges, in DOT source."""
    if kind == "edge":
        return re.findall(r"^\t(n\d+) -> (n\d+) ", drawing.source, re.MULTILINE)
    return re.findall(r"^\t(n\d+) \[", drawing.source, re.MULTILINE)


def svg(drawing):
    return ElementTree.fromstring(drawing.pipe("svg"))


def groups(root, kind):
    return [g for g in root.iter(f"{SVG}g") if kind in g.get("class", "").split()]


def test_one_box_a_value_and_one_edge_a_use():
    drawing = draw(neuron())
    assert isinstance(drawing, Drawing)
    assert statements(drawing, "node") == ["n0", "n1", "n2", "n3", "n4", "n5"]
    assert len(statements(drawing, "edge")) == 5


def test_both_edges_of_a_plus_a():
    a = Value(3.0, "a")
    assert statements(draw(a + a), "edge") == [("n0", "n1"), ("n0", "n1")]


def test_a_dash_before_a_backward_pass_and_numbers_after():
    y = neuron()
    assert draw(y).source.count("–") == 6
    y.backward()
    source = draw(y).source
    assert "–" not in source
    assert 'label=" 0.5 "' in source  # ∂(w·x)/∂x = w
    assert not re.search(r"\d{7}", re.sub("#[0-9a-f]{6}", "", source))  # no number has 17 digits


def test_a_drawing_keeps_the_numbers_of_its_moment():
    y = neuron()
    drawing = draw(y)
    y.backward()
    assert drawing.source.count("–") == 6


def test_kinds_differ_by_shape_and_colour():
    neuron_of_two = Neuron(1, "tanh", seed=0)
    source = draw(neuron_of_two([1.0]) * 2).source
    looks = re.findall(r"class=(\w+) color=\"(#\w+)\" fillcolor=\"?([#\w]+)\"?.* shape=(\w+) style=\"?([\w,]+)", source)
    by_kind = {kind: (color, shape, style) for kind, color, _, shape, style in looks}
    assert set(by_kind) == {"input", "parameter", "constant", "interior"}
    assert len({color for color, _, _ in by_kind.values()}) == 4
    assert len({(shape, style) for _, shape, style in by_kind.values()}) == 4


LABELS = [
    'quo"ted', "<b>bold</b>", r"\N \G \l", "back\\slash\\", "two\nlines", "{a|b}", "变量 δ λ", "a&amp;b", "", "  ",
    "->", "😀", "]; evil [label=1", "%s {}",
    "]", "]]", "two\n]", "w[0]", "<!-- -->", "&#65;", "\\",
]  # fmt: skip


@NEEDS_GRAPHVIZ
def test_labels_are_data():
    drawing = draw(sum(Value(1.0, label) for label in LABELS), detail="node")
    texts = Counter((text.text or "").replace("\xa0", " ") for text in svg(drawing).iter(f"{SVG}text"))
    assert not Counter(line for label in LABELS for line in label.strip().splitlines()) - texts


def test_a_long_label_is_cut_and_a_control_character_replaced():
    source = draw(Value(1.0, "x" * 1000)).source
    assert "x" * 39 + "…" in source
    assert "x" * 41 not in source
    assert "\x00" not in draw(Value(1.0, "a\x00b")).source


@NEEDS_GRAPHVIZ
def test_the_svg_has_the_graph():
    x = Value(2.0, "x")
    root = svg(draw(where(x, x * x, -x), x + 1))
    assert len(groups(root, "node")) == 6
    assert len(groups(root, "edge")) == 8


BEGINNINGS = {"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF"}


@pytest.mark.parametrize("format", BEGINNINGS)
@pytest.mark.parametrize("engine", ENGINES)
def test_both_engines_make_every_picture(engine, format, monkeypatch):
    use(engine, monkeypatch)
    drawing = draw(neuron())
    assert drawing.engine == engine
    assert drawing.pipe(format).startswith(BEGINNINGS[format])


def test_without_a_graphviz_there_is_the_source_and_an_install_line(monkeypatch, tmp_path):
    monkeypatch.setattr(shutil, "which", lambda program: None)
    monkeypatch.setattr(layout, "bundled", lambda: None)
    drawing = draw(neuron())
    assert drawing.engine is None
    drawing.save(tmp_path / "graph.dot")
    assert "digraph" in (tmp_path / "graph.dot").read_text()
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'autograd-lite\[draw\]'"):
        drawing.save(tmp_path / "graph.svg")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["graph.dot"]
    assert "pip install" in drawing._repr_mimebundle_()["text/plain"]


@NEEDS_GRAPHVIZ
@pytest.mark.parametrize(
    "name", ["a.svg", "b.PNG", "c.pdf", "d.dot", "e.gv", "with space.svg", "quo\"te's.svg", "-dash.svg"]
)
def test_save_writes_what_the_ending_says(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    draw(neuron()).save(name)
    content = (tmp_path / name).read_bytes()
    assert content.startswith(BEGINNINGS.get(name[-3:].lower(), b"digraph"))
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", ["a.jpg", "a", "svg", ".svg"])
def test_an_unknown_ending(name, tmp_path):
    with pytest.raises(ValueError, match=r"Drawing\.save: expected a path ending in \.svg, \.png, \.pdf, \.dot, \.gv"):
        draw(neuron()).save(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_and_a_path_that_is_none(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"graph\.dot'$"):
        draw(neuron()).save(tmp_path / "no" / "graph.dot")
    with pytest.raises(TypeError, match=r"expected path to be a str or a pathlib\.Path, got 3"):
        draw(neuron()).save(3)


def test_a_failed_save_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "graph.svg"
    path.write_text("old")

    def fail(*_):
        raise RuntimeError("draw: Graphviz could not make the svg picture: no reason")

    monkeypatch.setattr(layout, "picture", fail)
    with pytest.raises(RuntimeError):
        draw(neuron()).save(path)
    assert path.read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1


def test_the_time_limit_stops_graphviz(monkeypatch):
    monkeypatch.setattr(layout, "_command", lambda format: [sys.executable, "-c", "import time; time.sleep(60)"])
    with pytest.raises(TimeoutError, match=r"took longer than 0\.2 s and was stopped"):
        layout.picture("digraph {}", "svg", time_limit=0.2)


@pytest.mark.skipif(sys.platform == "win32", reason="processes are grouped in sessions on POSIX")
def test_the_time_limit_stops_what_graphviz_started(monkeypatch, tmp_path):
    late = tmp_path / "late"
    program = f"sleep 0.6 && touch {late} & wait"
    monkeypatch.setattr(layout, "_command", lambda format: ["sh", "-c", program])
    with pytest.raises(TimeoutError):
        layout.picture("digraph {}", "svg", time_limit=0.2)
    time.sleep(0.8)
    assert not late.exists()


def test_nothing_is_no_picture(monkeypatch):
    monkeypatch.setattr(layout, "_command", lambda format: [sys.executable, "-c", ""])
    with pytest.raises(RuntimeError, match="could not make the svg picture: exit code 0, 0 bytes"):
        layout.picture("digraph {}", "svg")


@NEEDS_GRAPHVIZ
def test_a_copy_is_a_drawing():
    drawing = draw(neuron())
    twin = drawing.copy()
    twin.node("extra")
    assert twin.pipe("svg") != drawing.pipe("svg")
    assert "extra" not in drawing.source


@NEEDS_GRAPHVIZ
def test_graphvizs_own_words_are_passed_on():
    with pytest.raises(RuntimeError, match="draw: Graphviz could not make the svg picture: "):
        layout.picture("digraph {", "svg")


def test_too_large_for_a_picture_is_refused_and_the_source_is_there():
    x = y = Value(1.0)
    for _ in range(BOX_LIMIT):
        y = y + x
    drawing = draw(y, detail="node")
    with pytest.raises(ValueError, match=f"at most {BOX_LIMIT:,} boxes .* has {BOX_LIMIT + 1:,} and .* take detail='a"):
        drawing.pipe("svg")
    assert drawing.source.count(" -> ") == 2 * BOX_LIMIT


def mislabelled():
    x = Value(1.0)
    x.label = 3
    return x


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: draw(), ValueError, "draw: expected at least one Value, got none"),
        (lambda: draw(3.0), TypeError, r"draw: expected Values, got 3.0 \(float\)"),
        (lambda: draw(Value(1.0), direction="up"), ValueError, "expected direction to be one of 'LR', 'TB', got 'up'"),
        (lambda: draw(Value(1.0), detail="all"), ValueError, "expected detail to be one of 'node', 'neuron', 'layer',"),
        (
            lambda: draw(Value(1.0), style="round"),
            ValueError,
            "expected style to be one of 'box', 'compact',",
        ),
        (lambda: draw(Value(1.0), theme=None), ValueError, "expected theme to be one of 'light', 'dark', got None"),
        (lambda: draw(Value(1.0), color=["kind"]), ValueError, "expected color to be one of 'kind', 'gradient', got"),
        (lambda: draw([Value(1.0)]), TypeError, r"draw: expected Values, got .*; draw\(\*roots\) draws several"),
        (lambda: draw(Value(1.0), algebra="no"), TypeError, "draw: expected algebra to be True or False, got 'no'"),
        (lambda: draw(Value(1.0), legend=None), TypeError, "draw: expected legend to be True or False, got None"),
        (lambda: draw(Value(1.0), detail="node", expand=["a"]), ValueError, "draw: expected no expand where every"),
        (lambda: draw(Value(1.0) * 2, step=1, expand=["a"]), ValueError, "draw: expected no expand where every"),
        (lambda: draw(Value(1.0), edge_width="w"), ValueError, "expected edge_width to be one of None, 'gradient'"),
        (lambda: draw(mislabelled()), TypeError, r"draw: expected every label to be a str, got 3 \(int\)"),
        (lambda: draw(Value(1.0)).pipe("jpeg2"), ValueError, "draw: expected a format of Graphviz"),
    ],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()


@NEEDS_GRAPHVIZ
def test_a_notebook_shows_it_trusted_or_not():
    drawing = draw(neuron())
    bundle = drawing._repr_mimebundle_()
    assert "<svg" in bundle["image/svg+xml"]
    source = re.fullmatch(r'<img alt=".*" src="data:image/svg\+xml;base64,(.*)"/>', bundle["text/html"])
    assert base64.b64decode(source[1]).decode() == bundle["image/svg+xml"]
    assert set(drawing._repr_mimebundle_(include=["text/html"])) == {"text/html"}
    assert set(drawing._repr_mimebundle_(exclude=["text/html"])) == {"image/svg+xml"}


def test_nothing_is_laid_out_or_written_before_somebody_looks(monkeypatch):
    monkeypatch.setattr(layout, "picture", lambda *_: pytest.fail("laid out"))
    drawing = draw(neuron())
    assert "body" not in vars(drawing)
    assert "picture" not in vars(drawing)


STYLES = [
    {"style": style, "theme": theme, "direction": direction, "legend": True, "color": color}
    for style in ("box", "compact", "two-box")
    for theme, direction, color in (("light", "LR", "kind"), ("dark", "TB", "gradient"))
]


@NEEDS_GRAPHVIZ
@pytest.mark.parametrize("options", STYLES, ids=lambda options: f"{options['style']}-{options['theme']}")
def test_every_style_has_the_whole_graph(options):
    y = neuron()
    y.backward()
    root = svg(draw(y, **options))
    is_two_box = options["style"] == "two-box"
    assert len(groups(root, "node")) == 6 + 3 * is_two_box
    assert len(groups(root, "edge")) == 5 + 3 * is_two_box
    texts = {(text.text or "").strip() for text in root.iter(f"{SVG}text")}
    assert {"w", "x", "b", "tanh", "×", "+"} <= texts
    assert any("∂to/∂from" in text for text in texts)
    assert any(text == "0.3" for text in texts) == (options["color"] == "gradient")


def test_two_boxes_are_the_op_and_its_result():
    source = draw(neuron(), style="two-box").source
    assert re.findall(r"^\t(n\d+)op -> (n\d+) ", source, re.MULTILINE) == [("n3", "n3"), ("n4", "n4"), ("n5", "n5")]
    assert len(re.findall(r"^\tn\d+ -> n\d+op ", source, re.MULTILINE)) == 5


def test_gradients_show_in_fill_border_and_edges():
    model = Neuron(2, "tanh", seed=0)
    for weight, number in zip(model.w, (1.0, 1e-3), strict=True):
        weight.data = number
    y = model([1.0, 1e-3])
    y.backward()
    source = draw(y, color="gradient", edge_width="gradient").source
    strong, weak = (re.search(rf"<B>{label}.*fillcolor=\"(#\w+)\".* penwidth=([\d.]+)", source) for label in
                    (r"w\[0", r"w\[1"))  # fmt: skip
    assert strong[1] != weak[1]
    assert float(strong[2]) > float(weak[2])
    widths = [float(width) for width in re.findall(r"-> .*penwidth=([\d.]+)", source)]
    assert max(widths) / min(widths) > 4


@pytest.mark.parametrize("style", ["box", "compact", "two-box"])
def test_the_square_of_a_negative_difference_is_no_alarm(style):
    """The slope of the exponent would be nan; it is a number in the formula and shows none."""
    a, y = Value(1.0, "a"), Value(3.0, "y")
    cost = (a - y) ** 2
    cost.backward()
    assert "nan" not in draw(cost, style=style).source
    boxes = draw(cost, style=style).picture.diagram.boxes
    assert not any(member.is_damaged for box in boxes for member in box.members)
    assert "nan" in draw((a - y) ** Value(2.0, "n"), style=style).source


@NEEDS_GRAPHVIZ
def test_a_picture_that_graphviz_cannot_frame_is_made_without_the_frames(monkeypatch, tmp_path):
    fails = tmp_path / "dot"  # like the versions that fail with "init_rank" where there are clusters
    fails.write_text(
        f"#!{sys.executable}\nimport sys\ntext = sys.stdin.read()\n"
        "if 'cluster_' in text:\n    sys.exit('Error: trouble in init_rank')\nprint('<svg/>')\n"
    )
    fails.chmod(0o755)
    monkeypatch.setattr(layout, "_command", lambda format: [str(fails)])
    y = Neuron(1, "tanh", seed=0)([1.0])
    drawing = draw(y, detail="neuron", expand=["neuron"])
    assert "subgraph cluster_" in drawing.source
    assert drawing.pipe("svg").strip() == b"<svg/>"


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is the operating system's")
def test_the_memory_of_graphviz_is_limited(monkeypatch):
    monkeypatch.setattr(layout, "_command", lambda format: [sys.executable, "-c", "x = bytearray(3 << 30)"])
    with pytest.raises(RuntimeError, match="draw: Graphviz could not make the svg picture: MemoryError"):
        layout.picture("digraph {}", "svg")


@NEEDS_GRAPHVIZ
def test_the_pixels_of_a_png_are_limited():
    y = Value(1.0)
    for _ in range(120):
        y = y.sin()
    width, height = struct.unpack(">II", draw(y, detail="node").pipe("png")[16:24])
    assert layout.PNG_PIXELS * 0.95 < width <= layout.PNG_PIXELS + 2
    assert height <= layout.PNG_PIXELS


def test_more_values_than_can_be_summed_up_are_refused(monkeypatch):
    monkeypatch.setattr(digraph, "VALUE_LIMIT", 5)
    drawing = draw(neuron())
    with pytest.raises(ValueError, match="a picture is made of at most 5 Values and this graph has 6; draw a smaller"):
        drawing.pipe("svg")
    assert "picture" not in vars(drawing)
    assert drawing.source


def test_a_dense_graph_is_refused_at_once():
    nodes = [Value(1.0) for _ in range(5)]
    for i in range(600):
        nodes.append(nodes[(7 * i * i) % len(nodes)] * nodes[(3 * i) % len(nodes)] + nodes[i // 2])
    root = nodes[0]
    for node in nodes[-300:]:
        root = root.hypot(node)
    with pytest.raises(ValueError, match=r"edges across 6,000 ranks, .*; take detail='auto', draw a smaller part"):
        draw(root, detail="node").pipe("svg")


@NEEDS_GRAPHVIZ
def test_render_writes_source_and_picture(tmp_path):
    path = draw(neuron()).render("graph.gv", directory=tmp_path, format="png")
    assert path.endswith("graph.gv.png")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["graph.gv", "graph.gv.png"]


def test_view_writes_into_a_temporary_folder(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(layout, "picture", lambda *_: b"%PDF")
    shown = []
    monkeypatch.setattr(graphviz, "view", lambda path, **_: shown.append(path))
    path = draw(neuron()).view()
    assert shown == [path]
    assert Path(path).read_bytes() == b"%PDF"
    assert [found.name for found in tmp_path.iterdir()] == ["temporary"]
    here = draw(neuron()).view("here.gv", tmp_path)
    assert Path(here).parent == tmp_path


UNSEEN = ["\x00", "\x1b", "\x7f", "\x85", "\x9b", "\u202e", "\u2066", "\u200f", "\u061c", "\ud800", "\uffff"]


@NEEDS_GRAPHVIZ
def test_what_cannot_be_seen_in_labels_reaches_no_picture(tmp_path):
    root = sum(Value(float(k), f"a{character}b") * 2 for k, character in enumerate(UNSEEN, start=1))
    root.label = "".join(UNSEEN)
    drawing = draw(root, detail="node", algebra=True, legend=True)
    sources = [drawing.source, drawing.pipe("svg", encoding="utf-8"), draw(root, step=1).source]
    draw.animate(root, tmp_path / "pass.svg")
    for text in (*sources, (tmp_path / "pass.svg").read_text()):
        assert not set("".join(UNSEEN)) & set(text)
        assert "a\ufffdb" in text


@NEEDS_GRAPHVIZ
@pytest.mark.parametrize("style", ["box", "compact"])
def test_no_text_begins_with_a_blank_that_a_reader_may_lose(style):
    y = neuron()
    y.backward()
    total = sum(Neuron(1, "tanh", seed=0)([x]) for x in (0.1, 0.2))
    total.backward()
    for drawing in (draw(y, style=style), draw(total, style=style, detail="neuron")):
        texts = [text.text or "" for text in svg(drawing).iter(f"{SVG}text")]
        assert not [text for text in texts if text.strip("\xa0 ") and text != text.strip("\xa0")]


def skipping():
    """Two layers, and a sum of what both gave."""
    first, second = Layer(2, 3, "tanh", seed=0), Layer(3, 3, "tanh", seed=1)
    h = first([0.5, -1.0])
    y = sum(a + b for a, b in zip(h, second(h), strict=True))
    y.backward()
    return y


def crossings(drawing):
    """The edges of an SVG that run through a box that is not their own, by the points of their curves."""
    root = svg(drawing)
    boxes = {}
    for node in groups(root, "node"):
        shape = next(shape for shape in node if shape.tag in (f"{SVG}polygon", f"{SVG}path", f"{SVG}ellipse"))
        points = [tuple(map(float, p)) for p in re.findall(r"(-?[\d.]+),(-?[\d.]+)", shape.get("points") or
                                                           shape.get("d") or "")]  # fmt: skip
        if points:
            boxes[node.find(f"{SVG}title").text] = [f(p[i] for p in points) for i in (0, 1) for f in (min, max)]
    for edge in groups(root, "edge"):
        ends = edge.find(f"{SVG}title").text.split("->")
        for x, y in curve(next(edge.iter(f"{SVG}path")).get("d")):
            for name, (left, right, top, bottom) in boxes.items():
                if name not in [end.partition(":")[0] for end in ends] and (
                    left + 3 < x < right - 3 and top + 3 < y < bottom - 3
                ):
                    yield edge.get("id"), name


def curve(path):
    """Points on a path of cubic Bézier curves."""
    start, *rest = [complex(*map(float, p)) for p in re.findall(r"(-?[\d.]+),(-?[\d.]+)", path)]
    for i in range(0, len(rest) - 2, 3):
        a, b, c = rest[i : i + 3]
        for k in range(33):
            t = k / 32
            p = (1 - t) ** 3 * start + 3 * t * (1 - t) ** 2 * a + 3 * t * t * (1 - t) * b + t**3 * c
            yield p.real, p.imag
        start = c


@pytest.mark.parametrize("engine", ENGINES)
def test_an_edge_that_skips_a_layer_runs_around_its_boxes(engine, monkeypatch):
    use(engine, monkeypatch)
    drawing = draw(skipping(), detail="neuron")
    assert drawing.picture.is_dense
    assert list(crossings(drawing)) == []
    drawing = draw(sum(Layer(3, 6, "tanh", seed=0)([1.0, 2.0, 3.0])), detail="neuron")
    assert "splines=line" in drawing.source


def recurrent(steps):
    """A neuron over time, on numbers."""
    cell, h = Neuron(2, "tanh", seed=0), Value(0.0, "h")
    for t in range(steps):
        h = cell([t / 10, h])
    h.backward()
    return h


def test_time_steps_have_names_of_their_own():
    labels = draw(recurrent(4), detail="node").picture.labels
    steps = {label: node.data for node, label in labels.items() if label.startswith("x[0]")}
    assert steps == {"x[0]": 0.0, "x[0]#2": 0.1, "x[0]#3": 0.2, "x[0]#4": pytest.approx(0.3)}
    assert {"z", "z#2", "a#4"} <= set(labels.values())
    assert "#" not in "".join(draw(recurrent(4), detail="neuron").picture.labels.values())
    y = recurrent(2)
    assert "receives" in draw(y, step=1).source
    assert "a#2" in draw(y, step=1).source

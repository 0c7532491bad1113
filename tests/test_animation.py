"""The backward pass in pictures: after k steps, as an SVG that moves, and as a series."""

import base64
import re
import xml.etree.ElementTree as ElementTree

import pytest

from autograd_lite import Value, draw
from autograd_lite.graph import toposort
from autograd_lite.pictures import layout
from autograd_lite.pictures.backward_pass import edges, moments

NEEDS_GRAPHVIZ = pytest.mark.skipif(layout.engine() is None, reason="no dot program and no pygraphviz here")
SVG = "{http://www.w3.org/2000/svg}"


def labels(root):
    return {node: node.label for node in toposort(root)}


def neuron():
    w, x, b = Value(0.5, "w"), Value(2.0, "x"), Value(-0.4, "b")
    return (w * x + b).tanh()


def diamond():
    x = Value(2.0, "x")
    return (x * x + x) * x


def test_a_node_is_done_when_all_its_users_have_handed_down_to_it():
    x = Value(3.0)
    square = x * x
    y = square + x
    first, second, third, fourth, last = moments(y, {})
    waiting = {x: "waiting", square: "waiting"}
    assert first.nodes == {y: "current", **waiting}
    assert second.nodes == {y: "current", square: "current", x: "waiting"}
    assert third.nodes == {y: "current", square: "done", x: "current"}
    assert fourth.nodes == last.nodes == {y: "done", square: "current", x: "current"}


@pytest.mark.parametrize("make", [neuron, diamond])
def test_the_last_moment_has_the_gradients_of_a_backward_pass(make):
    y = make()
    *_, last = moments(y, labels(y))
    y.backward()
    assert {node: node.grad for node in toposort(y)} == last.grads
    assert set(last.edges.values()) <= {"done", "current"}


@pytest.mark.parametrize("make", [neuron, diamond])
def test_each_moment_moves_one_edge(make):
    y = make()
    found = list(moments(y, labels(y)))
    n = len(edges(y))
    assert len(found) == n + 1
    for k, moment in enumerate(found):
        states = list(moment.edges.values())
        assert [states.count(state) for state in ("done", "current", "waiting")] == [max(k - 1, 0), min(k, 1), n - k]
        assert all(moment.nodes[node] == "waiting" for node in toposort(y) if node not in moment.grads)


def test_a_sum_of_contributions_is_told():
    y = diamond()
    notes = [moment.note for moment in moments(y, labels(y))]
    assert notes[0] == "step 0 of 6: the root's own gradient is 1"
    assert notes[2] == "step 2 of 6: x receives 6 × 1 = 6"
    assert notes[-1] == "step 6 of 6: x receives 2 × 2 = 4, together 16"  # 3x² + 2x at 2


def test_the_picture_after_a_step():
    y = neuron()
    y.backward()
    source = draw(y, step=1).source
    assert source.count("–") == 4  # w, x, b and the product have nothing yet, whatever grad they hold
    assert "step 1 of 5: the result of + receives 0.7116 × 1 = 0.7116" in source
    assert [len(re.findall(rf"^\tn\d+ -> .*class={s}", source, re.M)) for s in ("done", "current", "waiting")] == [
        0,
        1,
        4,
    ]
    assert "style=dashed" in source  # not by colour alone
    y.parents[0].grad = 99.0
    assert "99" not in draw(y, step=5).source


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"step": 6}, ValueError, "draw: expected step between 0 and 5, the number of edges, got 6"),
        ({"step": -1}, ValueError, "draw: expected step between 0 and 5"),
        ({"step": 1.0}, TypeError, "draw: expected step to be an int, got 1.0"),
        ({"step": 1, "detail": "layer"}, ValueError, "draw: expected detail 'node' for step, got 'layer'"),
    ],
)
def test_wrong_steps(options, error, message):
    with pytest.raises(error, match=message):
        draw(neuron(), **options)


@NEEDS_GRAPHVIZ
@pytest.mark.parametrize(
    ("label", "told"),
    [("a\nb", "a b"), ("\x00bad\x1b", "�bad�"), ("s\ud800", "s�"), ("z" * 300, "z" * 39 + "…"), ("<&>]\\N", "<&>]\\N")],
)
def test_any_label_can_be_told(label, told, tmp_path):
    draw.animate(Value(1.0, label) * 2, tmp_path / "pass.svg")
    texts = {text.text for text in ElementTree.parse(tmp_path / "pass.svg").iter(f"{SVG}text")}
    assert f"step 1 of 1: {told} receives 2 × 1 = 2" in texts


def test_the_sentence_keeps_the_labels_of_its_moment():
    w = Value(1.0, "w")
    drawing = draw(w * 2, step=1)
    w.label = "changed"
    assert "w receives 2 × 1 = 2" in drawing.source
    assert "changed" not in drawing.source


def test_a_step_of_a_graph_that_is_too_large_is_refused_with_a_remedy():
    y = Value(1.0)
    for _ in range(2000):
        y = y.sin()
    with pytest.raises(ValueError, match="draw the step of a smaller part, or leave out step"):
        draw(y, step=1).pipe("svg")


def test_a_step_has_one_root():
    with pytest.raises(ValueError, match="draw: expected one root for step, got 2"):
        draw(neuron(), neuron(), step=1)


@NEEDS_GRAPHVIZ
@pytest.mark.parametrize("make", [neuron, diamond])
def test_an_animation_has_every_number_in_its_turn(make, tmp_path):
    y = make()
    assert draw.animate(y, tmp_path / "pass.svg", seconds=0.5) == [tmp_path / "pass.svg"]
    content = (tmp_path / "pass.svg").read_text()
    assert "<script" not in content
    root = ElementTree.fromstring(content)
    n = len(edges(y))
    texts = {text.text: text for text in root.iter(f"{SVG}text")}
    for moment in moments(y, labels(y)):
        animation = texts[moment.note].find(f"{SVG}animate")
        values, times = animation.get("values").split(";"), animation.get("keyTimes").split(";")
        assert values.count("visible") == 1
        assert len(values) == len(times)
        assert times[0] == "0"
        assert animation.get("dur") == f"{(n + 4) * 0.5:g}s"
    last = [text.text for text in root.iter(f"{SVG}text") if text.get("visibility") == "visible"]
    assert any(text.startswith(f"step {n} of {n}") for text in last)  # what a viewer that does not animate shows
    assert len([g for g in root.iter(f"{SVG}g") if g.get("class", "").startswith("edge")]) == n


@NEEDS_GRAPHVIZ
def test_a_series_has_a_picture_a_step(tmp_path):
    files = draw.animate(neuron(), tmp_path / "pass {}.svg", theme="dark", direction="TB")
    assert [file.name for file in files] == [f"pass {k}.svg" for k in range(6)]
    assert sorted(path.name for path in tmp_path.iterdir()) == [file.name for file in files]
    assert "step 3 of 5" in files[3].read_text()


def long_chain():
    y = Value(1.0)
    for _ in range(500):
        y = y.sin()
    return y


@pytest.mark.parametrize(
    ("make", "name", "options", "error", "message"),
    [
        (neuron, "pass.gif", {}, ValueError, r"draw\.animate: expected a path ending in \.svg"),
        (neuron, "pass.svg", {"seconds": 0}, ValueError, r"draw\.animate: expected seconds to be a number above 0"),
        (neuron, "pass.svg", {"seconds": "1"}, TypeError, r"draw\.animate: expected seconds to be a number"),
        (neuron, "{}", {}, ValueError, r"draw\.animate: expected a path ending in \.svg, or one {} .* got '{}'"),
        (neuron, "f-{}.txt", {}, ValueError, r"draw\.animate: .* got 'f-{}\.txt'"),
        (neuron, "f{}{}.svg", {}, ValueError, r"draw\.animate: .* got 'f{}{}\.svg'"),
        (neuron, "no/f.svg", {}, FileNotFoundError, r"'no/f\.svg'"),
        (neuron, "pass.svg", {"theme": "pink"}, ValueError, "draw: expected theme to be one of 'light', 'dark'"),
        (lambda: 3.0, "pass.svg", {}, TypeError, r"draw\.animate: expected a Value, got 3.0"),
        (neuron, 3, {}, TypeError, r"draw\.animate: expected path to be a str or a pathlib\.Path, got 3"),
        (long_chain, "pass.svg", {}, ValueError, r"at most 400 steps .* 500 edges; .*draw\(root, step=k\)"),
    ],
)  # fmt: skip
def test_animation_errors(make, name, options, error, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error, match=message):
        draw.animate(make(), name, **options)
    assert not list(tmp_path.iterdir())


@NEEDS_GRAPHVIZ
def test_a_leaf_alone_has_an_animation(tmp_path):
    draw.animate(Value(1.0, "x"), tmp_path / "x.svg")
    assert "<animate" not in (tmp_path / "x.svg").read_text()


def test_the_legend_explains_the_states():
    source = draw(neuron(), step=2, legend=True).source
    assert all(state in source for state in ("done", "current (heavy)", "waiting (dashed)"))
    assert "waiting (dashed)" not in draw(neuron(), legend=True).source


@NEEDS_GRAPHVIZ
def test_an_animation_shows_itself_in_a_notebook(tmp_path):
    files = draw.animate(neuron(), tmp_path / "pass.svg")
    source = re.fullmatch(r'<img alt="pass.svg" src="data:image/svg\+xml;base64,(.*)"/>', files._repr_html_())
    assert base64.b64decode(source[1]) == (tmp_path / "pass.svg").read_bytes()
    series = draw.animate(neuron(), tmp_path / "p-{}.svg")
    assert re.findall(r'alt="(.*?)"', series._repr_html_()) == ["p-0.svg", "p-5.svg"]
    sources = draw.animate(neuron(), tmp_path / "<p>-{}.dot")
    assert sources._repr_html_().startswith("<pre>[")
    assert "<p>" not in sources._repr_html_()

"""Levels of detail: which Values share a box, what stands in it, and what is left out."""

import html
import math
import re

import pytest

from autograd_lite import Value, draw, scope
from autograd_lite.graph import toposort
from autograd_lite.pictures.summaries import rows, totals
from nn import MLP, Neuron, losses
from tests.engines import ENGINES, use

SHAPE = [3, 2]


def cost(n_samples=1, activation="tanh", shape=SHAPE):
    """The summed quadratic cost of a net of 2 inputs over some samples, after a backward pass."""
    model = MLP(2, shape, activation, "tanh", seed=3)
    samples = [[0.1 * k, 0.5 - 0.2 * k] for k in range(n_samples)]
    total = sum(losses.quadratic(model(x), [1.0] * shape[-1]) for x in samples)
    total.backward()
    return model, total


def boxes(drawing):
    """The text of every box: label parts and numbers, in the order of the source."""
    lines = re.findall(r"^\t+n\d+ \[.*$", drawing.source, re.MULTILINE)
    tables = [line.split("label=<")[1].split("</TABLE>>")[0] for line in lines]
    return [" ".join(html.unescape(re.sub(r"<[^>]*>", " ", table)).split()) for table in tables]


def scopes_of(drawing):
    return [box.scope for box in drawing.picture.diagram.boxes if box.scope]


def n_inside(drawing):
    return sum(len(box.members) for box in drawing.picture.diagram.boxes)


@pytest.mark.parametrize(
    ("detail", "expected"),
    [
        ("neuron", [f"model.layer1.neuron{j}" for j in range(3)] + [f"model.layer2.neuron{j}" for j in range(2)]),
        ("layer", ["model.layer1", "model.layer2"]),
        ("model", ["model"]),
        ("node", []),
    ],
)
@pytest.mark.parametrize("n_samples", [1, 7])
def test_each_part_of_the_model_has_one_box_however_many_samples(detail, expected, n_samples):
    drawing = draw(cost(n_samples)[1], detail=detail)
    assert sorted(scopes_of(drawing)) == expected
    assert drawing.detail == detail
    assert n_inside(drawing) == n_inside(draw(cost(n_samples)[1], detail="node"))  # every Value is in one box


@pytest.mark.parametrize("detail", ["neuron", "layer", "model"])
def test_a_batch_is_the_drawing_of_a_sample_with_counts(detail):
    one, many = draw(cost(1)[1], detail=detail), draw(cost(9)[1], detail=detail)
    # The batch's cost is the sum over the samples; that of a sample is the product with ½, which has a box, too.
    assert len(many.picture.diagram.boxes) == len(one.picture.diagram.boxes) - 1
    assert sum("×9" in text for text in boxes(many)) >= len(scopes_of(many))


def test_links_carry_their_number():
    diagram = draw(cost(4)[1], detail="layer").picture.diagram
    numbers = {(diagram.boxes[link.source].scope, diagram.boxes[link.target].scope): len(link.uses)
               for link in diagram.links}  # fmt: skip
    assert numbers["model.layer1", "model.layer2"] == 4 * 3 * 2
    assert 'label=" ×24 "' in draw(cost(4)[1], detail="layer").source


def test_a_neuron_shows_delta_and_slope():
    _, total = cost()
    drawing = draw(total, detail="neuron")
    a = next(b.members for b in drawing.picture.diagram.boxes if b.scope.endswith("layer1.neuron0"))
    z = next(entry for entry in a if entry.label == "z1[0]")
    slope = 1.0 - next(entry.data for entry in a if entry.label == "a1[0]") ** 2  # tanh′
    assert f"layer1.neuron0 δ {z.grad:.4g} σ′ {slope:.4g}" in boxes(drawing)


def test_a_layer_shows_norms_and_counts():
    model, total = cost()
    norm = sum(p.grad**2 for p in model.layers[0].parameters()) ** 0.5
    text = next(text for text in boxes(draw(total, detail="layer")) if text.startswith("layer1"))
    assert text.startswith(f"layer1 neurons 3 parameters 9 ‖∂C/∂p‖ {norm:.4g} ‖δ‖ ")
    assert text.endswith("dead 0 saturated 0")


def test_dead_and_saturated_units_are_counted():
    model = MLP(1, [3, 2, 1], "relu", "linear", seed=0)
    for neuron, bias in zip(model.layers[0].neurons, (-50.0, 1.0, -50.0), strict=True):
        neuron.b.data = bias
    text = boxes(draw(model([0.1]) + model([0.2]), detail="layer"))
    assert any(re.match(r"layer1 ×2 neurons 3 .* dead 2 saturated 0", line) for line in text)
    model = MLP(1, [2, 1], "tanh", seed=0)
    model.layers[0].neurons[1].b.data = 9.0
    assert any("dead 0 saturated 1" in line for line in boxes(draw(model([0.1]), detail="layer")))
    assert any("neuron1" in line and line.endswith("saturated") for line in boxes(draw(model([0.1]), detail="neuron")))


def test_before_a_backward_pass_there_are_dashes():
    y = MLP(1, [2, 1], seed=0)([1.0])
    assert any("‖∂C/∂p‖ –" in text for text in boxes(draw(y, detail="layer")))


@pytest.mark.parametrize(
    ("expand", "gone", "shown"),
    [
        (["layer2.neuron1"], "model.layer2.neuron1", "a2[1] tanh"),
        (["layer2"], "model.layer2", ""),
        (["model.layer2.neuron1", "layer1.neuron0"], "model.layer1.neuron0", "a1[0] tanh"),
    ],
)
def test_expand_opens_a_box(expand, gone, shown):
    drawing = draw(cost()[1], detail="neuron", expand=expand)
    assert gone not in scopes_of(drawing)
    assert any(text.startswith(shown) for text in boxes(drawing))
    assert n_inside(drawing) == n_inside(draw(cost()[1], detail="node"))
    if shown:
        assert drawing.source.count("subgraph cluster_") == len(expand)


def test_expand_shows_the_neurons_of_a_layer_beside_the_others():
    drawing = draw(cost()[1], detail="layer", expand=["layer2"])
    assert sorted(scopes_of(drawing)) == ["model.layer1", "model.layer2.neuron0", "model.layer2.neuron1"]


@pytest.mark.parametrize(
    ("expand", "error", "message"),
    [
        (["layer9"], ValueError, "expected expand to name scopes of the graph, got 'layer9'"),
        ("layer1", TypeError, "expected expand to be a list of scopes"),
        ([3], TypeError, "expected expand to be a list of scopes"),
        (7, TypeError, "expected expand to be a list of scopes"),
    ],
)
def test_wrong_names_to_expand(expand, error, message):
    with pytest.raises(error, match=f"draw: {message}"):
        draw(cost()[1], expand=expand)


AUTO = [
    ([1], 1, "node"), ([3, 1], 1, "neuron"), ([16, 16, 1], 1, "neuron"), ([16, 16, 1], 9, "neuron"),
    ([30, 30, 1], 1, "layer"), ([2] * 4 + [1], 3, "layer"), ([4] * 12 + [1], 1, "model"), ([1] * 90, 1, "model"),
]  # fmt: skip


@pytest.mark.parametrize(("shape", "n_samples", "detail"), AUTO)
def test_auto_takes_the_finest_level_that_can_be_read(shape, n_samples, detail):
    drawing = draw(cost(n_samples, shape=shape)[1])
    assert drawing.detail == detail
    note = re.search(r"([\d,]+) Values in (\d+) boxes at detail=&#x27;(\w+)&#x27;", drawing.source)
    assert (note is None) == (detail == "node")
    if note:
        assert int(note[1].replace(",", "")) == n_inside(drawing)
        assert (int(note[2]), note[3]) == (len(drawing.picture.diagram.boxes), detail)


def test_a_scope_of_the_users_is_a_box():
    x = Value(2.0, "x")
    with scope("encoder"), scope("block1"):
        h = (x * 3).exp()
    y = h + x
    y.backward()
    assert scopes_of(draw(y, detail="neuron")) == ["encoder.block1"]
    assert scopes_of(draw(y, detail="layer")) == scopes_of(draw(y, detail="model")) == ["encoder"]
    assert scopes_of(draw(y, detail="model", expand=["encoder"])) == ["encoder.block1"]
    assert any(text.startswith("encoder Values 3 ‖grad‖") for text in boxes(draw(y, detail="layer")))


def test_a_chain_of_one_op_is_one_box_and_labels_keep_their_own():
    x = y = Value(1.0, "x")
    for _ in range(1000):
        y = y.sin()
    z = y.cos()
    z.label = "z"
    drawing = draw(z + x)
    texts = boxes(drawing)
    assert len(texts) == 4
    assert any(text.startswith("sin ×1,000") for text in texts)
    assert any(text.startswith("z cos") for text in texts)


def test_many_inputs_of_one_name_share_a_box():
    model = MLP(20, [2], seed=0)
    texts = boxes(draw(*model([0.0] * 20), detail="neuron"))
    assert any(text.startswith("x[0] … x[19] ×20") for text in texts)
    assert sum(text.startswith("x[") for text in boxes(draw(*MLP(4, [2], seed=0)([0.0] * 4), detail="neuron"))) == 4


def test_two_models_have_boxes_of_their_own():
    a, b = MLP(1, [2, 1], "relu", seed=0), MLP(1, [2, 1], "relu", seed=1)
    drawing = draw(b(a([0.5])), detail="layer")
    assert scopes_of(drawing) == ["model.layer1", "model.layer2", "model#2.layer1", "model#2.layer2"]
    assert not any("×" in text for text in boxes(drawing))
    links = [(link.source, link.target) for link in drawing.picture.diagram.links]
    assert not any((target, source) in links for source, target in links)
    assert scopes_of(draw(b(a([0.5])), detail="model")) == ["model", "model#2"]


def test_a_scope_called_neuron_is_none():
    with scope("neuron5"):
        y = (Value(1.0, "x") * 2 + 1) * 3
    y.backward()
    (text,) = [text for text in boxes(draw(y + 1, detail="neuron")) if text.startswith("neuron5")]
    assert text.startswith("neuron5 Values 7 ")


def test_the_smaller_slope_of_leaky_relu_is_not_saturated():
    neuron = Neuron(1, "leaky_relu", seed=0)
    neuron.b.data = -9.0
    assert not any("saturated" in text for text in boxes(draw(neuron([0.1]), detail="neuron")))


@pytest.mark.parametrize("detail", ["neuron", "layer", "model"])
@pytest.mark.parametrize("n_samples", [1, 2, 5])
@pytest.mark.parametrize("outputs", [1, 3])
def test_the_cost_can_be_read_at_every_level(detail, n_samples, outputs):
    _, total = cost(n_samples, shape=[2, outputs])
    (root,) = [b for b in draw(total, detail=detail).picture.diagram.boxes if total in [e.node for e in b.members]]
    assert totals(root) == [root.members[-1]]
    assert root.members[-1].node is total
    assert any(f"data {total.data:.4g} grad 1" in text for text in boxes(draw(total, detail=detail)))


def test_an_output_in_a_layer_can_be_read():
    y = MLP(1, [2, 1], "tanh", "tanh", seed=0)([0.4])
    y.backward()
    (text,) = [text for text in boxes(draw(y, detail="layer")) if text.startswith("layer2")]
    assert text.startswith(f"layer2 data {y.data:.4g} neurons 1")


def test_only_sums_of_like_terms_are_folded():
    x = Value(3.0, "x")
    texts = boxes(draw(((x * 2) * 4) * 5, detail="layer"))
    assert [text for text in texts if text.startswith("×")] == [
        "× data 6 grad –", "× data 24 grad –", "× data 120 grad –",
    ]  # fmt: skip
    total = sum(x * float(k) for k in range(1, 8))
    drawing = draw(total.exp(), detail="layer")
    assert "+ terms 7 data 84 grad –" in boxes(drawing)
    labelled = sum(x * float(k) for k in range(1, 8))
    labelled.label = "C"
    assert "C + terms 7 data 84 grad –" in boxes(draw(labelled, detail="layer"))


def test_each_root_has_a_box_of_its_own():
    x = Value(3.0, "x")
    first = sum(x * float(k) for k in range(1, 5))
    second = first + x * 5.0
    texts = boxes(draw(first, second, detail="layer"))
    assert {"+ terms 4 data 30 grad –", "+ data 45 grad –"} <= set(texts)


@pytest.mark.parametrize("order", [[1.0, math.nan, 2.0], [math.nan, 1.0, 2.0], [2.0, 1.0, math.nan]])
def test_a_nan_shows_in_ranges_and_boxes_whatever_its_place(order):
    total = sum(Value(x, "x") * 1 for x in order)
    total.backward()
    drawing = draw(total, detail="layer")
    assert "× ×3 data 1 … 2, nan ×1 grad 1" in boxes(drawing)
    assert drawing.source.count("peripheries=3") == 3  # not the ones, which stand in the formula and take no gradient
    neuron = Neuron(1, "relu", seed=0)
    cost = sum(neuron([x]) for x in order)
    cost.backward()
    (text,) = [text for text in boxes(draw(cost, detail="neuron")) if text.startswith("neuron")]
    assert re.search(r"nan \d+$", text)
    assert not re.search("dead|saturated", text)


@pytest.mark.parametrize("swapped", [False, True])
def test_the_largest_gradient_is_a_finite_one(swapped):
    terms = [Value(1.0, "a") * math.nan, Value(2.0, "b") * 3]
    y = terms[1] + terms[0] if swapped else terms[0] + terms[1]
    y.backward()
    assert draw(y, color="gradient", detail="node").picture.largest == 3.0


@pytest.mark.parametrize("detail", ["neuron", "layer"])
def test_colour_is_by_the_number_that_the_box_shows(detail):
    _, total = cost(4)
    picture = draw(total, detail=detail, color="gradient").picture
    for found, size in zip(picture.diagram.boxes, picture.strengths, strict=True):
        if found.scope:
            content = dict(rows(found, picture.diagram.place)[1])
            assert content.get("‖∂C/∂p‖", content["‖δ‖"]) == f"{size:.4g}"


def test_an_edge_is_as_thick_as_the_weight_it_multiplies_by():
    neuron = Neuron(2, "tanh", seed=0)
    y = neuron([0.001, 0.002])
    y.backward()
    picture = draw(y, detail="node", edge_width="gradient").picture
    widths = {link.uses[0]: picture.weight(link) for link in picture.diagram.links}
    for (node, i), width in widths.items():
        weight = next((p for p in node.parents if p in neuron.w), None)
        assert width == (abs(weight.grad) if weight is not None else None), (node, i)


@pytest.mark.parametrize("loss", [losses.hinge, losses.quadratic, losses.binary_cross_entropy])
@pytest.mark.parametrize("detail", ["neuron", "layer", "model"])
def test_what_comes_after_the_model_is_one_box_that_can_be_opened(loss, detail):
    model = MLP(2, [2, 1], "tanh", "sigmoid", seed=3)
    costs = [loss(model([0.1 * k, 0.5]), 1) for k in range(4)]
    total = sum(costs)
    total.backward()
    drawing = draw(total, detail=detail)
    low, high = min(c.data for c in costs), max(c.data for c in costs)
    assert f"loss ×4 data {low:.4g} … {high:.4g} grad 1" in boxes(drawing)
    opened = draw(total, detail=detail, expand=["loss"])
    assert not any(text.startswith("loss") for text in boxes(opened))
    assert n_inside(drawing) == n_inside(opened)


def test_nothing_leads_in_a_circle_around_the_loss():
    model, other = MLP(1, [2, 1], seed=0), MLP(1, [2, 1], seed=1)
    hidden = model([0.3]) * 2 + 1  # leads from one model to another: no loss
    named = (other([hidden]) - 1) ** 2
    named.label = "named"
    first = named * 3 + 1
    drawing = draw(first * first + model([0.2]), first, detail="layer")
    links = {(link.source, link.target) for link in drawing.picture.diagram.links}
    order = {}
    while len(order) < len(drawing.picture.diagram.boxes):
        free = [i for i in range(len(drawing.picture.diagram.boxes)) if i not in order
                and all(source in order for source, target in links if target == i)]  # fmt: skip
        assert free
        order.update(dict.fromkeys(free))


def points(drawing):
    """Width and height of the picture."""
    svg = drawing.pipe("svg", encoding="utf-8")
    return tuple(map(int, re.search(r'<svg width="(\d+)pt" height="(\d+)pt"', svg).groups()))


NETS = [[1], [3, 2, 1], [16, 16, 1], [20], [6, 6, 6, 1], [8] * 6 + [1], [4] * 12 + [1]]
SCREENS = [  # in the quick half each net meets one engine, and each engine both numbers of samples
    pytest.param(
        shape, n_samples, *engine.values, id=f"{shape}-{n_samples}-{engine.values[0]}",
        marks=[*engine.marks, *([] if i % 4 == 2 * j + k else [pytest.mark.slow])],
    )
    for i, shape in enumerate(NETS) for j, n_samples in enumerate((1, 5)) for k, engine in enumerate(ENGINES)
]  # fmt: skip


@pytest.mark.parametrize(("shape", "n_samples", "engine"), SCREENS)
def test_auto_fits_a_screen(shape, n_samples, engine, monkeypatch):
    use(engine, monkeypatch)
    width, height = points(draw(cost(n_samples, shape=shape)[1]))
    assert width <= 1600
    assert height <= 1000


def polynomial(n, label=""):
    """Horner's rule, n terms; each step has a label if there is one."""
    x, y = Value(0.5, "x"), Value(1.0)
    for k in range(n):
        y = y * x + (k + 1.0)
        y.label = label and f"{label}{k}"
    y.backward()
    return y


def oscillation(n):
    """A deep formula that uses its results twice."""
    x, w = Value(0.7, "x"), Value(1.1, "w")
    y = x
    for k in range(n):
        y = (y * w + x * (k % 3)).sin() if k % 2 else (y * y).cos() - w
    y.backward()
    return y


def shared(n):
    """Many inputs, each used again later."""
    xs = [Value(k / n, f"in{k}") for k in range(n)]
    y = xs[0]
    for a, b in zip(xs, reversed(xs), strict=True):
        y = (y * a).tanh() - b
    y.backward()
    return y


UNSCOPED = [
    lambda: polynomial(15), lambda: polynomial(200), lambda: polynomial(5, "p"), lambda: polynomial(150, "p"),
    lambda: oscillation(60), lambda: oscillation(1000), lambda: shared(40),
]  # fmt: skip


UNSCOPED_SCREENS = [  # in the quick half each graph, but for the deepest, meets one engine
    pytest.param(
        make, *engine.values, id=f"{i}-{engine.values[0]}",
        marks=[*engine.marks, *([pytest.mark.slow] if (i + k) % 2 or i == 5 else [])],
    )
    for i, make in enumerate(UNSCOPED) for k, engine in enumerate(ENGINES)
]  # fmt: skip


@pytest.mark.parametrize(("make", "engine"), UNSCOPED_SCREENS)
def test_auto_fits_a_screen_without_scopes(make, engine, monkeypatch):
    use(engine, monkeypatch)
    root = make()
    drawing = draw(root)
    width, height = points(drawing)
    assert width <= 1600
    assert height <= 1000
    assert n_inside(drawing) == len(toposort(root))
    assert 'size="22.2,13.8"' in drawing.source  # whatever was misjudged, the picture is scaled to a screen
    natural = points(graphviz_without_size(drawing))
    assert max(natural[0] / 1600, natural[1] / 1000) < 1.1  # and that by no more than a tenth


def graphviz_without_size(drawing):
    twin = drawing.copy()
    twin.body[:] = [line.replace('size="22.2,13.8"', "") for line in twin.body]
    return twin


def test_parts_are_stretches_in_order_and_tell_their_results():
    drawing = draw(polynomial(400))
    assert drawing.detail == "part"
    texts = boxes(drawing)
    assert [text.split(" Values")[0] for text in texts if text.startswith("part")] == [f"part {k}" for k in range(1, 7)]
    counts = [int(count.replace(",", "")) for count in re.findall(r"Values ([\d,]+)", " ".join(texts))]
    assert sum(counts) == n_inside(drawing) - 1  # x has a box of its own
    links = [(link.source, link.target) for link in drawing.picture.diagram.links]
    assert not any((target, source) in links for source, target in links)


def test_what_leads_to_a_label_is_one_part():
    root = polynomial(5, "p")
    texts = boxes(draw(root, detail="part"))
    assert [text.split()[0] for text in texts if "Values" in text] == ["p0", "p1", "p2", "p3", "p4"]
    assert f"p4 + Values 3 data {root.data:.4g} grad 1" in texts
    assert "with scope(…) divides it as you like" in draw(root, detail="part").source


@pytest.mark.parametrize("start", [0, 0.0, Value(0.0)])
def test_the_terms_of_a_sum_are_counted_without_its_beginning(start):
    total = start
    for k in range(100):
        total = total + Value(float(k), "x").sin()
    assert any(text.startswith("+ terms 100 ") for text in boxes(draw(total, detail="layer")))


def test_the_legend_explains_the_words_in_the_boxes():
    model = MLP(1, [2, 1], "relu", seed=0)
    model.layers[0].neurons[0].b.data = -50.0
    y = model([0.1])
    for detail, words in (("neuron", ["dead"]), ("layer", ["dead", "saturated"]), ("node", [])):
        source = draw(y, detail=detail, legend=True).source
        meanings = {"dead": "dead: σ′ = 0 for every sample", "saturated": "saturated: σ′ below 0.01 for every sample"}
        assert [word for word, meaning in meanings.items() if html.escape(meaning) in source] == words
    assert "three borders: a nan" in draw(Value(math.nan) * 2, legend=True).source


@pytest.mark.parametrize("style", ["box", "compact", "two-box"])
def test_every_style_shows_the_cost_and_draws_what_is_not_finite(style):
    _, total = cost(4)
    assert f"{total.data:.4g}" in " ".join(boxes(draw(total, detail="layer", style=style)))
    y = Value(math.nan, "n") * Value(math.inf, "i") + (Value(-math.inf, "m") * 2).exp()
    y.backward()
    for detail in ("node", "layer"):
        assert "inf" in draw(y, detail=detail, style=style, color="gradient", edge_width="gradient").source

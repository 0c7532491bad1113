"""The page: what it holds, and in a real browser what it shows, held to Python's own passes."""

import inspect
import json
import math
import re
from html.parser import HTMLParser

import pytest

from autograd_lite import Value, detect_anomaly, explore, relu, where
from autograd_lite.backends import javascript
from autograd_lite.graph import toposort
from autograd_lite.ops import TABLE
from autograd_lite.page import document, exploring
from autograd_lite.telling.provenance import Cause
from nn import MLP
from nn.losses import quadratic
from tests.halves import chosen
from tests.pages import (
    complaints,
    element,
    fragment,
    numbers,
    numbers_at,
    opened,
    press,
    press_at,
    press_text,
    settled,
    text,
)

SIZE_LIMIT = 200_000  # bytes without the data of a graph
NASTY = [
    "</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\"'`&amp;", "\u2028\u2029", "\ud800",
    "\x00\x01\x1f\x7f", "${alert(1)}", "x" * 10_000, "图\u202e", "<!--", "]]>", "{{script}}",
]  # fmt: skip


def neuron():
    w, x, b = Value(0.5, "w"), Value(2.0, "x"), Value(-1.2, "b")
    y = (w * x + b).tanh()
    y.label = "y"
    return y


def net(activation="sigmoid", output="sigmoid", seed=1):
    cost = quadratic(MLP(3, [2, 1], activation=activation, output=output, seed=seed)([0.5, -0.2, 0.9]), [1.0])
    cost.label = "C"
    return cost


def dead_net():
    model = MLP(2, [4, 3, 1], activation="relu", seed=3)
    model.layers[0].neurons[1].b.data = -50.0
    return quadratic(model([0.5, -0.2]), [1.0])


def dag():
    a = Value(1.5, "a")
    square = a * a
    product = (square + a) * square
    y = product.relu() - a.exp() / (1 + a) + where(product > 3, square, a) - (a + a)
    y.label = "y"
    return y


def every_op():
    total = Value(0.25, "start")
    for name, op in TABLE.items():
        xs = [Value(low + 0.37 * (high - low), f"{name}{i}") for i, (low, high) in enumerate(op.domain)]
        total = total + op(*xs)
    return total


def selected():
    """An input that is not selected, where an infinite gradient arrives; a condition made of the same input."""
    x = Value(-1.0, "x")
    return x.relu().sqrt() + where(x > 0, x.log(), x * 2) + where(x, x, 3.0)


GRAPHS = {"selected": selected, "neuron": neuron, "net": net, "dead": dead_net, "dag": dag, "ops": every_op}


# ---- the document ----


class Reader(HTMLParser):
    """The tags of a document, and the text inside scripts and styles."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.inside = [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data):
        if self.tags and self.tags[-1][0] in ("script", "style"):
            self.inside.append((self.tags[-1][0], data))


def test_the_document_is_self_contained_and_small():
    page = explore(neuron())
    tags = Reader(page.html).tags
    assert [a for _, a in tags if any(name in a for name in ("src", "onclick", "onload", "style"))] == []
    assert [a["href"] for _, a in tags if "href" in a] == ["data:,"]
    policy = next(a["content"] for tag, a in tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    assert len(page.html.encode()) <= SIZE_LIMIT


def test_labels_are_data():
    xs = [Value(float(i), label) for i, label in enumerate(NASTY)]
    y = sum(xs)
    y.label = NASTY[0]
    html = explore(y).html
    assert [tag for tag, _ in Reader(html).tags].count("script") == 2
    html.encode()
    data = json.loads(next(text for tag, text in Reader(html).inside if tag == "script"))
    assert {node["label"] for node in data["nodes"]} >= set(NASTY)
    assert "alert" not in html.split('<script type="module">')[1]


def test_a_leaf_without_a_label_gets_a_unique_one():
    y = (Value(1.0) + Value(2.0, "x") + Value(3.0, "x")) * Value(4.0, "v1")
    data = exploring.graph_data(exploring.program(y), y)
    labels = [data["nodes"][i]["label"] for i in data["inputs"]]
    assert len(set(labels)) == 4
    assert all(labels)


def test_no_gradient_in_python_is_touched():
    y = dag()
    y.backward()
    before = [node.grad for node in toposort(y)]
    explore(y)
    assert [node.grad for node in toposort(y)] == before


@pytest.mark.parametrize(
    ("y", "error", "message"),
    [
        (None, TypeError, r"explore: expected y to be a Value, got None"),
        ([Value(1.0)], TypeError, r"explore: expected y to be a Value, got \[.*; explore their sum, or one of them$"),
    ],
)
def test_what_is_no_value_is_refused(y, error, message):
    with pytest.raises(error, match=message):
        explore(y)


def test_too_many_values_are_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(exploring, "VALUE_LIMIT", 5)
    with pytest.raises(ValueError, match=r"at most 5 Values and this graph has 6; explore a smaller part"):
        explore(neuron(), tmp_path / "page.html")
    assert list(tmp_path.iterdir()) == []


def test_an_op_without_a_form_is_refused(monkeypatch, tmp_path):
    monkeypatch.delitem(javascript.FORMS, "atan")
    with pytest.raises(ValueError, match=r"the op atan has neither a form in JavaScript nor a definition"):
        explore(Value(0.5).atan(), tmp_path / "page.html")
    assert list(tmp_path.iterdir()) == []


def test_a_path_that_cannot_be_written_is_refused(tmp_path):
    with pytest.raises(OSError, match=r"nowhere"):
        explore(neuron(), tmp_path / "nowhere" / "page.html")
    with pytest.raises(TypeError, match=r"Page.save: expected path to be a str or a pathlib.Path, got 3"):
        explore(neuron(), 3)


def test_in_a_notebook_it_shows_itself_in_a_frame():
    shown = explore(neuron())._repr_html_()
    ((tag, attributes),) = Reader(shown).tags
    assert tag == "iframe"
    assert attributes["srcdoc"] == explore(neuron()).html


# ---- in a browser ----


@pytest.fixture(scope="module")
def browser(chromium, tmp_path_factory):
    """Opens a page, or the graph of a name; afterwards nothing may have been asked of the network or complained of."""
    folder = tmp_path_factory.mktemp("pages")

    def open_page(y, fragment="", name="page"):
        path = folder / f"{name}.html"
        explore(y, path)
        return opened(chromium, path, fragment)

    return open_page


def is_close(got, wanted):
    wanted = 0.0 if wanted is None else wanted
    got = float(got)
    return (got != got and wanted != wanted) or math.isclose(got, wanted, rel_tol=1e-12, abs_tol=1e-300)


def hold(state, nodes):
    """The page's numbers against those of Values after backward()."""
    assert len(state["nodes"]) == len(nodes)
    for found, node in zip(state["nodes"], nodes, strict=True):
        assert found["op"] == (node.op.name if node.op else None)
        assert is_close(found["data"], node.data), (found, node)
        assert is_close(found["grad"], node.grad), (found, node)


@pytest.mark.parametrize("name", chosen(GRAPHS, "selected", "ops"))
def test_the_last_step_is_backward(browser, name):
    y = GRAPHS[name]()
    driver = browser(y)
    y.backward()
    state = numbers(driver)
    assert state["step"] == state["steps"]
    hold(state, toposort(y))
    assert complaints(driver) == []


@pytest.mark.slow
def test_the_frame_of_a_notebook_is_alive(chromium, tmp_path):
    path = tmp_path / "notebook.html"
    path.write_text(f"<!doctype html><title>notebook</title>{explore(neuron())._repr_html_()}", encoding="utf-8")
    driver = opened(chromium, path)
    driver.switch_to.frame(0)
    assert numbers(driver)["step"] == 8
    press(driver, "first", "next")
    assert "Forward: op 1 of 3" in text(driver, "story")
    driver.switch_to.default_content()
    assert complaints(driver) == []


@pytest.mark.parametrize("name", chosen(["net", "dag"], "dag"))
def test_every_step_is_that_of_backward_steps(browser, name):
    from autograd_lite import backward_steps

    y = GRAPHS[name]()
    driver = browser(y)
    n_steps = numbers(driver)["steps"]
    n_ops = sum(node.op is not None for node in toposort(y))
    steps = list(backward_steps(y))
    assert n_steps == n_ops + len(steps)
    driver.execute_script("autogradLite.goto(0)")
    start = numbers(driver)["nodes"]
    assert [found["data"] is None for found in start] == [node.op is not None for node in toposort(y)]
    places = {node: i for i, node in enumerate(toposort(y))}
    for step, state in zip(steps, numbers_at(driver, list(range(n_ops + 1, n_steps + 1))), strict=True):
        assert is_close(state["nodes"][places[step.parent]]["grad"], step.after)


@pytest.mark.parametrize(
    ("name", "label", "number"),
    [
        ("net", "w1[0,1]", 0.75),
        *(
            pytest.param(*others, marks=pytest.mark.slow)
            for others in [("neuron", "x", -3.25), ("dag", "a", -0.5), ("dead", "b1[1]", 50.0)]
        ),
    ],
)
def test_a_leaf_that_is_set_changes_all_as_in_python(browser, name, label, number):
    y = GRAPHS[name]()
    driver = browser(y)
    driver.execute_script("autogradLite.set(arguments[0], arguments[1])", label, number)
    changed = again(GRAPHS[name](), label, number)
    changed.backward()
    hold(numbers(driver), toposort(changed))
    assert complaints(driver) == []


def again(y, label, number):
    """The graph computed anew with another number in a leaf."""
    made = {}
    for node in toposort(y):
        if node.op is None:
            made[node] = node
            if node.label == label:
                node.data = number
        else:
            made[node] = node.op(*[made[parent] for parent in node.parents])
    return made[y]


@pytest.mark.slow
def test_the_api_refuses_what_is_no_sense(browser):
    driver = browser(neuron())
    for call in ("goto(-1)", "goto(1e6)", "goto('x')", "set('nothing', 1)", "set('x', '1')"):
        said = driver.execute_script(f"try {{ autogradLite.{call} }} catch (e) {{ return e.message }}")
        assert said.startswith(call[: call.index("(")] + ": expected"), said


def test_nasty_labels_are_shown_as_text(browser):
    xs = [Value(float(i), label) for i, label in enumerate(NASTY)]
    driver = browser(sum(xs) * relu(xs[0] + xs[1]), "#tab=trace&node=1")
    assert driver.execute_script("return document.scripts.length") == 2
    assert driver.execute_script("return document.querySelectorAll('img').length") == 0
    assert "<img src=x oner" in driver.execute_script("return document.getElementById('trace').textContent")
    assert complaints(driver) == []


# ---- what a person does ----


def test_stepping_by_buttons_keys_and_scrubber(browser):
    driver = browser(neuron())
    press(driver, "first")
    assert text(driver, "position") == "0 / 8"
    press(driver, "next", "next")
    assert "Forward: op 2 of 3" in text(driver, "story")
    assert "v2 = v1 + b = −0.2" in text(driver, "story")
    element(driver, "graph").send_keys("\ue014\ue014")  # the right arrow, twice
    assert "Backward: edge 1 of 5" in text(driver, "story")
    assert "∂y/∂v2 += ∂y/∂v2 · ∂y/∂v2" not in text(driver, "story")
    assert "∂y/∂v2 += ∂y/∂y · ∂y/∂v2 = 1 × 0.961 = 0.961 (was 0, now 0.961)" in text(driver, "story")
    assert "y is the output, so it pushes first." in text(driver, "waiting")
    press(driver, "back")
    assert text(driver, "position") == "3 / 8"
    driver.execute_script(
        "const s = document.getElementById('scrubber'); s.value = 6; s.dispatchEvent(new Event('input'))"
    )
    assert text(driver, "position") == "6 / 8"
    press(driver, "last")
    assert "Done" in text(driver, "phase")
    press(driver, "play")
    settled(driver)
    assert element(driver, "play").get_attribute("aria-label") == "Pause"
    press(driver, "play")
    assert numbers(driver)["step"] < 8
    assert complaints(driver) == []


@pytest.mark.slow
def test_asking_a_node(browser):
    driver = browser(dag(), "#node=0")
    card = text(driver, "card")
    assert "a\ninput" in card
    assert "Paths to y: " in card
    element(driver, "search").send_keys("relu\n")
    assert "relu" in text(driver, "card")
    press_text(driver, "What depends on it")
    settled(driver)
    assert driver.execute_script("return document.querySelector('[aria-pressed=true]').textContent") == "Show all again"
    assert complaints(driver) == []


@pytest.mark.slow
def test_the_number_of_paths_and_the_part_in_the_net(browser):
    y = net()
    driver = browser(y, f"#node={[node.label for node in toposort(y)].index('z1[0]')}")
    assert "BP2: δ handed back" in text(driver, "card")
    assert "in\nmodel.layer1.neuron0" in text(driver, "card")


@pytest.mark.slow
def test_why_a_gradient_is_zero(browser):
    y = dead_net()
    driver = browser(y, f"#node={[node.label for node in toposort(y)].index('w1[1,0]')}")
    assert "Why: dead ReLU" in text(driver, "card")


CAUSES = {
    "dead ReLU": (
        lambda: relu(Value(-3.0, "a") * 1.0),
        "dead ReLU: y = relu(v1) = 0 (v1 = −3), so ∂y/∂v1 = 0.",
        "ReLU 失活：y = relu(v1) = 0（v1 = −3），所以 ∂y/∂v1 = 0。",
    ),
    "zero factor": (
        lambda: Value(2.0, "a") * Value(0.0, "b"),
        "zero factor: y = a * b = 0 (a = 2, b = 0), and its factor b = 0, so ∂y/∂a = 0.",
        "因子为零：y = a * b = 0（a = 2，b = 0），其中的因子 b = 0，所以 ∂y/∂a = 0。",
    ),
    "cancellation": (
        lambda: (a := Value(2.0, "a")) - a,
        "cancellation: 1, −1 add up to exactly 0 at a = 2.",
        "抵消：1，−1 在 a = 2 处相加，恰好为 0。",
    ),
    "underflow": (
        lambda: Value(3.0, "a") * Value(1e-200, "b") * Value(1e-200, "c"),
        "underflow: at v1 = a * b = 3e−200 (a = 3, b = 1e−200) the product of 1e−200, 1e−200 is less",
        "下溢：在 v1 = a * b = 3e−200（a = 3，b = 1e−200） 处，1e−200，1e−200 的乘积",
    ),
    "inf": (
        lambda: Value(0.0, "a").sqrt(),
        "inf: it begins at y = sqrt(a) = 0 (a = 0), where ∂y/∂a = inf.",
        "inf：始于 y = sqrt(a) = 0（a = 0），其中 ∂y/∂a = inf。",
    ),
    "nan": (
        lambda: Value(0.0, "a") * Value(-1.0, "b").log(),
        "nan: it begins at v1 = log(b) = nan (b = −1).",
        "nan：始于 v1 = log(b) = nan（b = −1）。",
    ),
}


@pytest.mark.parametrize("kind", chosen(CAUSES, "zero factor"))
def test_a_cause_is_told_in_both_languages(browser, kind):
    make, english, chinese = CAUSES[kind]
    y = make()
    y.label = "y"
    at = [node.label for node in toposort(y)].index("a")
    assert english in text(browser(y, f"#node={at}"), "card")
    assert chinese in text(browser(y, f"#node={at}&language=zh"), "card")


def test_every_kind_of_cause_has_its_sentence():
    told = set(re.findall(r'"cause:([^":]+)', (document.SOURCE / "strings.js").read_text(encoding="utf-8")))
    listed = re.search(r"Kinds: (.*?)\.\n", Cause.__doc__, re.DOTALL)[1]
    assert told == {" ".join(kind.split()) for kind in listed.split(",")} - {"unreachable", "small factor", "none"}


def traced():
    """A graph whose node knows its line, and that line."""
    x = Value(2.0, "x")
    with detect_anomaly():
        y = x * x
        line = inspect.currentframe().f_lineno - 1
    y.label = "y"
    return y, line


def test_the_page_has_the_line_that_made_a_node_but_not_the_folder():
    y, line = traced()
    page = explore(y)
    assert f"test_page.py:{line}" in page.html
    assert __file__ not in page.html


@pytest.mark.slow
def test_the_card_names_the_line_that_made_a_node(browser):
    y, line = traced()
    assert f"made at\ntest_page.py:{line}" in text(browser(y, "#node=1"), "card")
    assert "made at" not in text(browser(y, "#node=0"), "card")


@pytest.mark.slow
def test_nudging(browser):
    driver = browser(neuron(), "#tab=nudge&node=1")
    field = element(driver, "nudge-number")
    driver.execute_script("arguments[0].value = 2.5; arguments[0].dispatchEvent(new Event('change'))", field)
    x, w, b = 2.5, 0.5, -1.2
    assert numbers(driver)["nodes"][1]["data"] == x
    slope = 0.5 * (1 - math.tanh(w * 2 + b) ** 2)
    shown = text(driver, "nudge")
    assert f"{slope * 0.5:.4g}" in shown
    assert f"{math.tanh(w * x + b) - math.tanh(w * 2 + b):.4g}" in shown
    slider = element(driver, "nudge-slider")
    slider.send_keys("\ue014")
    assert numbers(driver)["nodes"][1]["data"] > x
    press(driver, "nudge-resetAll")
    assert numbers(driver)["nodes"][1]["data"] == 2.0
    assert complaints(driver) == []


def ask(driver, wanted):
    """Ask until the question is the wanted one; all are asked in turn."""
    driver.execute_script("let k = 0; Math.random = () => (k++ % 32) / 32")
    for _ in range(64):
        press(driver, "quiz-ask")
        if wanted in text(driver, "quiz-question"):
            return
    pytest.fail(f"{wanted} was never asked")


def answer(driver, words):
    element(driver, "quiz-answer").clear()
    element(driver, "quiz-answer").send_keys(f"{words}\n")
    return f"{text(driver, 'quiz-verdict')} {text(driver, 'quiz-hint')}"


@pytest.mark.slow
def test_predicting_tells_slips_apart(browser):
    driver = browser(neuron(), "#tab=quiz")
    ask(driver, "What is ∂y/∂v2?")
    if "with all" in text(driver, "quiz-question"):
        ask(driver, "tanh(v2). What is ∂y/∂v2?")
    assert "the input z where it takes the output a" in answer(driver, "1 - v2^2")
    assert "the other way round" in answer(driver, "y*y - 1")
    assert "no number and no expression" in answer(driver, "1 -* y")
    assert "Right: ∂y/∂v2 = 0.961." in answer(driver, "1 - y^2")
    assert text(driver, "quiz-score") == "0 right of 1"
    ask(driver, "What is ∂y/∂b, with all")
    answer(driver, "0.961")
    assert text(driver, "quiz-score") == "1 right of 2"
    assert complaints(driver) == []


@pytest.mark.slow
def test_a_forgotten_branch_is_recognised(browser):
    a = Value(1.5, "a")
    y = a * a + a
    y.label = "y"
    driver = browser(y, "#tab=quiz")
    ask(driver, "What is ∂y/∂a, with all")
    assert "a branch was forgotten" in answer(driver, "1.5")


@pytest.mark.slow
def test_levels_open_and_close(browser):
    driver = browser(net())
    levels = driver.execute_script("return [...document.getElementById('view').options].map((o) => o.text)")
    assert {"every Value", "neurons", "layers"} <= set(levels)
    driver.execute_script(
        "const v = document.getElementById('view');"
        "v.value = [...v.options].findIndex((o) => o.text === 'layers'); v.dispatchEvent(new Event('change'))"
    )
    settled(driver)
    press(driver, "zoom-in", "zoom-out", "zoom-fit")
    press(driver, "tab-trace")
    press_text(driver, "z1[0]")
    press_text(driver, "Open layer1")
    settled(driver)
    chosen = driver.execute_script("const v = document.getElementById('view'); return v.options[v.selectedIndex].text")
    assert chosen == "layers: layer1 opened"
    assert complaints(driver) == []


@pytest.mark.slow
def test_the_address_has_what_is_seen(browser):
    driver = browser(dag())
    driver.execute_script("autogradLite.set('a', -0.25); autogradLite.goto(7)")
    press(driver, "tab-trace", "language", "theme")
    settled(driver)
    found = fragment(driver)
    before = numbers(driver)
    driver = browser(dag(), found, name="again")
    assert numbers(driver) == before
    assert driver.execute_script("return document.documentElement.lang") == "zh-CN"
    assert element(driver, "tab-trace").get_attribute("aria-selected") == "true"
    assert "第 7 步" in element(driver, "scrubber").get_attribute("aria-valuetext")


@pytest.mark.slow
@pytest.mark.parametrize("fragment", ["#step=x&view=99&node=-1&tab=no&x=5:1,a:b,0:", "#%%%", "#step=1e9"])
def test_an_address_that_is_no_sense_is_left_out(browser, fragment):
    driver = browser(neuron(), fragment)
    assert numbers(driver)["step"] == 8
    assert complaints(driver) == []


def test_both_languages_have_every_sentence():
    source = (document.SOURCE / "strings.js").read_text(encoding="utf-8")
    english, chinese = re.findall(r"^  (?:en|zh): \{\n(.*?)^  \},", source, re.MULTILINE | re.DOTALL)
    keys = [re.findall(r'^    ("[^"]+"|\w+):', part, re.MULTILINE) for part in (english, chinese)]
    assert keys[0] == keys[1]
    places = [
        [sorted(re.findall(r"\{\d\}", line)) for line in part.splitlines() if ":" in line]
        for part in (english, chinese)
    ]
    assert len(places[0]) > 80


@pytest.mark.slow
@pytest.mark.parametrize("fragment", ["#node=0&theme=light", "#tab=nudge&theme=dark&node=0", "#tab=trace&language=zh"])
def test_axe_finds_nothing(browser, fragment):
    axe = document.SOURCE / "node_modules" / "axe-core" / "axe.min.js"
    if not axe.exists():
        pytest.skip("no axe-core: npm install in autograd_lite/page/source")
    driver = browser(net(), fragment)
    settled(driver)
    driver.execute_script(axe.read_text(encoding="utf-8"))
    found = driver.execute_async_script("axe.run().then(arguments[0], (e) => arguments[0]({violations: [String(e)]}))")
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found["violations"]] == []


@pytest.mark.slow
def test_a_large_program_without_scopes_is_shown_in_parts(browser):
    x = Value(0.5, "x")
    y = x
    for _ in range(1600):
        y = y * 1.0001
    driver = browser(y)
    chosen = driver.execute_script("const v = document.getElementById('view'); return v.options[v.selectedIndex].text")
    assert chosen == "parts"
    y.backward()
    assert is_close(numbers(driver)["nodes"][0]["grad"], x.grad)
    assert complaints(driver) == []


# The map's pixels: how far the middle of its frame is from its own, and where its first and last box are.
MAPPED = """
const map = document.getElementById("minimap");
const copy = new OffscreenCanvas(map.width, map.height).getContext("2d", { willReadFrequently: true });
copy.drawImage(map, 0, 0);
const pixels = copy.getImageData(0, 0, map.width, map.height).data;
const [middle, frame, boxes] = [[(map.width - 1) / 2, (map.height - 1) / 2], [], []];
for (let x = 0; x < map.width; x++) {
  for (let y = 0; y < map.height; y++) {
    const [red, green, blue, opaque] = pixels.slice(4 * (y * map.width + x));
    const place = [x - middle[0], y - middle[1]];
    if (opaque === 255) (red === 11 && green === 99 && blue === 197 ? frame : boxes).push(place);
  }
}
const along = (axis) => frame.map((place) => place[axis]);
return {
  frame: [0, 1].map((axis) => (Math.min(...along(axis)) + Math.max(...along(axis))) / 2),
  first: boxes.find(([x]) => x === boxes[0][0] + 3),
  last: boxes.findLast(([x]) => x === boxes.at(-1)[0] - 3),
};
"""


@pytest.mark.slow
def test_the_map_of_what_is_larger_than_the_screen(browser):
    driver = browser(net(), "#view=0")
    press(driver, *["zoom-in"] * 6)
    settled(driver)
    assert element(driver, "minimap").is_displayed()
    places = driver.execute_script(MAPPED)
    for place, shown in ((places["first"], "\n(input|parameter)\n"), (places["last"], "gradient ∂C/∂C\n")):
        press_at(driver, "minimap", *place)
        settled(driver)
        element(driver, "graph").click()  # in the middle, where what was pressed on the map is now
        assert re.search(shown, text(driver, "card"))
    press_at(driver, "minimap", 20, 5)
    settled(driver)
    assert driver.execute_script(MAPPED)["frame"] == pytest.approx([20, 5], abs=1)
    press(driver, "zoom-fit")
    settled(driver)
    assert not element(driver, "minimap").is_displayed()
    assert complaints(driver) == []


@pytest.fixture
def projector(chromium):
    """The browser's window as a projector of 1024 × 768 has it, for one test."""
    before = chromium.get_window_size()
    chromium.set_window_size(1024, 768)
    yield chromium
    chromium.set_window_size(before["width"], before["height"])


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_table_and_the_search_fit_a_projector(browser, projector, language):
    driver = browser(net(), f"#tab=trace&language={language}")
    settled(driver)
    rows = driver.execute_script(
        "return [...document.querySelectorAll('#trace-table button.link')]"
        ".filter((name) => /^[wxb]/.test(name.textContent)).map((name) => name.getClientRects().length)"
    )
    assert rows
    assert set(rows) == {1}
    assert driver.execute_script(
        "const panel = document.querySelector('#trace-table').parentElement;"
        "return panel.scrollWidth <= panel.clientWidth"
    )
    assert (
        driver.execute_script(
            "const search = document.querySelector('#search');"
            "const context = document.createElement('canvas').getContext('2d');"
            "const style = getComputedStyle(search); context.font = style.font;"
            "return search.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight)"
            " - context.measureText(search.placeholder).width"
        )
        >= 0
    )


@pytest.mark.slow
def test_a_long_number_on_an_edge_does_not_cover_its_boxes(browser):
    driver = browser(saturated(), "")
    driver.execute_script(
        "window.drawn = []; const draw = CanvasRenderingContext2D.prototype.fillText;"
        "CanvasRenderingContext2D.prototype.fillText = function (text, ...rest)"
        " { window.drawn.push(text); draw.call(this, text, ...rest); }"
    )
    driver.execute_script("autogradLite.goto(2)")
    settled(driver)
    drawn = driver.execute_script("return window.drawn")
    assert "6e−08" in drawn
    assert "6.09e−08" not in drawn


def saturated():
    y = Value(9.0, "x").tanh()
    y.label = "y"
    return y


@pytest.mark.slow
def test_a_page_that_begins_in_a_frame_without_room_is_seen_whole_when_it_has_some(chromium, tmp_path):
    path = tmp_path / "dag.html"
    explore(dag(), path)
    picture = "return document.getElementById('graph').toDataURL()"
    size = chromium.get_window_size()
    try:
        opened(chromium, path)
        settled(chromium)
        whole = chromium.execute_script(picture)
        chromium.set_window_size(500, 360)
        opened(chromium, path)
        settled(chromium)
        chromium.set_window_size(size["width"], size["height"])
        settled(chromium)
        assert chromium.execute_script(picture) == whole
    finally:
        chromium.set_window_size(size["width"], size["height"])

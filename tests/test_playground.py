"""The playground: an epoch in the page is an epoch of fit, and what a person does there."""

import json
import re

import pytest

import nn
import nn.train.playground as module
from nn import MLP, Snapshots, fit, optim, playground
from nn.data import moons
from tests.halves import chosen
from tests.pages import complaints, element, fragment, numbers, opened, press, settled, text

EPOCHS = 20
SIZE_LIMIT = 200_000  # bytes without the data of a graph

OPTIMIZERS = {
    "SGD": lambda model: optim.SGD(model.parameters(), lr=0.1, momentum=0.9, nesterov=True),
    "Adam": lambda model: optim.Adam(model.parameters(), lr=0.02),
    "RMSprop": lambda model: optim.RMSprop(model.parameters(), lr=0.005),
}


def posed(loss="hinge"):
    """Small moons with targets for the loss."""
    xs, ys = moons(60, seed=2)
    return xs, [2 * y - 1 for y in ys] if loss == "hinge" else list(ys)


def small(outputs=1, **settings):
    return MLP(2, [6, 5, outputs], **{"activation": "tanh", "seed": 4, **settings})


@pytest.fixture(scope="module")
def browser(chromium, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")

    def open_page(*arguments, fragment="", **settings):
        path = folder / "page.html"
        playground(*arguments, path=path, **settings)
        return opened(chromium, path, fragment)

    return open_page


def trained(driver, epochs):
    return json.loads(driver.execute_script(f"return JSON.stringify(autogradLite.train({epochs}))"))


def hold(found, model, history):
    """The page's numbers against those of a model that fit trained."""
    assert found["epoch"] == history.epochs
    assert found["loss"] == pytest.approx(history.loss[-1], rel=1e-9)
    expected = {name: p.data for name, p in model.named_parameters()}
    assert found["parameters"] == {name: pytest.approx(number, rel=1e-9) for name, number in expected.items()}


@pytest.mark.parametrize("name", chosen(OPTIMIZERS, "Adam"))
def test_an_epoch_in_the_page_is_an_epoch_of_fit(browser, name):
    xs, ys = posed()
    model, twin = small(), small()
    options = {"loss": "hinge", "batch_size": 16, "l2": 1e-3, "seed": 7}
    driver = browser(model, xs, ys, optimizer=OPTIMIZERS[name](model), **options)
    found = trained(driver, EPOCHS)
    history = fit(twin, xs, ys, optimizer=OPTIMIZERS[name](twin), epochs=EPOCHS, backend="python", **options)
    hold(found, twin, history)
    assert [p.data for p in model.parameters()] == [p.data for p in small().parameters()]
    assert complaints(driver) == []


@pytest.mark.slow
def test_classes_and_a_share_for_validation(browser):
    xs, ys = posed("cross_entropy")
    model, twin = small(2, activation="relu"), small(2, activation="relu")
    driver = browser(model, xs, ys, "cross_entropy", validation=0.3)
    found = trained(driver, 5)
    history = fit(twin, xs, ys, "cross_entropy", epochs=5, backend="python", validation=0.3)
    hold(found, twin, history)
    shown = text(driver, "standing")
    assert f"accuracy\n{100 * history.accuracy[-1]:.4g} %" in shown
    assert f"validation loss\n{history.validation_loss[-1]:.4g}" in shown
    assert complaints(driver) == []


@pytest.mark.slow
def test_the_colours_of_the_map_are_explained(browser):
    xs, ys = posed()
    assert text(browser(small(), xs, ys, "hinge"), "map-caption") == "Its answer: blue above 0, orange below"
    xs, ys = posed("cross_entropy")
    assert text(browser(small(2), xs, ys, "cross_entropy"), "map-caption") == "Its answer"


@pytest.mark.slow
def test_running_stepping_and_going_back(browser):
    xs, ys = posed()
    driver = browser(small(), xs, ys, "hinge", batch_size=30)
    press(driver, "train-oneStep")
    assert text(driver, "epoch") == "epoch 0"
    press(driver, "train-oneEpoch")
    assert text(driver, "epoch") == "epoch 1"
    press(driver, "train-run")
    driver.execute_async_script("setTimeout(arguments[0], 300)")
    press(driver, "train-run")
    assert trained(driver, 0)["epoch"] > 1
    press(driver, "train-reset")
    assert text(driver, "epoch") == "epoch 0"
    first = trained(driver, 3)
    trained(driver, 4)
    settled(driver)
    driver.execute_script(
        "const s = document.getElementById('epochs'); s.value = 3; s.dispatchEvent(new Event('input'))"
    )
    assert trained(driver, 0)["parameters"] == first["parameters"]
    assert complaints(driver) == []


@pytest.mark.slow
def test_settings_change_the_training(browser):
    xs, ys = posed()
    driver = browser(small(), xs, ys, "hinge")
    for name, number in {"lr": 0.05, "batch": 20, "l2": 0.01}.items():
        field = element(driver, f"set-{name}")
        driver.execute_script(f"arguments[0].value = {number}; arguments[0].dispatchEvent(new Event('change'))", field)
    twin = small()
    options = {"batch_size": 20, "l2": 0.01, "epochs": 4, "backend": "python"}
    history = fit(twin, xs, ys, "hinge", optim.SGD(twin.parameters(), lr=0.05), **options)
    hold(trained(driver, 4), twin, history)
    settled(driver)
    found = fragment(driver)
    driver = browser(small(), xs, ys, "hinge", fragment=found)
    hold({**trained(driver, 0)}, twin, history)


@pytest.mark.slow
def test_the_graph_of_a_sample_is_that_of_the_moment(browser):
    xs, ys = posed()
    driver = browser(small(), xs, ys, "hinge")
    trained(driver, 3)
    driver.execute_script(
        "const s = document.getElementById('sample'); s.value = 11; s.dispatchEvent(new Event('change'))"
    )
    press(driver, "open-graph")
    twin = small()
    fit(twin, xs, ys, "hinge", epochs=3, backend="python")
    cost = nn.losses.hinge(twin(xs[11]), ys[11])
    cost.backward()
    by_label = {node["label"]: node for node in numbers(driver)["nodes"] if node["label"]}
    for p in twin.parameters():
        assert by_label[p.label]["data"] == pytest.approx(p.data, rel=1e-12)
        assert by_label[p.label]["grad"] == pytest.approx(p.grad, rel=1e-9, abs=1e-15)
    press(driver, "first", "next")
    assert "Forward: op 1" in text(driver, "story")
    press(driver, "mode-train")
    assert element(driver, "controls").is_displayed()
    assert complaints(driver) == []


@pytest.mark.slow
def test_data_of_ones_own(browser):
    xs, ys = posed()
    driver = browser(small(), xs, ys, "hinge")
    driver.execute_script("document.querySelector('#csv').closest('details').open = true")

    def paste(words):
        driver.execute_script("document.getElementById('csv').value = arguments[0]", words)
        press(driver, "use-csv")
        return text(driver, "csv-note")

    assert paste("") == "There is no sample in this text."
    assert paste("1,2\n") == "Line 1: expected 3 numbers, got 2."
    assert paste("a;b;y\n1;2;x") == "Line 2 has something that is no number."
    assert paste("x0,x1,y\n0,0,-1\n1 1 1\n0.5\t1\t-1") == "3 samples are in use."
    twin = small()
    history = fit(twin, [[0, 0], [1, 1], [0.5, 1]], [-1, 1, -1], "hinge", epochs=2, backend="python")
    hold(trained(driver, 2), twin, history)


def test_it_goes_on_in_python(browser):
    xs, ys = posed()
    model, twin = small(), small()
    driver = browser(model, xs, ys, "hinge", optim.Adam(model.parameters(), lr=0.02), batch_size=25)
    trained(driver, 6)
    driver.execute_script("document.getElementById('python').open = true")
    settled(driver)
    names = {"xs": xs, "ys": ys}
    code = driver.execute_script("return document.getElementById('code').textContent")
    exec(code.replace("batch_size=", "epochs=4, backend='python', batch_size="), names)
    optimizer = optim.Adam(twin.parameters(), lr=0.02)
    history = fit(twin, xs, ys, "hinge", optimizer, epochs=10, batch_size=25, backend="python")
    assert names["history"].loss == [pytest.approx(loss, rel=1e-9) for loss in history.loss[6:]]


def test_the_losses_of_a_run_that_was_are_in_the_page():
    xs, ys = posed()
    model = small()
    history = fit(model, xs, ys, "hinge", epochs=5, backend="python")
    assert data_of(playground(model, xs, ys, "hinge", history=history).html)["training"]["history"] == history.loss


def data_of(html):
    return json.loads(re.search(r'id="data">(.*?)</script>', html, re.DOTALL)[1])


@pytest.mark.slow
def test_a_run_that_was_is_replayed(browser):
    xs, ys = posed()
    model = small()
    start = [p.data for p in model.parameters()]
    taken = Snapshots(model)
    fit(model, xs, ys, "hinge", epochs=5, backend="python", callback=taken)
    driver = browser(model, xs, ys, "hinge", history=taken)
    driver.execute_script(
        "const s = document.getElementById('epochs'); s.value = 0; s.dispatchEvent(new Event('input'))"
    )
    assert list(trained(driver, 0)["parameters"].values()) == start
    assert complaints(driver) == []


@pytest.mark.slow
def test_a_loss_that_is_not_finite_stops_the_training(browser):
    xs, ys = posed()
    model = small(activation="relu")
    driver = browser(model, xs, ys, "quadratic", optim.SGD(model.parameters(), lr=1e200))
    trained(driver, 50)
    assert "infinite or nan" in text(driver, "controls")
    assert complaints(driver) == []


@pytest.mark.slow
@pytest.mark.parametrize("n_inputs", [1, 3])
def test_other_numbers_of_inputs(browser, n_inputs):
    xs = [[0.1 * i + k for k in range(n_inputs)] for i in range(12)]
    ys = [x[0] ** 2 for x in xs]
    model = MLP(n_inputs, [4, 1], activation="sigmoid", seed=1)
    driver = browser(model, xs, ys)
    twin = MLP(n_inputs, [4, 1], activation="sigmoid", seed=1)
    hold(trained(driver, 3), twin, fit(twin, xs, ys, epochs=3, backend="python"))
    settled(driver)
    assert element(driver, "map").is_displayed() == (n_inputs < 3)
    assert complaints(driver) == []


@pytest.mark.slow
@pytest.mark.parametrize("fragment", ["#theme=light", "#theme=dark&unit=0", "#language=zh"])
def test_axe_finds_nothing(browser, fragment):
    from autograd_lite.page import document

    axe = document.SOURCE / "node_modules" / "axe-core" / "axe.min.js"
    if not axe.exists():
        pytest.skip("no axe-core: npm install in autograd_lite/page/source")
    driver = browser(small(), *posed(), "hinge", fragment=fragment)
    driver.execute_script("for (const d of document.querySelectorAll('details')) d.open = true")
    settled(driver)
    driver.execute_script(axe.read_text(encoding="utf-8"))
    found = driver.execute_async_script("axe.run().then(arguments[0], (e) => arguments[0]({violations: [String(e)]}))")
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found["violations"]] == []


# ---- what is refused ----


class Own(optim.SGD):
    def step(self):
        pass


class Branching(nn.Module):
    def __init__(self):
        self.inner = small()

    def __call__(self, x):
        y = self.inner(x)
        return y if y > 0 else -y


REFUSED = [
    (lambda: playground("model", [[1, 2]], [1]), TypeError, "expected model to be a Module"),
    (lambda: playground(small(), [[1, 2]], [1, 2]), ValueError, "expected as many ys as xs"),
    (lambda: playground(small(), [[1, 2, 3]], [1]), ValueError, "expected 2 inputs, got 3"),
    (lambda: playground(small(), [[1, 2]], [1], "no loss"), ValueError, "no loss"),
    (lambda: playground(small(), [[1, 2]], [1], optimizer=3), TypeError, "expected optimizer"),
    (lambda: playground(small(), [[1, 2]], [1], batch_size=0), ValueError, "batch_size to be at least 1, got 0"),
    (lambda: playground(small(), [[1, 2]], [1], l2=-1), ValueError, "expected l2 to be 0 or more"),
    (lambda: playground(Branching(), [[1, 2]], [1]), ValueError, "y > 0|is fixed|would be fixed|>"),
    (
        lambda: playground(m := small(), [[1, 2]], [1], optimizer=Own(m.parameters(), 0.1)),
        ValueError,
        "a step of its own",
    ),
    (lambda: playground(small(), [[1, 2]], [1], validation=3), ValueError, "or a share between 0 and 1"),
    (lambda: playground(small(), [[1, 2]], [1], validation="no"), TypeError, r"expected validation to be a pair"),
    (lambda: playground(small(), [[1, 2]], [1], history="h"), TypeError, "expected history"),
]


@pytest.mark.parametrize(("call", "error", "message"), REFUSED)
def test_what_fit_would_refuse_is_refused(call, error, message):
    with pytest.raises(error, match=message) as raised:
        call()
    assert str(raised.value).startswith("playground: ")
    assert "\n" not in str(raised.value)


def test_too_many_samples_or_operations_are_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "SAMPLE_LIMIT", 1)
    with pytest.raises(ValueError, match="at most 1 samples, got 2"):
        playground(small(), [[1, 2], [3, 4]], [1, 2], path=tmp_path / "page.html")
    monkeypatch.undo()
    from autograd_lite.page import training

    monkeypatch.setattr(training, "STEP_LIMIT", 9)
    with pytest.raises(ValueError, match="at most 9 operations a sample"):
        playground(small(), [[1, 2]], [1], path=tmp_path / "page.html")
    assert list(tmp_path.iterdir()) == []


def test_the_page_is_small_without_its_data():
    html = playground(small(), *posed(), "hinge").html
    data = re.search(r'id="data">(.*?)</script>', html, re.DOTALL).group(1)
    assert len(html.encode()) - len(data) <= SIZE_LIMIT

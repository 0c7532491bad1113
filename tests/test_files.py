"""Models in JSON files: every bit comes back, and whatever else stands in a file is refused without a trace."""

import json
import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import nn.strict_json
from nn import MLP, Module, Parameter, load, save


def mlp(seed=0):
    return MLP(2, [3, 1], "tanh", "sigmoid", seed=seed)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.json"


def document(path, model=None):
    save(model or mlp(), path)
    return json.loads(path.read_text(encoding="utf-8"))


def test_what_is_saved_comes_back_to_the_bit(path):
    model = mlp()
    model.parameters()[0].data, model.parameters()[1].data = 5e-324, -0.0
    model.class_names = ["Löwe", 'a "quoted" one']
    save(model, path)
    back = load(path)
    assert repr(back) == repr(model)
    assert [p.data.hex() for p in back.parameters()] == [p.data.hex() for p in model.parameters()]
    assert [p.label for p in back.parameters()] == [p.label for p in model.parameters()]
    assert back.class_names == model.class_names
    assert back.optimizer_state is None
    assert list(path.parent.iterdir()) == [path]


@given(numbers=st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=13, max_size=13))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_double_comes_back(numbers, tmp_path):
    model = mlp()
    for p, number in zip(model.parameters(), numbers, strict=True):
        p.data = number
    save(model, tmp_path / "model.json")
    assert [p.data.hex() for p in load(tmp_path / "model.json").parameters()] == [x.hex() for x in numbers]


class Own(Module):
    def __init__(self, n=2):
        self.scales = [Parameter(1.0 + k) for k in range(n)]
        self.body = mlp()


def test_a_model_of_ones_own_is_filled(path):
    model, other, wrong = Own(), Own(), Own(3)
    model.scales[1].data = 0.1
    save(model, path)
    assert load(path, other) is other
    assert other.state_dict() == model.state_dict()
    before = wrong.state_dict()
    with pytest.raises(ValueError, match=r"parameters: no value for parameter 'scales.2'"):
        load(path, wrong)
    assert wrong.state_dict() == before
    with pytest.raises(ValueError, match=r"architecture: expected an MLP, got a Own, .*load\(path, model\)"):
        load(path)
    with pytest.raises(ValueError, match=r"expected {'type': 'MLP'.*as the model has, got {'type': 'Own'}"):
        load(path, mlp())


def damaged(*keys, to):
    """A change of one place in a document."""

    def change(document):
        for key in keys[:-1]:
            document = document[key]
        document[keys[-1]] = to

    return change


WRONG = [
    (damaged("format", to="other"), "format: expected 'autograd_lite model', got 'other'"),
    (damaged("version", to=2), "version: expected 1, got 2"),
    (damaged("version", to=True), "version: expected 1, got True"),
    (damaged("version", to=1.0), "version: expected a whole number, got 1.0"),
    (damaged("more", to=1), "got the key 'more'"),
    (damaged("architecture", to=[]), r"architecture: expected an object, got \[\]"),
    (damaged("architecture", "type", to=3), "architecture.type: expected a text, got 3"),
    (damaged("architecture", "type", to="CNN"), "architecture: expected an MLP, got a CNN"),
    (damaged("architecture", "n_in", to="2"), "architecture.n_in: expected a whole number, got '2'"),
    (
        damaged("architecture", "n_in", to=10**12),
        r"sizes of layers that make 13 parameters, got \[10{12}",
    ),
    (damaged("architecture", "n_in", to=-2), "expected sizes of layers"),
    (damaged("architecture", "n_outs", to=[]), "expected sizes of layers"),
    (damaged("architecture", "n_outs", to=[3, True]), "the size of a layer: expected a whole number, got True"),
    (damaged("architecture", "n_outs", to=[1] * 6), "expected a list of|expected sizes|no value for"),
    (damaged("architecture", "activation", to="best"), "architecture: MLP: expected an activation out of"),
    (damaged("architecture", "activation", to="linear"), "parameters: no value for parameter '1.bias'"),
    (damaged("architecture", "seed", to=0), "architecture: expected type, n_in, n_outs, activation, output, got"),
    (damaged("parameters", to=[1.0] * 13), "parameters: expected an object"),
    (damaged("parameters", "0.weight", 2, 1, to="x"), r"parameters, 0.weight\[2\]\[1\]: expected a number, got 'x'"),
    (damaged("parameters", "0.weight", 2, 1, to=None), r"0.weight\[2\]\[1\]: expected a number, got None"),
    (damaged("parameters", "0.weight", 2, 1, to=True), r"0.weight\[2\]\[1\]: expected a number, got True"),
    (damaged("parameters", "0.weight", 2, 1, to=10**400), r"0.weight\[2\]\[1\]: expected a number that fits a double"),
    (damaged("parameters", "\n", to=None), r"parameters, '\\n' \(str\): expected a number, got None"),
    (damaged("parameters", "", to=None), r"parameters, '' \(str\): expected a number, got None"),
    (damaged("architecture", "type", to="a\nb"), r"architecture: expected an MLP, got a 'a\\nb' \(str\), whose"),
    (damaged("architecture", "\x1b", to=0), r"activation, output, got type, .*, '\\x1b' \(str\)"),
    (damaged("parameters", "0.weight", 0, to=[1.0]), "expected sizes of layers that make 12 parameters"),
    (damaged("parameters", "0.weight", to=[[1.0] * 3] * 2), r"parameters: 0.weight: expected a list of 3, got 2"),
    (damaged("parameters", "2.bias", to={"a": 1.0}), r"parameters: 2.bias: expected a list of 1"),
    (damaged("answers", to="best"), "answers: expected one of same_sign, .*, got 'best'"),
    (damaged("classes", to=["a", "a"]), "classes: expected every name once"),
    (damaged("classes", to=["a", 1]), r"classes\[1\]: expected a text, got 1"),
    (damaged("optimizer", to={"type": "SGD", "settings": {}}), "optimizer.states: expected an object, got None"),
    (
        damaged("optimizer", to={"type": "SGD", "settings": {"lr": "a"}, "states": {}}),
        "optimizer.settings, lr: expected a number, got 'a'",
    ),
    (
        damaged("optimizer", to={"type": "SGD", "settings": {}, "states": {"v": [None]}}),
        r"optimizer.states, v\[0\]: expected a number, got None",
    ),
]


@pytest.mark.parametrize(("change", "message"), WRONG, ids=[str(i) for i in range(len(WRONG))])
def test_a_wrong_document_is_refused_and_changes_nothing(change, message, path):
    wrong, model = document(path), mlp(seed=1)
    before = model.state_dict()
    change(wrong)
    path.write_text(json.dumps(wrong), encoding="utf-8")
    with pytest.raises(ValueError, match=rf"load: '.*model.json'.*({message})"):
        load(path)
    with pytest.raises(ValueError, match=r"load: '.*model.json'"):
        load(path, model)
    assert model.state_dict() == before


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": 1,\n "b": {"c": 2, "c" : 3}}', r"line 2, column 16: expected each key once, got 'c' \(str\) again"),
        ('{"a": 1, "\\u0061": 2}', r"line 1, column 10: expected each key once, got 'a'"),
        ('{"a":\n  NaN}', "line 2, column 3: expected a finite number, got NaN"),
        ("[1, -Infinity]", "line 1, column 5: expected a finite number, got -Infinity"),
        ("[" * 17 + "]" * 17, "line 1, column 17: expected brackets at most 16 deep"),
        ("[" * 200_000 + "]" * 200_000, "expected brackets at most 16 deep"),
        ("[" * 200_000, "expected brackets at most 16 deep|expected JSON"),
        ("1" * 5000, "expected numbers of ordinary length|expected an object"),
        ('{"a": 1,}', "line 1, column"),
        ("", "line 1, column 1: expected JSON \\(Expecting value\\)"),
        ('{"NaN": "]Infinity[{"}', "format: expected"),
        ("[1]", r"expected an object, got \[1\]"),
    ],
)
def test_text_that_is_refused(text, message, path):
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=rf"load: '.*model.json'.*({message})"):
        load(path)


def test_bytes_that_are_refused(path, monkeypatch):
    path.write_bytes(b'{"\xff": 1}')
    with pytest.raises(ValueError, match=r"byte 2: expected UTF-8 text"):
        load(path)
    monkeypatch.setattr(nn.strict_json, "MAX_BYTES", 100)
    path.write_bytes(b"[" * 101)
    with pytest.raises(ValueError, match="expected at most 100 bytes, got more"):
        load(path)
    with pytest.raises(OSError, match=r"nothing\.json"):
        load(path.parent / "nothing.json")


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@st.composite
def places(draw, x):
    """A place in a document: the container and the key."""
    while True:
        keys = list(x) if isinstance(x, dict) else range(len(x))
        key = draw(st.sampled_from(keys))
        if not isinstance(x[key], (dict, list)) or not x[key] or draw(st.booleans()):
            return x, key
        x = x[key]


@given(drawing=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_change_is_a_value_error_or_a_model_that_saves_again(drawing, tmp_path):
    path, model = tmp_path / "model.json", mlp(seed=1)
    wrong, before = document(path), model.state_dict()
    container, key = drawing.draw(places(wrong))
    container[key] = drawing.draw(ANYTHING)
    path.write_text(json.dumps(wrong), encoding="utf-8")
    try:
        load(path, model)
        save(model, path)
        assert load(path).state_dict() == model.state_dict()
        return
    except ValueError as error:
        text = str(error)
    assert text.startswith(f"load: {str(path)!r}")
    assert "\n" not in text
    assert model.state_dict() == before


@given(at=st.integers(0, 900), size=st.integers(0, 9), put=st.binary(max_size=6))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_a_value_error_or_a_model(at, size, put, tmp_path):
    path = tmp_path / "model.json"
    save(mlp(), path)
    content = path.read_bytes()
    path.write_bytes(content[:at] + put + content[at + size :])
    try:
        assert all(math.isfinite(p.data) for p in load(path).parameters())
        return
    except ValueError as error:
        text = str(error)
    assert text.startswith(f"load: {str(path)!r}")


def test_what_is_not_saved_leaves_the_file_that_was(path):
    save(mlp(), path)
    content = path.read_bytes()
    model = mlp()
    model.parameters()[4].data = math.inf
    with pytest.raises(ValueError, match=r"save: expected finite numbers, got inf in parameters, 0.weight\[1\]\[1\]"):
        save(model, path)
    with pytest.raises(TypeError, match="save: expected model to be a Module, got 3"):
        save(3, path)
    with pytest.raises(TypeError, match="save: expected path to be a str"):
        save(mlp(), 3)
    with pytest.raises(TypeError, match=r"save: expected optimizer to be an optimizer of nn\.optim, got 'sgd'"):
        save(mlp(), path, optimizer="sgd")
    assert path.read_bytes() == content
    assert list(path.parent.iterdir()) == [path]


def test_an_activation_that_is_a_function_has_no_name_in_a_file(path):
    model = MLP(2, [3, 1], activation=lambda z: z * z, seed=0)
    with pytest.raises(
        ValueError, match=r"save: expected activations that have a name, got .*; define\(\) gives it one"
    ):
        save(model, path)
    assert not path.exists()

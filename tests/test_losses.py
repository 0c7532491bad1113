"""Losses against their definitions in mpmath, their gradients in closed form, and logits of any size."""

import math

import mpmath
import pytest

from autograd_lite import Value, log_softmax, record, sigmoid
from nn import losses

mpmath.mp.dps = 50


def softmax(zs):
    exps = [mpmath.exp(z) for z in zs]
    return [e / sum(exps) for e in exps]


def values(*numbers):
    return [Value(n) for n in numbers]


CASES = [
    ("quadratic", [0.3, -1.2], [1.0, 0.5], lambda a, y: sum((p - q) ** 2 for p, q in zip(a, y, strict=True)) / 2),
    ("mse", [0.3, -1.2], [1.0, 0.5], lambda a, y: sum((p - q) ** 2 for p, q in zip(a, y, strict=True)) / 2),
    ("quadratic", [0.3], [1.0], lambda a, y: (a[0] - y[0]) ** 2 / 2),
    ("mse", [0.3], [1.0], lambda a, y: (a[0] - y[0]) ** 2),
    ("mae", [0.3, -1.2], [1.0, -2.5], lambda a, y: (abs(a[0] - y[0]) + abs(a[1] - y[1])) / 2),
    ("mae", [0.3], [1.0], lambda a, y: y[0] - a[0]),
    ("huber", [0.3, 2.5], [1.0, 0.5], lambda a, y: ((a[0] - y[0]) ** 2 / 2 + a[1] - y[1] - 0.5) / 2),
    ("huber", [-7.0], [1.0], lambda a, y: y[0] - a[0] - 0.5),
    ("binary_cross_entropy_with_logits", [0.3, -2.0], [1.0, 0.2], lambda a, y: (
        mpmath.log(1 + mpmath.exp(-a[0])) - mpmath.mpf(y[1]) * a[1] + mpmath.log(1 + mpmath.exp(a[1])))),
    ("hinge", [0.3], [-1.0], lambda a, y: 1 + a[0]),
    ("hinge", [2.3], [1.0], lambda a, y: mpmath.mpf(0)),
    ("binary_cross_entropy", [0.3], [1.0], lambda a, y: -mpmath.log(a[0])),
    ("binary_cross_entropy", [0.3], [0.2], lambda a, y: -(y[0] * mpmath.log(a[0]) + (1 - y[0]) * mpmath.log(1 - a[0]))),
    ("cross_entropy", [0.3, 1.5, -2.0], 1, lambda a, y: -mpmath.log(softmax(a)[1])),
    ("cross_entropy", [0.3, 1.5, -2.0], [0.0, 0.25, 0.75], lambda a, y: -mpmath.fdot(y, map(mpmath.log, softmax(a)))),
]  # fmt: skip


def test_every_loss_has_a_case():
    assert set(losses.LOSSES) - {name for name, *_ in CASES} == {"nll"}  # whose numbers are logarithms, see below


@pytest.mark.parametrize(("name", "a", "y", "definition"), CASES)
def test_value_and_gradient_against_the_definition(name, a, y, definition):
    prediction = values(*a)
    loss = losses.LOSSES[name](prediction, y)
    loss.backward()
    exact = [mpmath.mpf(x) for x in a]
    targets = [mpmath.mpf(q) for q in y] if isinstance(y, list) else y
    assert loss.data == pytest.approx(float(definition(exact, targets)), rel=1e-14)
    for k, node in enumerate(prediction):

        def along(x, k=k):
            return definition([*exact[:k], x, *exact[k + 1 :]], targets)

        assert node.grad == pytest.approx(float(mpmath.diff(along, exact[k])), rel=1e-13, abs=1e-15)


def test_nll_of_log_softmax_is_cross_entropy():
    for target in (0, 2, Value(1), [0.2, 0.3, 0.5]):
        ours, theirs = values(0.3, 1.5, -2.0), values(0.3, 1.5, -2.0)
        first, second = losses.nll(log_softmax(ours), target), losses.cross_entropy(theirs, target)
        first.backward()
        second.backward()
        assert first.data == pytest.approx(second.data, rel=1e-14)
        assert [z.grad for z in ours] == pytest.approx([z.grad for z in theirs], rel=1e-13, abs=1e-15)


def test_huber_is_smooth_where_its_parts_meet():
    for x, slope in ((1.0, 1.0), (-1.0, -1.0), (0.0, 0.0), (1e200, 1.0), (1e-200, 1e-200)):
        a = Value(x)
        losses.huber(a, 0.0).backward()
        assert a.grad == slope


@pytest.mark.parametrize("name", ["mae", "huber", "binary_cross_entropy_with_logits", "nll", "cross_entropy", "mse"])
def test_pytorch_has_the_same(name):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    functions = {"mae": "l1_loss", "huber": "huber_loss", "nll": "nll_loss", "mse": "mse_loss"}
    theirs = getattr(torch.nn.functional, functions.get(name, name))
    numbers = [-0.3, -2.0, -1.0]
    numbers = [x - math.log(sum(map(math.exp, numbers))) for x in numbers]
    target = 2 if name in ("nll", "cross_entropy") else [0.5, 1.0, 0.0]
    ours, tensor = values(*numbers), torch.tensor(numbers, dtype=torch.float64, requires_grad=True)
    options = {"reduction": "sum"} if name.startswith("binary") else {}
    kind = torch.int64 if target == 2 else torch.float64
    loss, same = losses.LOSSES[name](ours, target), theirs(tensor, torch.tensor(target, dtype=kind), **options)
    loss.backward()
    same.backward()
    assert loss.data == pytest.approx(same.item(), rel=1e-13)
    assert [a.grad for a in ours] == pytest.approx(tensor.grad.tolist(), rel=1e-13, abs=1e-15)


@pytest.mark.parametrize("z", [-1000.0, -40.0, 0.0, 40.0, 1000.0])
@pytest.mark.parametrize("y", [0.0, 1.0, 0.3])
def test_binary_cross_entropy_of_any_logit(z, y):
    logit = Value(z)
    loss = losses.binary_cross_entropy(sigmoid(logit), y)
    loss.backward()
    x = mpmath.mpf(z)
    assert loss.data == pytest.approx(
        float(y * mpmath.log1p(mpmath.exp(-x)) + (1 - y) * mpmath.log1p(mpmath.exp(x))), rel=1e-14, abs=0
    )
    exact = (1 - y) / (1 + mpmath.exp(-x)) - y / (1 + mpmath.exp(x))
    assert logit.grad == pytest.approx(float(exact), rel=1e-13, abs=1e-300)


@pytest.mark.parametrize(
    "logits", [[1000.0, -1000.0, 0.0], [-1000.0, 1000.0, 999.0], [0.0, 0.0, 0.0], [800.0, 800.0, -800.0]]
)
@pytest.mark.parametrize("target", [0, 1, 2])
def test_cross_entropy_of_any_logits(logits, target):
    zs = values(*logits)
    loss = losses.cross_entropy(zs, target)
    loss.backward()
    with mpmath.workdps(1000):  # e¹⁰⁰⁰ and e⁻¹⁰⁰⁰ in one sum
        p = softmax([mpmath.mpf(z) for z in logits])
        exact = -mpmath.log(p[target])
        assert loss.data == pytest.approx(float(exact), rel=1e-13, abs=1e-13)
        for k, z in enumerate(zs):
            assert z.grad == pytest.approx(float(p[k] - (k == target)), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("target", [0, 1, 2])
def test_the_delta_of_cross_entropy_is_softmax_less_the_class_node_by_node(target):
    """In the graph itself: its partial toward a logit is that of logsumexp, and −1 more along the edge to the class."""
    zs = values(0.3, 1.5, -2.0)
    loss = losses.cross_entropy(zs, target)
    normaliser, chosen = loss.parents
    assert (loss.op.name, loss.partials) == ("subtract", (1.0, -1.0))
    assert (normaliser.op.name, normaliser.parents) == ("logsumexp", tuple(zs))
    assert normaliser.partials == pytest.approx([float(p) for p in softmax(list(map(mpmath.mpf, (0.3, 1.5, -2.0))))])
    assert (chosen.op.name, chosen.parents[1:]) == ("pick", tuple(zs))
    assert chosen.partials[1:] == tuple(float(k == target) for k in range(3))
    loss.backward()
    assert [z.grad for z in zs] == [p - (k == target) for k, p in enumerate(normaliser.partials)]


def test_a_target_that_is_a_value_chooses_by_where():
    by_index, by_value = values(0.3, 1.5, -2.0), values(0.3, 1.5, -2.0)
    first, second = losses.cross_entropy(by_index, 2), losses.cross_entropy(by_value, Value(2))
    first.backward()
    second.backward()
    assert first.data == second.data
    assert [z.grad for z in by_index] == [z.grad for z in by_value]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: losses.quadratic(values(1, 2), [1]),
            ValueError,
            r"quadratic: expected 2 target\(s\), one an output, got 1",
        ),
        (lambda: losses.hinge(values(1, 2), [1, 1]), ValueError, "hinge: expected a model with 1 output, got 2"),
        (lambda: losses.cross_entropy([], 0), ValueError, "expected two or more outputs, got 0"),
        (lambda: losses.binary_cross_entropy(Value(0.5), 2), ValueError, "expected targets from 0 to 1, got 2; for cl"),
        (lambda: losses.binary_cross_entropy_with_logits(Value(3.0), -1), ValueError, "targets from 0 to 1, got -1"),
        (lambda: losses.hinge(Value(1), 0), ValueError, "hinge: expected target -1 or 1, got 0"),
        (
            lambda: losses.binary_cross_entropy(Value(1.5), 1),
            ValueError,
            "expected a probability, got 1.5; give the model output='sigmoid'",
        ),
        (
            lambda: losses.cross_entropy(values(1, 2), 2),
            ValueError,
            "cross_entropy: expected a class from 0 to 1, got 2",
        ),
        (lambda: losses.cross_entropy(values(1, 2), 0.5), ValueError, "expected a class from 0 to 1, got 0.5"),
        (lambda: losses.cross_entropy(values(1, 2), math.nan), ValueError, "expected a class from 0 to 1, got nan"),
        (lambda: losses.cross_entropy(Value(1), 0), ValueError, "use binary_cross_entropy"),
        (
            lambda: losses.nll(values(0.3, 1.5), 1),
            ValueError,
            r"nll: expected log-prob.*got a sum of 4\.0\d+; give the model",
        ),
        (lambda: losses.nll(log_softmax(values(1, 2)), 2), ValueError, "nll: expected a class from 0 to 1, got 2"),
        (lambda: losses.find("best"), ValueError, "loss: expected a function or one of quadratic, mse"),
    ],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize(
    ("name", "prediction", "target", "right"),
    [
        ("hinge", [0.2], 1.0, 1), ("hinge", [0.2], -1.0, 0), ("hinge", [0.0], 1.0, 0),
        ("binary_cross_entropy", [0.7], 1.0, 1), ("binary_cross_entropy", [0.7], 0.0, 0),
        ("cross_entropy", [1.0, 3.0, 2.0], 1.0, 1), ("cross_entropy", [1.0, 3.0, 2.0], 2.0, 0),
        ("quadratic", [0.1, 0.9], [0.0, 1.0], 1), ("quadratic", [0.1, 0.9], [1.0, 0.0], 0),
        ("mse", [-3.0, -0.9], [0.0, 1.0], 1), ("huber", [-3.0, -0.9], [0.0, 1.0], 1), ("mae", [2, 1], [0.0, 1.0], 0),
        ("binary_cross_entropy_with_logits", [0.2], 1.0, 1), ("binary_cross_entropy_with_logits", [0.2], 0.0, 0),
        ("nll", [1.0, 3.0, 2.0], 1.0, 1),
    ],
)  # fmt: skip
def test_right_answers(name, prediction, target, right):
    loss = losses.LOSSES[name]
    outputs = values(*prediction)
    judged = loss.judge([target])(outputs if len(outputs) > 1 else outputs[0], target)
    assert judged.data == right


def test_no_accuracy_where_there_is_no_such_thing():
    assert losses.quadratic.judge([1.0, 0.0]) is None
    assert losses.quadratic.judge([[0.5, 0.5]]) is None
    assert losses.find(lambda a, y: a).judge([1.0]) is None


@pytest.mark.parametrize(
    ("a", "y", "cost", "slope"), [(0.0, 0, 0.0, 1.0), (1.0, 1, 0.0, -1.0), (0.0, 1, math.inf, -math.inf)]
)
def test_what_a_sure_prediction_costs(a, y, cost, slope):
    """0 where it is right: 0·ln 0 is 0 here. On a target that is a number and on one that is a Value."""
    tape = record(losses.binary_cross_entropy, 0.5, 0.25)
    value, (found, _) = tape.compile("python").value_and_grad(a, float(y))
    assert (value, found) == (cost, slope)
    prediction = Value(a)
    loss = losses.binary_cross_entropy(prediction, y)
    loss.backward()
    assert (loss.data, prediction.grad) == (cost, slope)


@pytest.mark.parametrize("y", [0, 1])
def test_what_is_no_probability_costs_nan_in_a_program(y):
    """As in one whose targets are inputs: the check is made when it is recorded."""
    tape = record(lambda a: losses.binary_cross_entropy(a, y), 0.5)
    assert all(math.isnan(tape.compile("python")(a)) for a in (-0.5, 1.5))


@pytest.mark.parametrize("y", [0, Value(0.0)])
def test_the_slope_of_a_prediction_that_is_nearly_sure(y):
    """1/a overflows where a is no normal double."""
    prediction = Value(1e-310)
    losses.binary_cross_entropy(prediction, y).backward()
    assert prediction.grad == 1.0


@pytest.mark.parametrize("name", ["quadratic", "mse", "mae", "huber"])
def test_a_prediction_of_no_outputs_is_refused(name):
    with pytest.raises(ValueError, match=f"^{name}: expected a prediction of at least one output, got none$"):
        losses.LOSSES[name]([], [])

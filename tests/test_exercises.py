"""The exercises: every right answer, every slip by its name, any other answer with something useful; the terminal."""

import io
import random
import re

import pytest

from autograd_lite.__main__ import main
from autograd_lite.exercises import TASKS, exercise
from autograd_lite.exercises.answers import NumberAnswer, off
from autograd_lite.exercises.choices import Choice, Order
from autograd_lite.exercises.formula import Definition, Formula
from autograd_lite.exercises.function import Function
from autograd_lite.ops import FUNCTIONS, TABLE
from autograd_lite.telling.defining import OWN
from autograd_lite.telling.mistakes import WRONG
from autograd_lite.value import Value

LANGUAGES = ["en", "zh"]


@pytest.fixture(autouse=True)
def no_op_is_left_over():
    yield
    for name in list(OWN):
        del OWN[name], TABLE[name], FUNCTIONS[name]
        delattr(Value, name)


# Answered by hand, apart from what the exercises hold: in the order of the pages.
ANSWERS = {
    "square-slope": 6, "product-slope": 2.0, "tanh-slope": "1 - a*a",
    "two-paths": 4, "cube-paths": 3, "sigmoid-chain": "x*a - x*a**2",
    "cube-twice": 54, "push-order": "d, c, b, a", "which-mistake": "=",
    "neuron-delta": -0.329, "neuron-weights": "x*(1 - tanh(w*x + b)**2)*(a - y)",
    "neuron-backward": lambda w, x, b, y: _neuron(w, x, b, y),
    "layer-count": 26, "layer-delta": "-0.125", "layer-weights": lambda d, a: [[p * q for q in a] for p in d],
    "bp1-quadratic": "a*(a - a**2 - y + y*a)", "bp2-by-hand": lambda w, d, z: _bp2(w, d, z), "which-equation": 2,
    "sgd-step": 0.2, "steps-an-epoch": 32, "softmax-nll": lambda z, k: _nll(z, k),
    "saturated-cost": "sigmoid(z) - y", "dead-relu": 1, "wrong-clip": "gradient",
    "tape-length": 3, "tape-fixed": 9, "define-softsign": lambda x, out: (1 - abs(out)) ** 2,
    "loop-delta": "bp2", "loop-count": 23520, "loop-transpose": "j",
    "jvp-by-hand": 30, "how-many-passes": 1000, "hessian-entry": 6,
    "uniform-loss": 3.296, "torch-zero": 54.0, "missing-line": "zero_grad",
}  # fmt: skip


def _tanh(z):
    from math import exp

    return (exp(z) - exp(-z)) / (exp(z) + exp(-z))


def _neuron(w, x, b, y):
    a = _tanh(w * x + b)
    delta = (a - y) * (1 - a) * (1 + a)
    return delta * x, delta * w, delta


def _bp2(w, d, z):
    from math import exp

    slopes = [exp(-x) / (1 + exp(-x)) ** 2 for x in z]
    return [sum(w[j][k] * d[j] for j in range(len(d))) * slopes[k] for k in range(len(z))]


def _nll(z, k):
    from math import exp

    total = sum(map(exp, z))
    return [exp(x) / total - (i == k) for i, x in enumerate(z)]


def test_two_or_three_exercises_a_page():
    pages = [task.page for task in TASKS.values()]
    assert {page: pages.count(page) for page in pages} == dict.fromkeys(range(1, 13), 3)
    assert ANSWERS.keys() == TASKS.keys()


@pytest.mark.parametrize("name", TASKS)
def test_the_right_answer_is_right(name):
    for language in LANGUAGES:
        feedback = exercise(name, language).check(ANSWERS[name])
        assert feedback.right, feedback
        assert str(feedback).startswith(("Right. ", "正确。"))


@pytest.mark.parametrize("name", TASKS)
def test_a_slip_is_told_by_its_name(name):
    for answer, en, zh in TASKS[name].kind.slips:
        for language, said in (("en", en), ("zh", zh)):
            feedback = exercise(name, language).check(answer)
            assert not feedback.right, answer
            assert said in feedback.words, answer


@pytest.mark.parametrize("name", [name for name, task in TASKS.items() if isinstance(task.kind, NumberAnswer)])
def test_another_number_gets_more_than_wrong(name):
    generator = random.Random(name)
    for _ in range(20):
        number = generator.uniform(-100, 100)
        feedback = exercise(name, "en").check(number)
        assert not feedback.right
        assert re.match(r"Not yet\. .*(large|small|sign|times|half|third|th) ?.*\. .+", feedback.words), feedback
        assert TASKS[name].hints[0].en in feedback.words


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("square-slope", "3 · 2"),
        ("neuron-delta", "−0.3294"),
        ("tanh-slope", "1 − a²"),
        ("tanh-slope", "(1 − a)(1 + a)"),
        ("tanh-slope", "1（1-a·a）"),
        ("sigmoid-chain", "a(1 − a)x"),
        ("sigmoid-chain", "σ(z)(1 − σ(z)) · x"),
        ("neuron-weights", "x(a−y)(1−tanh(z)²)"),
        ("uniform-loss", "−ln(1/27)"),
        ("tanh-slope", "da/dz = 1 − tanh² z"),
        ("neuron-weights", "x(a − y) − xa²(a − y)"),
        ("sigmoid-chain", "ax(1 − a)"),
        ("saturated-cost", "2a − y − a"),
        ("define-softsign", "1/(1 + |x|)²"),
        ("square-slope", "dy/dx = ６"),
        ("uniform-loss", "≈ 3.296"),
        ("push-order", "dcab"),
        ("push-order", "D → C → A → B"),
        ("which-equation", "BP 2"),
        ("which-equation", "2)"),
        ("which-mistake", "1) = for +="),
        ("missing-line", "zero grad"),
        ("missing-line", "model.zero_grad()"),
        ("wrong-clip", "the gradient"),
    ],
)
def test_an_answer_may_be_written_as_the_course_writes_it(name, answer):
    assert exercise(name, "en").check(answer).right


@pytest.mark.parametrize(
    ("number", "right", "said"),
    [
        (-6.0, 6.0, "the sign is not"),
        (12.0, 6.0, "2 times"),
        (3.0, 6.0, "half"),
        (0.6, 6.0, "one 10th"),
        (7.0, 6.0, "too large"),
        (0.0, 6.0, "too small"),
        (-7.0, 6.0, "Not the sign"),
        (float("nan"), 6.0, "no number"),
    ],
)
def test_how_a_number_is_off(number, right, said):
    assert said in off(number, right).en


@pytest.mark.parametrize(
    ("name", "answer", "said"),
    [
        ("sigmoid-chain", "-a*(1-a)*x", "The sign is wrong"),
        ("sigmoid-chain", "3*a*(1-a)*x", "3 times"),
        ("sigmoid-chain", "a*(1-a)*x*b", "a factor b too much"),
        ("sigmoid-chain", "(1-a)*x", "The factor a is missing"),
        ("sigmoid-chain", 1.5, "yours is 1.5, and the right one is"),
        ("which-mistake", "no z", "x.grad = 72 here, and not 9"),
        ("push-order", ["a", "d", "c", "b"], "a comes too early"),
        ("neuron-backward", lambda w, x, b, y: (_neuron(w, x, b, y)[0], w, 1.0), "∂C/∂x: that is the local derivative"),
        ("neuron-backward", lambda w, x, b, y: (1, 2, 3), "∂C/∂w is wrong: at w = 0.5, x = 2"),
        ("neuron-backward", lambda w, x, b, y: (1, 2), "2 numbers, not 3"),
        ("neuron-backward", lambda w, x, b, y: w / 0, "raised ZeroDivisionError"),
        ("neuron-backward", lambda w: w, "raised TypeError"),
        ("neuron-backward", lambda w, x, b, y: ("a", 2, 3), "returns something else than numbers: 'a' (str) at [0]"),
        ("neuron-backward", lambda w, x, b, y: None, "returns None: is its return missing?"),
        ("neuron-delta", -0.3, "-0.3 is too small in size"),
        ("neuron-delta", -0.6589, "you went one step too far, to ∂C/∂w"),
        ("missing-line", "model.step()", "without the step"),
        ("square-slope", 6.0000001, "6.0000001 is too large"),
        ("sgd-step", 0.6, "that is the step alone, and along the sum"),
        ("sgd-step", 0.3, "either that is the step alone"),
        ("define-softsign", lambda x, out: None, "It returns None: is its return missing?"),
        ("define-softsign", lambda x, out: "1", "It returns '1' (str), which is no number"),
        (
            "layer-weights",
            lambda d, a: [p * q for p in d for q in a],
            "6 numbers as well, but they are nested otherwise",
        ),
        ("layer-weights", lambda d, a: d.clear() or [[0.0] * len(a)] * 2, "[0][0] is wrong"),
        ("define-softsign", "1/(1+abs(x))", "is missing"),
        ("define-softsign", "2*x", "expected the partials of the definition"),
    ],
)
def test_what_else_is_told(name, answer, said):
    feedback = exercise(name, "en").check(answer)
    assert not feedback.right
    assert said in feedback.words


@pytest.mark.parametrize(
    ("name", "answer", "error", "said"),
    [
        ("square-slope", "2*x", ValueError, "x has no value"),
        ("square-slope", [6], TypeError, "expected a number, like 0.5 or 2*3, got [6] (list)"),
        ("square-slope", True, TypeError, "expected a number, like 0.5 or 2*3, got True (bool)"),
        ("product-slope", "2,0", ValueError, "got '2,0' (str); decimals begin with a point"),
        ("loop-count", "23,520", ValueError, "no comma stands between digits"),
        ("tanh-slope", True, TypeError, "expected an expression as text"),
        ("tanh-slope", "", ValueError, "expected an expression as text"),
        ("sigmoid-chain", "σ′(z)x", ValueError, "got σ′ in it; write out what this derivative is"),
        ("square-slope", "__import__('os')", ValueError, "expected a function such as"),
        ("tanh-slope", "1 - q", ValueError, "expected an expression in a, z, got q"),
        ("tanh-slope", None, TypeError, "expected an expression as text"),
        ("tanh-slope", "1 - a^2", ValueError, "a power is written"),
        ("tanh-slope", "log(0*a - 1)", ValueError, "which is no number to go on with"),
        ("which-equation", "BP5", ValueError, "expected one of 1) BP1, 2) BP2, 3) BP3, 4) BP4"),
        ("which-equation", "BP", ValueError, "expected one of"),
        ("push-order", "a, b, c", ValueError, "each of a, b, c, d once"),
        ("square-slope", " ", ValueError, "expected a number, like 0.5 or 2*3, got nothing"),
        ("square-slope", "six", ValueError, "got 'six' (str): six has no value"),
        ("wrong-clip", "value and gradient", ValueError, "expected one of 1) value, 2) gradient"),
        ("define-softsign", lambda x: x, TypeError, "expected a function partials(x, out) of two arguments"),
        ("neuron-backward", 3, TypeError, "expected a function neuron_backward(w, x, b, y)"),
        ("neuron-backward", (1.0, 2.0, 3.0), TypeError, "give it by its name alone, .check(neuron_backward)"),
    ],
)
def test_what_is_no_answer_is_an_error_in_one_line(name, answer, error, said):
    with pytest.raises(error) as raised:
        exercise(name, "en").check(answer)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_function_is_called_once_a_sample(capsys):
    def neuron_backward(w, x, b, y):
        print(w)
        return 1.0, 2.0, 3.0

    exercise("neuron-backward", "en").check(neuron_backward)
    assert capsys.readouterr().out.split() == ["0.5"]


def test_names_and_languages(monkeypatch):
    with pytest.raises(ValueError, match="expected a name such as square-slope"):
        exercise("square")
    with pytest.raises(ValueError, match="expected language to be en or zh"):
        exercise("square-slope", "de")
    for variable in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(variable, raising=False)
    assert exercise("square-slope").language == "en"
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert "等于多少" in exercise("square-slope").text
    monkeypatch.setenv("LANGUAGE", "en")
    assert exercise("square-slope").language == "en"


def test_hints_come_in_steps_and_the_last_comes_again():
    one = exercise("neuron-delta", "en")
    hints = [str(one.hint()) for _ in range(4)]
    assert [hint[:9] for hint in hints] == ["Hint 1/3:", "Hint 2/3:", "Hint 3/3:", "Hint 3/3:"]
    assert one.hint().right is None


@pytest.mark.parametrize("name", TASKS)
def test_everything_is_in_both_languages_and_shows_itself(name):
    task = TASKS[name]
    texts = [task.question, task.kind.asks, *task.hints, *((en, zh) for _, en, zh in task.kind.slips)]
    assert all(en and re.search("[一-鿿]|^[^A-Za-z]*$|=", zh) for en, zh in texts)
    for language in LANGUAGES:
        assert name in exercise(name, language)._repr_html_()
    assert len(task.hints) >= 2


def test_the_mistakes_come_from_the_one_list():
    kind = TASKS["which-mistake"].kind
    assert isinstance(kind, Choice)
    assert kind.options == list(WRONG)


def test_every_kind_is_met():
    assert {type(task.kind) for task in TASKS.values()} == {NumberAnswer, Choice, Order, Formula, Definition, Function}


# ---- the terminal ----


def practise(lines, monkeypatch, capsys, *arguments):
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(lines)))
    code = main(["practice", "--language", "en", *arguments])
    return code, capsys.readouterr().out


def test_practice_asks_until_it_is_right(monkeypatch, capsys):
    code, printed = practise(["9", "hint", "x", "6"], monkeypatch, capsys, "square-slope")
    assert code == 0
    assert "9 is y itself" in printed
    assert "Hint 1/2" in printed
    assert "x has no value" in printed
    assert printed.endswith("right: 1 of 1\n")


@pytest.mark.parametrize("lines", [["9"], ["skip"], ["quit"], []])
def test_practice_that_ends_before_it_is_right(lines, monkeypatch, capsys):
    code, printed = practise(lines, monkeypatch, capsys, "square-slope")
    assert (code, printed.splitlines()[-1]) == (1, "right: 0 of 1")


def test_practice_all_from_lines(monkeypatch, capsys, tmp_path):
    (tmp_path / "all.py").write_text(
        "from math import exp, tanh\n"
        "def neuron_backward(w, x, b, y):\n"
        "    a = tanh(w*x + b)\n"
        "    d = (a - y)*(1 - a*a)\n"
        "    return d*x, d*w, d\n"
        "def layer_weights(delta, a_before): return [[d * a for a in a_before] for d in delta]\n"
        "def s(x): return 1/(1 + exp(-x))\n"
        "def bp2_by_hand(w, d, z):\n"
        "    return [sum(w[j][k]*d[j] for j in range(len(d)))*s(z[k])*(1 - s(z[k])) for k in range(len(z))]\n"
        "def softmax_nll(z, k): return [exp(x)/sum(map(exp, z)) - (i == k) for i, x in enumerate(z)]\n"
    )
    typed = {**ANSWERS, "define-softsign": '"1/(1 + abs(x))**2"', "push-order": "d c a b"}
    lines = [str(tmp_path / "all.py") if callable(answer) else str(answer) for answer in typed.values()]
    code, printed = practise(lines, monkeypatch, capsys)
    assert code == 0, printed
    assert printed.endswith("right: 36 of 36\n")


def test_practice_with_a_file_that_does_not_work(monkeypatch, capsys, tmp_path):
    (tmp_path / "raises.py").write_text("1/0\n")
    (tmp_path / "empty.py").write_text("")
    lines = ["d*x", str(tmp_path / "none.py"), str(tmp_path / "raises.py"), str(tmp_path / "empty.py")]
    code, printed = practise(lines, monkeypatch, capsys, "neuron-backward")
    assert code == 1
    for said in ("path of a Python file", "No such file", "raised ZeroDivisionError", "to have a function neuron_bac"):
        assert said in printed


def test_practice_lists_and_refuses(monkeypatch, capsys):
    assert main(["practice", "--list", "--language", "en"]) == 0
    assert capsys.readouterr().out.count("page") == 12
    assert main(["practice", "no-such"]) == 2
    assert "exercise: expected a name such as" in capsys.readouterr().err

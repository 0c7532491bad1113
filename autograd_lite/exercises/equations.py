"""Pages 6 and 7: the four equations, and the algorithm."""

from __future__ import annotations

import math

from autograd_lite.exercises.answers import NumberAnswer
from autograd_lite.exercises.choices import Choice
from autograd_lite.exercises.formula import Formula
from autograd_lite.exercises.function import Function
from autograd_lite.exercises.task import Task
from autograd_lite.exercises.text import Text
from autograd_lite.lists import log_softmax
from autograd_lite.value import Value

Rows = list[list[float]]


def _sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-z))


def deltas_by_the_engine(w_next: Rows, delta_next: list[float], z: list[float]) -> list[float]:
    """The gradients by z of Σⱼ δⱼ Σₖ wⱼₖ σ(zₖ), which the engine finds."""
    leaves = [Value(x) for x in z]
    activations = [leaf.sigmoid() for leaf in leaves]
    terms = [
        d * w * a
        for d, row in zip(delta_next, w_next, strict=True)
        for w, a in zip(row, activations, strict=True)
    ]  # fmt: skip
    sum(terms, Value(0.0)).backward()
    return [leaf.grad for leaf in leaves]


def _down(w: Rows, delta: list[float]) -> list[float]:
    return [sum(row[k] * d for row, d in zip(w, delta, strict=True)) for k in range(len(w[0]))]


def _across(w: Rows, delta: list[float]) -> list[float]:
    return [sum(x * d for x, d in zip(row, delta, strict=True)) for row in w]


def _slopes(z: list[float]) -> list[float]:
    return [_sigmoid(x) * (1 - _sigmoid(x)) for x in z]


def _times(xs: list[float], ys: list[float]) -> list[float]:
    return [x * y for x, y in zip(xs, ys, strict=True)]


def nll_by_the_engine(z: list[float], k: int) -> list[float]:
    """The gradient of −ln softmax(z)ₖ, which the engine finds."""
    leaves = [Value(x) for x in z]
    (-log_softmax(leaves)[k]).backward()
    return [leaf.grad for leaf in leaves]


def _softmax(z: list[float]) -> list[float]:
    powers = [math.exp(x) for x in z]
    return [x / sum(powers) for x in powers]


def _one_at(k: int, n: int) -> list[float]:
    return [float(i == k) for i in range(n)]


BP = ["BP1", "BP2", "BP3", "BP4"]
EQUATIONS = [
    Task(
        "bp1-quadratic", 6,
        Text("The last layer has the sigmoid, a = σ(z), and the cost is quadratic, C = ½(a − y)². Write BP1, δ of its "
             "neuron, with a and y.",
             "最后一层用 sigmoid，a = σ(z)，二次代价 C = ½(a − y)²。用 a 和 y 写出 BP1，即该神经元的 δ。"),
        Formula("(a-y)*a*(1-a)", "z y", [
            ("a - y", "σ′ is missing: BP1 is ∂C/∂a times σ′(z).", "少了 σ′：BP1 是 ∂C/∂a 乘 σ′(z)。"),
            ("(y-a)*a*(1-a)", "the sign: the derivative of ½(a − y)² by a is a − y.", "符号反了：½(a − y)² 对 a 的导数是 a − y。"),
            ("(a-y)*sigmoid(a)*(1-sigmoid(a))", "σ′ is taken at a. a is σ(z) already, so σ′(z) = a(1 − a).",
             "σ′ 取在了 a 处。a 已经是 σ(z)，所以 σ′(z) = a(1 − a)。"),
            ("(a-y)*z*(1-z)", "a(1 − a) takes the output, and you gave it the input z.", "a(1 − a) 要用输出，你代入的却是输入 z。"),
            ("a*(1-a)", "that is σ′(z) alone: the other factor of BP1 is ∂C/∂a.", "这只是 σ′(z)：BP1 还有另一个因子 ∂C/∂a。"),
            ("(a-y)*a", "a is σ(z) itself; BP1 takes its slope, σ′(z) = a(1 − a).", "a 是 σ(z) 本身；BP1 要用它的导数 σ′(z) = a(1 − a)。"),
            ("(a-y)*(1-a**2)", "1 − a² is the slope of tanh.", "1 − a² 是 tanh 的导数。"),
            ("2*(a-y)*a*(1-a)", "twice too much: the ½ takes the 2 away.", "多了一倍：½ 消去了 2。"),
        ], {"a": "sigmoid(z)"}),
        [Text("BP1: δᴸ = ∇ₐC ⊙ σ′(zᴸ). What is each factor?", "BP1：δᴸ = ∇ₐC ⊙ σ′(zᴸ)。两个因子各是什么？"),
         Text("∂C/∂a = a − y and σ′(z) = a(1 − a): δ = (a − y) a (1 − a).", "∂C/∂a = a − y，σ′(z) = a(1 − a)：δ = (a − y) a (1 − a)。")],
    ),
    Task(
        "bp2-by-hand", 6,
        Text("Write BP2 for a layer of sigmoid neurons: from the next layer's weights w_next[j][k] and errors "
             "delta_next[j], and this layer's z[k].",
             "为一层 sigmoid 神经元写出 BP2：已知下一层的权重 w_next[j][k]、误差项 delta_next[j]，以及本层的 z[k]。"),
        Function("bp2_by_hand", "w_next, delta_next, z", Text("the list of this layer's δ[k]", "由本层各 δ[k] 组成的列表"),
                 deltas_by_the_engine, [
            ([[1.0, -2.0], [3.0, 0.5]], [0.1, -0.2], [0.3, -1.0]),
            ([[0.4, 1.1, -0.6], [-0.9, 0.2, 0.8], [0.7, -1.3, 0.5]], [0.5, -0.1, 0.3], [2.0, 0.1, -0.7]),
        ], [
            (lambda w, d, z: _times(_across(w, d), _slopes(z)),
             "not transposed: δ[k] sums over j, down column k: Σⱼ w_next[j][k] · delta_next[j].",
             "没有转置：δ[k] 要对 j 求和，沿第 k 列：Σⱼ w_next[j][k] · delta_next[j]。"),
            (lambda w, d, z: _down(w, d), "σ′ is missing: multiply each by σ′(z[k]).", "少了 σ′：每个都要乘 σ′(z[k])。"),
            (lambda w, d, z: _times(_down(w, d), [_sigmoid(x) for x in z]),
             "that is σ(z), not its derivative σ′(z) = σ(z)(1 − σ(z)).", "乘的是 σ(z)，而不是导数 σ′(z) = σ(z)(1 − σ(z))。"),
            (lambda w, d, z: _times(_down(w, d), _slopes([_sigmoid(x) for x in z])),
             "σ′ is taken at a = σ(z); it belongs at z.", "σ′ 取在了 a = σ(z) 处，应取在 z 处。"),
            (lambda w, d, z: _times(_down(w, d), [x * (1 - x) for x in z]),
             "input for output: a(1 − a) takes a = σ(z), not z.", "把输入当成了输出：a(1 − a) 要用 a = σ(z)，而不是 z。"),
            (lambda w, d, z: _times(_down(w, d), [1 - _sigmoid(x) ** 2 for x in z]),
             "1 − a² is the slope of tanh; these are sigmoids, with a(1 − a).",
             "1 − a² 是 tanh 的导数；这里是 sigmoid，导数是 a(1 − a)。"),
            (lambda w, d, z: _times(_down(w, d), [1 - math.tanh(x) ** 2 for x in z]),
             "that is tanh′; these neurons are sigmoids: σ′(z) = σ(z)(1 − σ(z)).",
             "这是 tanh 的导数；这些神经元是 sigmoid：σ′(z) = σ(z)(1 − σ(z))。"),
            (lambda w, d, z: _times(d, _slopes(z)) if len(d) == len(z) else [],
             "the weights are missing: δ[k] sums w_next[j][k] · delta_next[j] over j.",
             "少了权重：δ[k] 是 w_next[j][k] · delta_next[j] 对 j 的和。"),
            (lambda w, d, z: [-x for x in deltas_by_the_engine(w, d, z)], "wrong sign: there is no minus in BP2.",
             "符号反了：BP2 里没有负号。"),
        ]),
        [Text("Neuron k reaches every neuron j of the next layer: a sum over j.", "神经元 k 通向下一层的每个神经元 j：对 j 求和。"),
         Text("δ[k] = (Σⱼ w_next[j][k] · delta_next[j]) · σ′(z[k]).", "δ[k] = (Σⱼ w_next[j][k] · delta_next[j]) · σ′(z[k])。"),
         Text("With s = 1 / (1 + math.exp(-z[k])), σ′(z[k]) = s(1 − s): the sum over j of w_next[j][k] · delta_next[j], "
              "times s(1 − s).",
              "令 s = 1 / (1 + math.exp(-z[k]))，则 σ′(z[k]) = s(1 − s)：先对 j 求和 w_next[j][k] · delta_next[j]，再乘 s(1 − s)。")],
    ),
    Task(
        "which-equation", 6,
        Text("A backward pass by hand on a 3-2-1 net is held to the engine. δ², ∂C/∂w² and ∂C/∂b² agree. δ¹ does not; "
             "∂C/∂b¹ equals that δ¹, and ∂C/∂w¹ equals that δ¹ times the inputs.\nWhich equation is written wrong?",
             "在 3-2-1 网络上，把手写的反向传播与引擎比对。δ²、∂C/∂w²、∂C/∂b² 都一致。δ¹ 不一致；∂C/∂b¹ 等于这个 δ¹，"
             "∂C/∂w¹ 等于这个 δ¹ 乘输入。\n哪个方程写错了？"),
        Choice(BP, "BP2", [
            ("BP1", "BP1 gives δ of the last layer, and δ² agrees.", "BP1 给出最后一层的 δ，而 δ² 是一致的。"),
            ("BP3", "BP3 does what it should: ∂C/∂w¹ is δ¹ times the inputs. What it was given is wrong.",
             "BP3 没有错：∂C/∂w¹ 是 δ¹ 乘输入，错的是交给它的 δ¹。"),
            ("BP4", "BP4 does what it should: ∂C/∂b¹ is δ¹. What it was given is wrong.", "BP4 没有错：∂C/∂b¹ 就是 δ¹，错的是交给它的 δ¹。"),
        ]),
        [Text("Which equation computes δ¹, and from what?", "哪个方程计算 δ¹？由什么算出？"),
         Text("BP2 computes δ¹ from δ², which is right; the other three do as they should.",
              "BP2 由正确的 δ² 计算 δ¹；其余三个都没有错。")],
    ),
]  # fmt: skip

ALGORITHM = [
    Task(
        "sgd-step", 7,
        Text("w = 0.5 and η = 0.1. The two samples of a mini-batch have the gradients 2 and 4. What is w after one step?",
             "w = 0.5，η = 0.1。小批量中两个样本的梯度是 2 和 4。更新一步后 w 等于多少？"),
        NumberAnswer(0.2, [
            (-0.1, "that goes along the sum, 6. Take the mean: the step is η/m times the sum.",
             "这是沿着梯度之和 6 走的。应取平均：这一步是 η/m 乘以梯度之和。"),
            (0.8, "that goes uphill. Descent subtracts.", "这是上坡。梯度下降要减。"),
            (0.3, "either that is the step alone, 0.1 · 3, which w has yet to take; or it is a step along the first sample "
             "alone.", "要么这只是步长 0.1 · 3，还要从 w 里减去；要么你只用了第一个样本。"),
            (0.6, "that is the step alone, and along the sum: 0.1 · 6. Take the mean, and subtract it from w.",
             "这只是步长，而且用了总和：0.1 · 6。应取平均，再从 w 里减去。"),
            (1.1, "uphill, and along the sum, 6. Subtract, and take the mean.", "这是上坡，用的又是总和 6。要减，而且要取平均。"),
            (-5.5, "that is without η, and along the sum.", "忘了 η，用的又是总和。"),
            (0.1, "that is a step along the second sample alone.", "这只用了第二个样本。"),
            (-2.5, "that is without η: the step is 0.1 times the mean gradient.", "忘了 η：这一步是 0.1 乘以平均梯度。"),
            (3.0, "that is the mean gradient. Step against it: w − η · 3.", "这是平均梯度。沿它的反方向走：w − η · 3。"),
        ]),
        [Text("w ← w − (η/m) Σ gradients.", "w ← w − (η/m) Σ 梯度。"),
         Text("0.5 − 0.1 · (2 + 4)/2 = 0.5 − 0.3 = 0.2.", "0.5 − 0.1 · (2 + 4)/2 = 0.5 − 0.3 = 0.2。")],
    ),
    Task(
        "steps-an-epoch", 7,
        Text("1000 samples, mini-batches of 32. How many steps does an epoch take?",
             "共有 1000 个样本，每个小批量 32 个。一个迭代周期要更新多少次？"),
        NumberAnswer(32.0, [
            (31.0, "8 samples are left over: they make a smaller batch, and a step of their own.",
             "还剩 8 个样本：它们组成一个较小的批量，也要走一步。"),
            (31.25, "a step is taken or not: round up.", "步数是整数：向上取整。"),
            (1000.0, "that is a step a sample; here 32 samples share one.", "那是每个样本走一步；这里 32 个样本合走一步。"),
            (1.0, "that is the full batch: all samples, one step.", "那是全批量：所有样本走一步。"),
            (32000.0, "those are more samples than there are.", "这比样本总数还多。"),
        ]),
        [Text("An epoch meets each sample once. Divide, and look at what is left over.", "一个迭代周期中每个样本出现一次。做除法，再看余数。"),
         Text("1000 = 31 · 32 + 8: 31 full batches and a small one, 32 steps.", "1000 = 31 · 32 + 8：31 个完整的批量和一个小的，共 32 步。")],
    ),
    Task(
        "softmax-nll", 7,
        Text("C = −ln softmax(z)[k], the negative log-likelihood of class k. Give its gradient by z.",
             "C = −ln softmax(z)[k]，即类别 k 的负对数似然。求它对 z 的梯度。"),
        Function("softmax_nll", "z, k", Text("the list of all ∂C/∂z[i]", "由各 ∂C/∂z[i] 组成的列表"), nll_by_the_engine,
                 [([1.0, 2.0, 0.5], 0), ([-0.3, 0.8, 0.1, 1.2], 2)], [
            (lambda z, k: _softmax(z), "the −1 at place k is missing: δ = softmax(z) − 1ₖ.", "第 k 个位置上少了 −1：δ = softmax(z) − 1ₖ。"),
            (lambda z, k: [o - p for p, o in zip(_softmax(z), _one_at(k, len(z)), strict=True)],
             "wrong sign: it is softmax(z) − 1ₖ, so that descent raises z[k].", "符号反了：应为 softmax(z) − 1ₖ，这样下降时 z[k] 会增大。"),
            (lambda z, k: [p - 1 for p in _softmax(z)], "−1 at every place: it belongs to the right class k alone.",
             "每个位置都减了 1：只有正确的类别 k 才减 1。"),
            (lambda z, k: [(p - 1) * o for p, o in zip(_softmax(z), _one_at(k, len(z)), strict=True)],
             "only place k: the other z[i] stand in softmax's denominator, so they have a gradient, too.",
             "只算了第 k 个：其他 z[i] 也在 softmax 的分母里，因此也有梯度。"),
            (lambda z, k: [-o / p for p, o in zip(_softmax(z), _one_at(k, len(z)), strict=True)],
             "that is ∂C/∂softmax. The path goes on through softmax, whose outputs all depend on every z.",
             "这是 ∂C/∂softmax。路径还要经过 softmax，它的每个输出都依赖所有的 z。"),
        ]),
        [Text("C = ln Σ exp z[i] − z[k]. Differentiate the two terms by z[i].", "C = ln Σ exp z[i] − z[k]。把这两项分别对 z[i] 求导。"),
         Text("The first gives softmax(z)[i], the second −1 at i = k and 0 elsewhere.", "第一项得 softmax(z)[i]；第二项在 i = k 处得 −1，其他处得 0。"),
         Text("δ = softmax(z) − 1ₖ: [p - (i == k) for i, p in enumerate(softmax(z))].",
              "δ = softmax(z) − 1ₖ：[p - (i == k) for i, p in enumerate(softmax(z))]。")],
    ),
]  # fmt: skip

TASKS = [*EQUATIONS, *ALGORITHM]

"""Pages 4 and 5: a neuron, and a layer of them."""

from __future__ import annotations

import math

from autograd_lite.exercises.answers import NumberAnswer
from autograd_lite.exercises.formula import Formula
from autograd_lite.exercises.function import Function
from autograd_lite.exercises.task import Task
from autograd_lite.exercises.text import Text
from autograd_lite.value import Value

Triple = tuple[float, float, float]


def by_the_engine(w: float, x: float, b: float, y: float) -> Triple:
    """The gradients of ½(tanh(w·x + b) − y)², which the engine finds."""
    leaves = [Value(w), Value(x), Value(b)]
    a = (leaves[0] * leaves[1] + leaves[2]).tanh()
    ((a - y) ** 2 / 2).backward()
    return leaves[0].grad, leaves[1].grad, leaves[2].grad


def _from(delta: float, w: float, x: float) -> Triple:
    return delta * x, delta * w, delta


def _no_slope(w: float, x: float, b: float, y: float) -> Triple:
    return _from(math.tanh(w * x + b) - y, w, x)


def _wrong_sign(w: float, x: float, b: float, y: float) -> Triple:
    first, second, third = by_the_engine(w, x, b, y)
    return -first, -second, -third


def _input_for_output(w: float, x: float, b: float, y: float) -> Triple:
    z = w * x + b
    return _from((math.tanh(z) - y) * (1 - z * z), w, x)


def _swapped(w: float, x: float, b: float, y: float) -> Triple:
    first, second, third = by_the_engine(w, x, b, y)
    return second, first, third


def _no_target(w: float, x: float, b: float, y: float) -> Triple:
    return _from(1 - math.tanh(w * x + b) ** 2, w, x)


def _local_only(w: float, x: float, b: float, y: float) -> Triple:
    return x, w, 1.0


def weights_by_the_engine(delta: list[float], a_before: list[float]) -> list[list[float]]:
    """The gradients of Σⱼ δⱼ zⱼ by the weights of zⱼ = Σₖ wⱼₖ aₖ, which the engine finds."""
    weights = [[Value(0.5) for _ in a_before] for _ in delta]
    sum(
        (d * sum((w * a for w, a in zip(row, a_before, strict=True)), Value(0.0))
         for d, row in zip(delta, weights, strict=True)), Value(0.0),
    ).backward()  # fmt: skip
    return [[w.grad for w in row] for row in weights]


NEURON_NAMES = {"z": "w*x + b", "a": "tanh(z)"}
A = math.tanh(0.6)
NEURON = [
    Task(
        "neuron-delta", 4,
        Text("A neuron a = tanh(z), z = w · x + b, with w = 0.5, x = 2, b = −0.4, target y = 1 and the cost "
             "C = ½(a − y)². What is its error δ = ∂C/∂z?",
             "神经元 a = tanh(z)，z = w · x + b，其中 w = 0.5，x = 2，b = −0.4，目标 y = 1，代价 C = ½(a − y)²。"
             "误差项 δ = ∂C/∂z 等于多少？"),
        NumberAnswer((A - 1) * (1 - A * A), [
            (A - 1, "that is ∂C/∂a. The slope of tanh, 1 − a², is missing.", "这是 ∂C/∂a，少了 tanh 的导数 1 − a²。"),
            ((1 - A) * (1 - A * A), "the sign: the derivative of ½(a − y)² is a − y, which is negative here.",
             "符号反了：½(a − y)² 的导数是 a − y，这里是负的。"),
            ((A - 1) * (1 - 0.36), "the slope takes the output a = 0.5370, and you gave it z = 0.6.",
             "导数要用输出 a = 0.5370，你代入的却是 z = 0.6。"),
            (2 * (A - 1) * (1 - A * A), "twice too much. Either the 2 of the square is left, which the ½ of the cost takes "
             "away; or you went one step too far, to ∂C/∂w = δ · x, and x is 2.",
             "多了一倍。要么平方带来的 2 没有被代价里的 ½ 消去；要么多走了一步，求成了 ∂C/∂w = δ · x，而 x = 2。"),
            ((A - 1) ** 2 / 2, "that is the cost itself. Asked is how fast it grows when z grows.",
             "这是代价本身；要求的是 z 增大时它增大得多快。"),
            (1 - A * A, "that is the slope of tanh alone; multiply it by ∂C/∂a = a − y.",
             "这只是 tanh 的导数，还要乘上 ∂C/∂a = a − y。"),
        ]),
        [Text("z = 0.6 and a = tanh 0.6 = 0.5370. Two local derivatives lie between C and z.",
              "z = 0.6，a = tanh 0.6 = 0.5370。C 与 z 之间有两个局部导数。"),
         Text("They are ∂C/∂a = a − y and ∂a/∂z = 1 − a².", "它们是 ∂C/∂a = a − y 和 ∂a/∂z = 1 − a²。"),
         Text("−0.4630 · 0.7116 = −0.3294.", "−0.4630 · 0.7116 = −0.3294。")],
    ),
    Task(
        "neuron-weights", 4,
        Text("a = tanh(z), z = w · x + b, C = ½(a − y)². Write ∂C/∂w with a, y and x.",
             "a = tanh(z)，z = w · x + b，C = ½(a − y)²。用 a、y、x 写出 ∂C/∂w。"),
        Formula("(a-y)*(1-a**2)*x", "w x b y", [
            ("(a-y)*(1-a**2)", "that is δ = ∂C/∂z. One more step leads from z to w; its local derivative is x.",
             "这是 δ = ∂C/∂z。从 z 到 w 还有一步，局部导数是 x。"),
            ("(y-a)*(1-a**2)*x", "the sign: the derivative of ½(a − y)² by a is a − y.",
             "符号反了：½(a − y)² 对 a 的导数是 a − y。"),
            ("(a-y)*x", "σ′ is missing: the path from C to w goes through tanh, slope 1 − a².",
             "少了 σ′：从 C 到 w 的路径经过 tanh，其导数是 1 − a²。"),
            ("a - y", "that is ∂C/∂a. The path goes on, through tanh to z and then to w.",
             "这是 ∂C/∂a。路径还要继续：经过 tanh 到 z，再到 w。"),
            ("(1-a**2)*x", "that is ∂a/∂w. The path begins at C: ∂C/∂a = a − y is missing.",
             "这是 ∂a/∂w。路径从 C 开始：少了 ∂C/∂a = a − y。"),
            ("2*(a-y)*(1-a**2)*x", "twice too much: the ½ takes the 2 of the square away.", "多了一倍：½ 消去平方带来的 2。"),
            ("(a-y)*(1-a**2)*w", "that is ∂C/∂x. Toward w, the product carries x.", "这是 ∂C/∂x。对 w 而言，乘积的边上是 x。"),
            ("(a-y)*(1-z**2)*x", "the slope takes the output a, and you gave it the input z.",
             "导数要用输出 a，你代入的却是输入 z。"),
            ("(a-y)*a*(1-a)*x", "a(1 − a) is the sigmoid's slope; tanh has 1 − a².", "a(1 − a) 是 sigmoid 的导数，tanh 的是 1 − a²。"),
        ], NEURON_NAMES),
        [Text("Go from C to a to z to w. Three local derivatives, multiplied.", "从 C 到 a 到 z 到 w：三个局部导数相乘。"),
         Text("a − y, then 1 − a², then x: (a − y)(1 − a²)x.", "依次是 a − y、1 − a²、x：(a − y)(1 − a²)x。")],
    ),
    Task(
        "neuron-backward", 4,
        Text("Write the backward pass of a neuron by hand: a = tanh(w · x + b), C = ½(a − y)². It is held to the engine.",
             "手写一个神经元的反向传播：a = tanh(w · x + b)，C = ½(a − y)²。结果会与引擎比对。"),
        Function("neuron_backward", "w, x, b, y",
                 Text("(∂C/∂w, ∂C/∂x, ∂C/∂b)", "三元组 (∂C/∂w, ∂C/∂x, ∂C/∂b)"), by_the_engine,
                 [(0.5, 2.0, -0.4, 1.0), (-1.2, 0.7, 0.3, -1.0), (0.9, -1.1, 0.2, 0.25)], [
            (_no_slope, "σ′ is missing: multiply a − y by the slope of tanh, 1 − a².", "少了 σ′：a − y 还要乘 tanh 的导数 1 − a²。"),
            (_wrong_sign, "wrong sign: ∂C/∂a is a − y, not y − a.", "符号反了：∂C/∂a 是 a − y，不是 y − a。"),
            (_input_for_output, "input for output: the slope is 1 − a² with a = tanh z, not 1 − z².",
             "把输入当成了输出：导数是 1 − a²，其中 a = tanh z，而不是 1 − z²。"),
            (_swapped, "w and x are swapped: toward w stands x, toward x stands w.", "w 与 x 弄反了：对 w 求导得 x，对 x 求导得 w。"),
            (_no_target, "∂C/∂a = a − y is missing: that is the gradient of a, not of the cost.",
             "少了 ∂C/∂a = a − y：这是 a 的梯度，不是代价的梯度。"),
            (_local_only, "that is the local derivative of z alone; multiply it by δ = (a − y)(1 − a²).",
             "这只是 z 的局部导数，还要乘 δ = (a − y)(1 − a²)。"),
        ], ("∂C/∂w", "∂C/∂x", "∂C/∂b")),
        [Text("First δ = ∂C/∂z. All three results are δ times one number.", "先求 δ = ∂C/∂z。三个结果都是 δ 乘一个数。"),
         Text("δ = (a − y)(1 − a²) with a = math.tanh(w*x + b).", "δ = (a − y)(1 − a²)，其中 a = math.tanh(w*x + b)。"),
         Text("The three are δ · x, δ · w and δ.", "三个结果是 δ · x、δ · w 和 δ。")],
    ),
]  # fmt: skip

LAYER = [
    Task(
        "layer-count", 5,
        Text("How many parameters does MLP(3, [4, 2]) have?", "MLP(3, [4, 2]) 有多少个参数？"),
        NumberAnswer(26.0, [
            (20.0, "those are the weights, 3 · 4 + 4 · 2. Each neuron also has a bias.", "这是权重数 3 · 4 + 4 · 2。每个神经元还有一个偏置。"),
            (6.0, "those are the biases alone, one a neuron.", "这只是偏置，每个神经元一个。"),
            (14.0, "that is the second layer with the inputs of the first: the 4 neurons of layer 1 need 3 weights each.",
             "算漏了：第 1 层的 4 个神经元每个需要 3 个权重。"),
            (16.0, "that is the first layer. The second has 2 neurons with 4 weights and a bias each.",
             "这是第一层。第二层有 2 个神经元，每个有 4 个权重和 1 个偏置。"),
            (10.0, "that is the second layer. The first has 4 neurons with 3 weights and a bias each.",
             "这是第二层。第一层有 4 个神经元，每个有 3 个权重和 1 个偏置。"),
        ]),
        [Text("A neuron has a weight for each of its inputs, and one bias.", "神经元的每个输入有一个权重，另有一个偏置。"),
         Text("4 · (3 + 1) + 2 · (4 + 1) = 16 + 10 = 26.", "4 · (3 + 1) + 2 · (4 + 1) = 16 + 10 = 26。")],
    ),
    Task(
        "layer-delta", 5,
        Text("The next layer has the weights w = [[1, −2], [3, 0.5]] (w[j][k]: from neuron k to neuron j) and the errors "
             "δ = [0.1, −0.2]. In this layer σ′(z) = 0.25 for both neurons. What is δ of neuron k = 0?",
             "下一层的权重 w = [[1, −2], [3, 0.5]]（w[j][k] 从神经元 k 到神经元 j），误差项 δ = [0.1, −0.2]。"
             "本层两个神经元的 σ′(z) 都是 0.25。神经元 k = 0 的 δ 等于多少？"),
        NumberAnswer(-0.125, [
            (0.125, "a row for a column, or the sign: neuron 0 sends along column 0, the weights 1 and 3, and "
             "1 · 0.1 + 3 · (−0.2) is negative.",
             "取了行而不是列，或符号错了：神经元 0 用的是第 0 列的权重 1 和 3，而 1 · 0.1 + 3 · (−0.2) 是负的。"),
            (-0.5, "σ′ is missing: multiply the sum by 0.25.", "少了 σ′：求得的和还要乘 0.25。"),
            (0.025, "that is one path, through neuron 0 of the next layer. Neuron 1 hears of it, too.",
             "这只是经过下一层神经元 0 的路径；还有一条经过神经元 1。"),
            (-0.15, "that is one path, through neuron 1 of the next layer. Neuron 0 hears of it, too.",
             "这只是经过下一层神经元 1 的路径；还有一条经过神经元 0。"),
            (-0.075, "that is neuron 1: column 1 has the weights −2 and 0.5.", "这是神经元 1：第 1 列的权重是 −2 和 0.5。"),
        ]),
        [Text("To whom does neuron 0 send its activation, and along which weights?", "神经元 0 的激活值传给了谁？经过哪些权重？"),
         Text("Along w[0][0] = 1 and w[1][0] = 3: a column of w.", "经过 w[0][0] = 1 和 w[1][0] = 3：w 的一列。"),
         Text("(1 · 0.1 + 3 · (−0.2)) · 0.25 = −0.125.", "(1 · 0.1 + 3 · (−0.2)) · 0.25 = −0.125。")],
    ),
    Task(
        "layer-weights", 5,
        Text("z[j] = Σ w[j][k] · a[k] + b[j]. Given the errors δ of a layer and the activations before it, give all the "
             "gradients of its weights.",
             "z[j] = Σ w[j][k] · a[k] + b[j]。已知一层的误差项 δ 和前一层的激活值，求该层所有权重的梯度。"),
        Function("layer_weights", "delta, a_before",
                 Text("a list of rows, [j][k] = ∂C/∂w[j][k]", "由行组成的列表，[j][k] = ∂C/∂w[j][k]"), weights_by_the_engine,
                 [([0.1, -0.2], [0.5, 1.5, -1.0]), ([1.0, 0.3, 2.0], [0.25, -0.75])], [
            (lambda delta, a: [[d * x for d in delta] for x in a],
             "transposed: a row for each neuron j of the layer, and in it a number for each input k.",
             "转置了：每一行对应本层的神经元 j，行内每个数对应输入 k。"),
            (lambda delta, a: [[d for _ in a] for d in delta], "the activation is missing: ∂z[j]/∂w[j][k] = a[k].",
             "少了激活值：∂z[j]/∂w[j][k] = a[k]。"),
            (lambda delta, a: [list(a) for _ in delta], "δ is missing: that is ∂z[j]/∂w[j][k] alone.",
             "少了 δ：这只是 ∂z[j]/∂w[j][k]。"),
            (lambda delta, a: [[-d * x for x in a] for d in delta], "wrong sign: the minus belongs to the step of descent.",
             "符号反了：负号属于梯度下降的那一步。"),
            (lambda delta, a: [d * sum(a) for d in delta], "the inputs are added up: every weight has a gradient of its own.",
             "把输入加起来了：每个权重都有自己的梯度。"),
            (lambda delta, a: [d * x for d, x in zip(delta, a, strict=False)],
             "one number a pair: every δ[j] meets every a[k], not only the one of the same index.",
             "只配了一对一：每个 δ[j] 要与每个 a[k] 相乘，而不是只与下标相同的那个。"),
        ]),
        [Text("Through which one node does w[j][k] reach the cost?", "w[j][k] 只经过哪一个节点到达代价？"),
         Text("Through z[j]: ∂C/∂w[j][k] = δ[j] · ∂z[j]/∂w[j][k].", "经过 z[j]：∂C/∂w[j][k] = δ[j] · ∂z[j]/∂w[j][k]。"),
         Text("It is δ[j] · a[k]: [[d * a for a in a_before] for d in delta].",
              "梯度就是 δ[j] · a[k]：[[d * a for a in a_before] for d in delta]。")],
    ),
]  # fmt: skip

TASKS = [*NEURON, *LAYER]

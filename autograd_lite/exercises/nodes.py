"""Pages 1 to 3: local derivatives, paths, the order of the backward pass."""

from autograd_lite.exercises.answers import NumberAnswer
from autograd_lite.exercises.choices import Choice, Order
from autograd_lite.exercises.formula import Formula
from autograd_lite.exercises.task import Task
from autograd_lite.exercises.text import Text
from autograd_lite.telling.mistakes import mistakes
from autograd_lite.value import Value

NODE = [
    Task(
        "square-slope", 1,
        Text("y = x · x at x = 3. What is dy/dx?", "y = x · x，在 x = 3 处。dy/dx 等于多少？"),
        NumberAnswer(6.0, [
            (9.0, "9 is y itself. Asked is how fast y grows when x grows.", "9 是 y 的值；要求的是 x 增大时 y 增大得多快。"),
            (3.0, "3 is one edge alone. x is a parent twice; add the local derivatives of both edges.",
             "3 只是一条边。x 两次作为父节点，两条边的局部导数要相加。"),
            (2.0, "2 is the exponent. The rule is 2x, and x is 3.", "2 是指数。求导法则是 2x，而 x = 3。"),
        ]),
        [Text("The node x · x has two edges to x. What stands on each?", "节点 x · x 有两条边通向 x。每条边上是什么数？"),
         Text("On each edge stands the other factor, 3, and the effects add up: 3 + 3 = 6.",
              "每条边上都是另一个因子 3，两份贡献相加：3 + 3 = 6。")],
    ),
    Task(
        "product-slope", 1,
        Text("y = w · x with w = 0.5 and x = 2. What is ∂y/∂w?", "y = w · x，其中 w = 0.5，x = 2。∂y/∂w 等于多少？"),
        NumberAnswer(2.0, [
            (0.5, "0.5 is the number of w, so it is ∂y/∂x. Toward w stands the other factor.",
             "0.5 是 w 的值，也就是 ∂y/∂x。对 w 求导得到的是另一个因子。"),
            (1.0, "1 is the value of y. Asked is how many times as much y grows as w.",
             "1 是 y 的值；要求的是：w 增大一点点，y 的增量是它的几倍。"),
        ]),
        [Text("Make w a thousandth larger: by how much does y grow?", "让 w 增大 0.001：y 增大多少？"),
         Text("(0.501 · 2 − 0.5 · 2) / 0.001 = 2: the derivative toward one factor is the other.",
              "(0.501 · 2 − 0.5 · 2) / 0.001 = 2：对一个因子的导数就是另一个因子。")],
    ),
    Task(
        "tanh-slope", 1,
        Text("a = tanh z. Write the local derivative da/dz with the output a.", "a = tanh z。用输出 a 写出局部导数 da/dz。"),
        Formula("1 - a**2", "z", [
            ("1 - z**2", "the rule takes the output a, and you gave it the input z.",
             "求导法则要用输出 a，你代入的却是输入 z。"),
            ("1 - tanh(a)**2", "a is tanh z already; this applies tanh a second time.",
             "a 已经是 tanh z，这里又多作用了一次 tanh。"),
            ("a*(1-a)", "that is the slope of the sigmoid; here σ is tanh.", "这是 sigmoid 的导数，这里的 σ 是 tanh。"),
            ("a**2 - 1", "the sign: tanh only rises, so its slope is never negative.",
             "符号反了：tanh 单调上升，导数不会是负的。"),
        ], {"a": "tanh(z)"}),
        [Text("(tanh z)′ = 1 − tanh² z.", "(tanh z)′ = 1 − tanh² z。"),
         Text("tanh z is a, so it is 1 − a².", "tanh z 就是 a，所以导数是 1 − a²。")],
    ),
]  # fmt: skip

PATHS = [
    Task(
        "two-paths", 2,
        Text("c = a · b and d = c + a, with a = 2 and b = 3. What is ∂d/∂a?",
             "c = a · b，d = c + a，其中 a = 2，b = 3。∂d/∂a 等于多少？"),
        NumberAnswer(4.0, [
            (3.0, "that is the path through c alone; a also goes straight into d. Paths add up.",
             "这只是经过 c 的路径；a 还直接进入 d。各条路径要相加。"),
            (1.0, "that is the direct path alone; a also goes through c = a · b.",
             "这只是直接的路径；a 还经过 c = a · b。"),
            (2.0, "that is ∂d/∂b. Toward a, the edge of c carries b.", "这是 ∂d/∂b。对 a 而言，c 的那条边上是 b。"),
            (6.0, "6 is c itself. Asked is how fast d grows when a grows.", "6 是 c 的值；要求的是 a 增大时 d 增大得多快。"),
            (8.0, "8 is d itself. Asked is how fast d grows when a grows.", "8 是 d 的值；要求的是 a 增大时 d 增大得多快。"),
        ]),
        [Text("There are two paths from a to d. Multiply along each, then add.",
              "从 a 到 d 有两条路径。每条路径上相乘，然后相加。"),
         Text("Through c: 1 · b = 3; straight: 1; together 3 + 1 = 4.", "经过 c：1 · b = 3；直接：1；合计 3 + 1 = 4。")],
    ),
    Task(
        "cube-paths", 2,
        Text("y = x · x · x, computed from the left. How many paths lead from x to y?",
             "y = x · x · x，从左到右计算。从 x 到 y 有多少条路径？"),
        NumberAnswer(3.0, [
            (2.0, "those are the edges of the first product. The second product uses x once more.",
             "这是第一次乘法的两条边。第二次乘法又用到了一次 x。"),
            (1.0, "x is one node, but it is used three times.", "x 是一个节点，但被用了三次。"),
            (27.0, "27 is the value at x = 3, and there the gradient, too. Count the ways through the graph.",
             "27 是 x = 3 时 y 的值，那里的梯度也恰好是它。要数的是图中的走法。"),
            (4.0, "4 is the number of edges. A path goes the whole way from x to y.",
             "4 是边的条数。路径是从 x 一直走到 y 的一条路。"),
        ]),
        [Text("Call s = x · x, so y = s · x. How many ways lead through s?", "记 s = x · x，则 y = s · x。经过 s 的走法有几种？"),
         Text("Two through s, and one straight into y: 3.", "经过 s 两条，直接进入 y 一条：共 3 条。")],
    ),
    Task(
        "sigmoid-chain", 2,
        Text("a = σ(z), z = w · x + b, with the sigmoid σ. Write ∂a/∂w.", "a = σ(z)，z = w · x + b，σ 是 sigmoid。写出 ∂a/∂w。"),
        Formula("a*(1-a)*x", "w x b", [
            ("a*(1-a)", "x is missing: that is ∂a/∂z, and the path goes on to w.", "少了 x：这是 ∂a/∂z，路径还要继续走到 w。"),
            ("x", "σ′ is missing: the path goes through the sigmoid, whose slope is a(1 − a).",
             "少了 σ′：路径经过 sigmoid，它的导数是 a(1 − a)。"),
            ("a*(1-a)*w", "that is ∂a/∂x. Toward w, the product w · x carries x.", "这是 ∂a/∂x。对 w 而言，乘积 w · x 的边上是 x。"),
            ("(1-a**2)*x", "1 − a² is the slope of tanh; the sigmoid has a(1 − a).", "1 − a² 是 tanh 的导数，sigmoid 的是 a(1 − a)。"),
            ("a*x", "a is σ(z) itself; along the path goes its slope, a(1 − a).", "a 是 σ(z) 本身；路径上要乘的是它的导数 a(1 − a)。"),
            ("z*(1-z)*x", "σ′ takes the output a, and you gave it the input z.", "σ′ 要用输出 a，你代入的却是输入 z。"),
        ], {"z": "w*x + b", "a": "sigmoid(z)"}),
        [Text("One path: a, z, w. What are its local derivatives?", "只有一条路径：a、z、w。上面的局部导数各是什么？"),
         Text("∂a/∂z = a(1 − a) and ∂z/∂w = x; the product is a(1 − a)x.", "∂a/∂z = a(1 − a)，∂z/∂w = x，乘积是 a(1 − a)x。")],
    ),
]  # fmt: skip


def _found_out() -> Task:
    """A wrong pass over x·x·x, from the list of `mistakes`, to be told from the others on it."""
    x = Value(3.0, "x")
    square = x * x
    y = square * x
    found = mistakes(y)
    at = {wrong.name: wrong.gradients[x] for wrong in found.passes}
    name = found.passes[0].name
    slips = [
        (other, f"“{other}” would give x.grad = {gradient:g} here, and not {at[name]:g}.",
         f"“{other}” 在这里会得到 x.grad = {gradient:g}，而不是 {at[name]:g}。")
        for other, gradient in at.items() if other != name
    ]  # fmt: skip
    return Task(
        "which-mistake", 3,
        Text(f"s = x · x and y = s · x at x = 3. A backward pass gives s.grad = {found.passes[0].gradients[square]:g} "
             f"and x.grad = {at[name]:g}; right is {found.right[x]:g}.\nWhich mistake does it make?",
             f"s = x · x，y = s · x，在 x = 3 处。某个反向传播得到 s.grad = {found.passes[0].gradients[square]:g}，"
             f"x.grad = {at[name]:g}，而正确的是 {found.right[x]:g}。\n它犯了哪个错误？"
             "（no topological order：不按拓扑序；no zeroing：没有清零；σ′ missing：缺少 σ′；input for output：把输入当成输出。）"),
        Choice(list(at), name, slips),
        [Text("Three contributions of 9 reach x. How many are left in 9?", "有三份贡献到达 x，每份是 9。结果 9 里还剩几份？"),
         Text("One of three is left: each overwrote the one before, = in place of +=.",
              "三份里只剩一份：后一份覆盖了前一份，把 += 写成了 =。")],
    )  # fmt: skip


ORDER = [
    Task(
        "cube-twice", 3,
        Text("y = x · x · x at x = 3. backward() is called twice, without zero_grad between. What is x.grad?",
             "y = x · x · x，在 x = 3 处。调用两次 backward()，中间不调用 zero_grad。x.grad 等于多少？"),
        NumberAnswer(54.0, [
            (27.0, "that is one pass. backward() adds into a leaf; it does not overwrite.",
             "这是一次的结果。backward() 对叶节点是累加，不是覆盖。"),
            (72.0, "that engine also keeps s.grad of the first pass, 3 + 3 = 6. Only leaves add up.",
             "这是把第一次的 s.grad 也留着的结果：3 + 3 = 6。只有叶节点才累加。"),
            (45.0, "some of it is counted in part. Each pass brings the whole 27.", "有一部分算重或漏了。每次反向传播都带来完整的 27。"),
        ]),
        [Text("What does one pass bring, and does the second add or overwrite?", "一次带来多少？第二次是累加还是覆盖？"),
         Text("Each pass adds 3x² = 27 into the leaf: 27 + 27 = 54.", "每次向叶节点累加 3x² = 27：27 + 27 = 54。")],
    ),
    Task(
        "push-order", 3,
        Text("c = a · b and d = c + a. In which order do the nodes push their gradients in the backward pass from d?",
             "c = a · b，d = c + a。从 d 开始反向传播时，各节点按什么顺序把梯度往下传？"),
        Order([("d", "c", "a", "b"), ("d", "c", "b", "a")], [
            (("a", "b", "c", "d"), "that is the order of the forward pass. Backward starts at d, whose gradient is known: 1.",
             "这是前向的顺序。反向从 d 开始，它的梯度已知是 1。"),
            (("b", "a", "c", "d"), "that is the order of the forward pass. Backward starts at d, whose gradient is known: 1.",
             "这是前向的顺序。反向从 d 开始，它的梯度已知是 1。"),
            (("d", "a", "c", "b"), "a before c is too early: c still has a contribution for a.",
             "a 不能排在 c 之前：c 还有一份贡献要给 a。"),
        ]),
        [Text("A node pushes when all that use it have pushed. Who uses a?", "用到某个节点的都传完了，它才能传。谁用到了 a？"),
         Text("d first; then c, which d alone uses; then a and b.", "先是 d；再是只被 d 用到的 c；最后是 a 和 b。")],
    ),
    _found_out(),
]  # fmt: skip

TASKS = [*NODE, *PATHS, *ORDER]

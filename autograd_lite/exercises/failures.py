"""Pages 8 and 9: when it fails; the tape."""

from autograd_lite.exercises.answers import NumberAnswer
from autograd_lite.exercises.choices import Choice
from autograd_lite.exercises.formula import Definition, Formula
from autograd_lite.exercises.task import Task
from autograd_lite.exercises.text import Text

FAILURES = [
    Task(
        "saturated-cost", 8,
        Text("A sigmoid neuron, a = σ(z), with binary cross-entropy, C = −y ln a − (1 − y) ln(1 − a). Write δ = ∂C/∂z "
             "as simply as you can.",
             "sigmoid 神经元 a = σ(z)，二元交叉熵 C = −y ln a − (1 − y) ln(1 − a)。写出 δ = ∂C/∂z，越简单越好。"),
        Formula("a - y", "z y", [
            ("(a-y)*a*(1-a)", "that is δ with the quadratic cost. Here ∂C/∂a has a(1 − a) below, which takes σ′ away.",
             "这是二次代价的 δ。这里 ∂C/∂a 的分母里有 a(1 − a)，正好与 σ′ 约掉。"),
            ("y - a", "the sign: where a is too large, C grows with z, so δ is positive.", "符号反了：a 太大时 C 随 z 增大，δ 应为正。"),
            ("(a-y)/(a*(1-a))", "that is ∂C/∂a. Multiply it by σ′ = a(1 − a).", "这是 ∂C/∂a，还要乘 σ′ = a(1 − a)。"),
            ("-y/a + (1-y)/(1-a)", "that is ∂C/∂a. Multiply it by σ′ = a(1 − a).", "这是 ∂C/∂a，还要乘 σ′ = a(1 − a)。"),
            ("-y*(1-a)", "the second term is missing: (1 − y) ln(1 − a) has a gradient, too.", "少了第二项：(1 − y) ln(1 − a) 也有梯度。"),
        ], {"a": "sigmoid(z)"}),
        [Text("∂C/∂a = −y/a + (1 − y)/(1 − a). Bring it on one fraction.", "∂C/∂a = −y/a + (1 − y)/(1 − a)，先通分。"),
         Text("∂C/∂a = (a − y)/(a(1 − a)), and σ′ = a(1 − a) cancels its denominator: δ = a − y.",
              "∂C/∂a = (a − y)/(a(1 − a))，与 σ′ = a(1 − a) 相乘后分母约掉：δ = a − y。")],
    ),
    Task(
        "dead-relu", 8,
        Text("a = relu(w · x + b) with w = 1 and b = −2, and four samples x = 0.5, 1, 1.5, 3. For how many of them is "
             "∂a/∂w not 0?",
             "a = relu(w · x + b)，w = 1，b = −2，四个样本 x = 0.5、1、1.5、3。其中有多少个的 ∂a/∂w 不为 0？"),
        NumberAnswer(1.0, [
            (3.0, "those are the dead ones: relu hands nothing on where z < 0.", "这是导数为 0 的个数：z < 0 时 relu 什么也不往下传。"),
            (4.0, "x is never 0, but the path goes through relu, whose slope is 0 where z < 0.",
             "x 都不为 0，但路径要经过 relu，而 z < 0 时它的导数为 0。"),
            (0.0, "one of them has z > 0. Compute z for each.", "有一个样本的 z > 0。逐个算出 z。"),
            (2.0, "one too many: compute z = x − 2 for each.", "多了一个：逐个算出 z = x − 2。"),
        ]),
        [Text("Compute z = x − 2 for each sample. Where is it positive?", "逐个算出 z = x − 2。哪些是正的？"),
         Text("z = −1.5, −1, −0.5, 1: only the last passes, so 1.", "z = −1.5、−1、−0.5、1：只有最后一个通过，所以是 1 个。")],
    ),
    Task(
        "wrong-clip", 8,
        Text("An outlier has the error e = a − y = 50. One program clips the error, C = ½ clip(e, −1, 1)²; the other "
             "leaves C = ½e² and clips its gradient to [−1, 1].\nWith which one clipped does the outlier still teach the weights?",
             "一个离群样本的误差 e = a − y = 50。一个程序裁剪误差的值（value），C = ½ clip(e, −1, 1)²；另一个保留 C = ½e²，"
             "把它的梯度（gradient）裁剪到 [−1, 1]。\n裁剪哪一个，权重仍能从这个离群样本学到东西？"),
        Choice(["value", "gradient"], "gradient", [
            ("value", "outside of [−1, 1] the clipped error is constant, so its slope is 0: nothing is handed down.",
             "在 [−1, 1] 之外，裁剪后的误差是常数，导数为 0：什么也传不下去。"),
        ]),
        [Text("What is the slope of clip(e, −1, 1) at e = 50?", "clip(e, −1, 1) 在 e = 50 处的导数是多少？"),
         Text("It is 0, so clipping the value cuts the path; clipping the gradient hands on 1.",
              "导数是 0，所以裁剪误差的值会切断路径；裁剪梯度则往下传 1。")],
    ),
]  # fmt: skip

TAPES = [
    Task(
        "tape-length", 9,
        Text("How many instructions has the tape of x * x * x * x?", "x * x * x * x 的记录带有多少条指令？"),
        NumberAnswer(3.0, [
            (4.0, "4 are the uses of x. An instruction is a multiplication.", "4 是 x 出现的次数。一条指令是一次乘法。"),
            (1.0, "1 would be x**4. Here it is written as products, and what you write is what is recorded.",
             "写成 x**4 才是 1 条。这里写的是连乘，记录的就是你写的。"),
            (2.0, "2 would do for s = x * x and s * s. As written it goes from the left: ((x·x)·x)·x.",
             "先算 s = x * x 再算 s * s 才是 2 条。按写法从左到右：((x·x)·x)·x。"),
        ]),
        [Text("An instruction is one operation. Which ones does Python call?", "一条指令是一次运算。Python 会执行哪些？"),
         Text("((x · x) · x) · x: three multiplications.", "((x · x) · x) · x：三次乘法。")],
    ),
    Task(
        "tape-fixed", 9,
        Text("f = lambda x: x * x if x > 0 else -x is recorded at x = 2. (record warns.) What does the tape give at x = −3?",
             "f = lambda x: x * x if x > 0 else -x 在 x = 2 处被记录（record 会警告）。在 x = −3 处，这条记录带给出多少？"),
        NumberAnswer(9.0, [
            (3.0, "3 is what f gives. The tape holds only the branch that was taken at 2; the if is not on it.",
             "3 是 f 的结果。记录带里只有在 2 处走过的分支，if 并不在上面。"),
            (4.0, "4 is the value at 2. The tape runs anew with −3.", "4 是在 2 处的值。记录带会用 −3 重新运行。"),
            (-3.0, "the tape has x · x on it, not x.", "记录带上是 x · x，不是 x。"),
        ]),
        [Text("At 2 the branch x * x was taken. What is on the tape of the if?", "在 2 处走的是 x * x 这个分支。if 在记录带上留下了什么？"),
         Text("Nothing of it: the tape is x · x, and (−3)² = 9. That is why record warns; write where(greater(x, 0), x * x, -x).",
              "if 什么也没留下：记录带上只有 x · x，(−3)² = 9。所以 record 会警告；应写成 where(greater(x, 0), x * x, -x)。")],
    ),
    Task(
        "define-softsign", 9,
        Text("softsign(x) = x / (1 + |x|). State its partial for define: it is checked term by term.",
             "softsign(x) = x / (1 + |x|)。写出交给 define 的局部导数，它会逐项检查。"),
        Definition("softsign", lambda x: x / (1 + abs(x))),
        [Text("The quotient rule: (u/v)′ = (u′v − uv′)/v², with v = 1 + |x|.", "商的求导法则：(u/v)′ = (u′v − uv′)/v²，其中 v = 1 + |x|。"),
         Text("u′v − uv′ = 1 + |x| − x · sign x = 1 + |x| − |x| = 1.", "u′v − uv′ = 1 + |x| − x · sign x = 1 + |x| − |x| = 1。"),
         Text("It is 1 / (1 + abs(x))**2, and softsign is an op now.", "局部导数就是 1 / (1 + abs(x))**2；现在 softsign 是一个运算了。")],
    ),
]  # fmt: skip

TASKS = [*FAILURES, *TAPES]

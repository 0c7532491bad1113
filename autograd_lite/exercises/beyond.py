"""Pages 10 to 12: loops found again, forward mode and Hessians, and what lies beyond."""

import math

from autograd_lite.exercises.answers import NumberAnswer
from autograd_lite.exercises.choices import Choice
from autograd_lite.exercises.task import Task
from autograd_lite.exercises.text import Text

BP = ["BP1", "BP2", "BP3", "BP4"]
LOOPS = [
    Task(
        "loop-delta", 10,
        Text("A compiler finds this loop in a backward pass: for k: d[k] = (Σⱼ w[j][k] · e[j]) · a[k] · (1 − a[k]).\n"
             "Which of the four equations is it?",
             "编译器在反向传播里找到这个循环：对每个 k：d[k] = (Σⱼ w[j][k] · e[j]) · a[k] · (1 − a[k])。\n它是四个方程中的哪一个？"),
        Choice(BP, "BP2", [
            ("BP1", "BP1 starts from the cost, a − y; here the errors e of a next layer come in.",
             "BP1 从代价出发，即 a − y；这里进来的是下一层的误差项 e。"),
            ("BP3", "BP3 has two free indices, a number for each weight; here there is one, k.",
             "BP3 有两个自由下标，每个权重一个数；这里只有一个 k。"),
            ("BP4", "BP4 only copies δ; here is a sum and a slope.", "BP4 只是照抄 δ；这里有求和，还有导数。"),
        ]),
        [Text("What is a[k] · (1 − a[k])? And which errors are e?", "a[k] · (1 − a[k]) 是什么？e 又是哪一层的误差项？"),
         Text("It is σ′(z[k]), and the sum is (wᵀe)[k]: δ of a layer from that of the next, BP2.",
              "前者是 σ′(z[k])，求和部分是 (wᵀe)[k]：由下一层的 δ 得到本层的 δ，即 BP2。")],
    ),
    Task(
        "loop-count", 10,
        Text("How many multiplications does BP3 take for a layer of 30 neurons with 784 inputs, for one sample?",
             "一层有 30 个神经元、784 个输入，对一个样本，BP3 需要多少次乘法？"),
        NumberAnswer(23520.0, [
            (23550.0, "that counts the biases, too; BP4 copies δ and multiplies nothing.", "这把偏置也算上了；BP4 只是照抄 δ，不做乘法。"),
            (814.0, "that is 784 + 30. Every input meets every neuron.", "这是 784 + 30。每个输入都要与每个神经元相乘。"),
            (784.0, "that is one neuron. There are 30.", "这是一个神经元的次数，共有 30 个。"),
            (47040.0, "that is twice as many: a weight's gradient is one product, δ[j] · a[k].",
             "多了一倍：每个权重的梯度只是一次乘法 δ[j] · a[k]。"),
        ]),
        [Text("BP3 is one product for each weight. How many weights?", "BP3 对每个权重做一次乘法。有多少个权重？"),
         Text("30 · 784 = 23520.", "30 · 784 = 23520。")],
    ),
    Task(
        "loop-transpose", 10,
        Text("w[j][k] goes from neuron k to neuron j of the next layer. Over which index does the sum in BP2 run?",
             "w[j][k] 从神经元 k 通向下一层的神经元 j。BP2 是对哪个下标求和？"),
        Choice(["j", "k"], "j", [
            ("k", "over k runs the forward pass, z[j] = Σₖ w[j][k] a[k]. Backward it is the other index: that is the "
             "transpose in (wᵀδ).",
             "对 k 求和的是前向传播 z[j] = Σₖ w[j][k] a[k]。反向则是另一个下标：这就是 (wᵀδ) 里的转置。"),
        ]),
        [Text("δ[k] of one neuron collects from all that it sends to. Which index names those?",
              "某个神经元的 δ[k] 要从它通向的所有神经元收集。它们由哪个下标表示？"),
         Text("The neurons j of the next layer: δ[k] = (Σⱼ w[j][k] δ[j]) σ′(z[k]).",
              "下一层的神经元 j：δ[k] = (Σⱼ w[j][k] δ[j]) σ′(z[k])。")],
    ),
]  # fmt: skip

MODES = [
    Task(
        "jvp-by-hand", 11,
        Text("f(x, y) = x² · y at (3, 5). What is the tangent of f for the tangents ẋ = 1 and ẏ = 0?",
             "f(x, y) = x² · y，在 (3, 5) 处。当切值 ẋ = 1、ẏ = 0 时，f 的切值等于多少？"),
        NumberAnswer(30.0, [
            (9.0, "that is the tangent for ẋ = 0 and ẏ = 1, ∂f/∂y = x².", "这是 ẋ = 0、ẏ = 1 时的结果，即 ∂f/∂y = x²。"),
            (39.0, "that has ẋ = 1 and ẏ = 1. Here y stands still.", "这是 ẋ = 1 且 ẏ = 1 的结果。这里 y 不动。"),
            (45.0, "that is the value of f.", "这是 f 的值；要求的是它的切值，即 x 增大时 f 增大得多快。"),
            (6.0, "that is the tangent of x². Multiply it by y.", "这是 x² 的切值，还要乘 y。"),
            (15.0, "one of two: x is used twice, so the tangent of x² is 2x.", "只算了一半：x 用了两次，x² 的切值是 2x。"),
        ]),
        [Text("Carry the tangents along: first that of x², then that of the product.", "让切值一路跟着走：先是 x² 的，再是乘积的。"),
         Text("(x²)˙ = 2x · ẋ = 6, and 6 · 5 + 9 · 0 = 30.", "(x²)˙ = 2x · ẋ = 6，于是 6 · 5 + 9 · 0 = 30。")],
    ),
    Task(
        "how-many-passes", 11,
        Text("One cost, 1000 weights. How many passes does forward mode take for the whole gradient?",
             "一个代价，1000 个权重。用前向模式求完整的梯度需要多少遍？"),
        NumberAnswer(1000.0, [
            (1.0, "1 is what reverse mode takes. A forward pass follows one direction of the inputs.",
             "1 遍是反向模式。前向模式一遍只跟踪输入的一个方向。"),
            (1001.0, "1001 is what differences take, one of them at the point itself. A forward pass brings value and tangent at once.",
             "1001 次是差分法：每个权重拨动一次，原处再算一次。前向模式一遍同时带来值和切值。"),
            (2000.0, "2000 is what central differences take. A forward pass is exact, and one a weight is enough.",
             "2000 次是中心差分。前向模式是精确的，每个权重一遍就够。"),
            (2.0, "forward and backward are reverse mode. Forward mode has no backward pass.", "前向一遍、反向一遍，那是反向模式。前向模式没有反向的一遍。"),
        ]),
        [Text("A forward pass gives the derivative in one direction. How many are there?", "前向一遍给出一个方向上的导数。有多少个方向？"),
         Text("One a weight: 1000. Reverse mode takes 1, which is why networks learn by it.",
              "每个权重一遍：1000 遍。反向模式只要 1 遍，所以训练网络都用它。")],
    ),
    Task(
        "hessian-entry", 11,
        Text("f(x, y) = x² · y at (3, 5). What is ∂²f/∂x∂y?", "f(x, y) = x² · y，在 (3, 5) 处。∂²f/∂x∂y 等于多少？"),
        NumberAnswer(6.0, [
            (10.0, "that is ∂²f/∂x² = 2y. Differentiate once by x and once by y.", "这是 ∂²f/∂x² = 2y。应对 x、y 各求导一次。"),
            (9.0, "that is ∂f/∂y = x². Differentiate once more, by x.", "这是 ∂f/∂y = x²，还要再对 x 求导一次。"),
            (30.0, "that is ∂f/∂x = 2xy. Differentiate once more, by y.", "这是 ∂f/∂x = 2xy，还要再对 y 求导一次。"),
            (0.0, "that is ∂²f/∂y². Differentiate once by x and once by y.", "这是 ∂²f/∂y²。应对 x、y 各求导一次。"),
        ]),
        [Text("First ∂f/∂x. Then differentiate that by y.", "先求 ∂f/∂x，再把它对 y 求导。"),
         Text("∂f/∂x = 2xy, and by y it is 2x = 6.", "∂f/∂x = 2xy，再对 y 求导得 2x = 6。")],
    ),
]  # fmt: skip

BEYOND = [
    Task(
        "uniform-loss", 12,
        Text("A model of names knows 27 characters. Before training all are equally likely. What is its loss, "
             "−ln of the right one's probability?",
             "一个生成名字的模型有 27 个字符。训练之前每个字符的概率相等。它的损失，即 −ln（正确字符的概率），等于多少？"),
        NumberAnswer(math.log(27), [
            (math.log2(27), "that is log₂, in bits. Losses are written with ln.", "这是 log₂，以比特计。损失用自然对数 ln。"),
            (math.log10(27), "that is log₁₀. Losses are written with ln.", "这是 log₁₀。损失用自然对数 ln。"),
            (1 / 27, "that is the probability. The loss is −ln of it.", "这是概率。损失是它的 −ln。"),
            (-math.log(27), "the sign: ln(1/27) is negative, and the loss is minus that.", "符号反了：ln(1/27) 是负的，损失是它的相反数。"),
            (27.0, "that is how many characters there are. The loss is ln of it.", "这是字符的个数。损失是它的 ln。"),
        ]),
        [Text("Equally likely among 27: which probability has the right one?", "27 个字符等可能：正确的那个概率是多少？"),
         Text("−ln(1/27) = ln 27 = 3.2958.", "−ln(1/27) = ln 27 = 3.2958。")],
    ),
    Task(
        "torch-zero", 12,
        Text("In PyTorch: p = torch.tensor(3.0, requires_grad=True), and twice (p**3).backward(), without zero_grad. "
             "What is p.grad?",
             "在 PyTorch 中：p = torch.tensor(3.0, requires_grad=True)，调用两次 (p**3).backward()，中间不清零。p.grad 等于多少？"),
        NumberAnswer(54.0, [
            (27.0, "that is one pass. PyTorch adds into p.grad as well, and for the same reason.",
             "这是一次的结果。PyTorch 同样累加到 p.grad，原因也相同。"),
            (72.0, "that adds into nodes between, too. PyTorch and this library keep only the leaves.",
             "这样连中间节点也累加了。PyTorch 和本项目都只累加叶节点。"),
            (0.0, "nothing clears p.grad but zero_grad.", "只有 zero_grad 才会清零 p.grad。"),
        ]),
        [Text("It is the same as here: does backward() add or overwrite?", "与本项目相同：backward() 是累加还是覆盖？"),
         Text("3p² = 27 each time, added: 54.", "每次 3p² = 27，相加得 54。")],
    ),
    Task(
        "missing-line", 12,
        Text("C = ½w², from w = 1, with steps of 0.1 times the gradient. After each step w is 0.9, 0.71, 0.449, 0.143, −0.177.\n"
             "Which line is missing in the loop?",
             "C = ½w²，从 w = 1 出发，每步为梯度的 0.1 倍。每步之后 w 依次是 0.9、0.71、0.449、0.143、−0.177。\n循环里缺了哪一行？"),
        Choice(["zero_grad", "backward", "step"], "zero_grad", [
            ("backward", "without backward() the gradient stays 0, and w would not move.", "没有 backward()，梯度一直是 0，w 不会动，而这里它动了。"),
            ("step", "without the step w would not move.", "没有更新那一步，w 不会动，而这里它动了。"),
        ]),
        [Text("The right second step goes from 0.9 by 0.1 · 0.9 to 0.81. How far does this one go?",
              "正确的第二步从 0.9 减去 0.1 · 0.9 到 0.81。这里走了多远？"),
         Text("It goes by 0.1 · (1 + 0.9): the old gradient is still in the sum. zero_grad is missing.",
              "第二步走了 0.1 · (1 + 0.9)：旧的梯度还在和里。缺了 zero_grad。")],
    ),
]  # fmt: skip

TASKS = [*LOOPS, *MODES, *BEYOND]

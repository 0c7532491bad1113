"""The wheel on a Python of its own, with nothing but the base install: what a person does first, in some seconds."""

import math
import subprocess
import sys

import autograd_lite
import nn
from autograd_lite import Value, draw, explain, grad, record, tanh

w, x, b = Value(0.5, "w"), Value(2.0, "x"), Value(-0.4, "b")
a = tanh(w * x + b)
a.backward()
assert math.isclose(w.grad, 2 * (1 - math.tanh(0.6) ** 2), rel_tol=1e-14)
assert "tanh" in draw(a).source
assert explain(a, w).gradient == w.grad
assert grad(grad(lambda t: t**3))(2.0) == 12.0
assert record(lambda t: tanh(t) * t, 1.0).compile("python")(0.5) == 0.5 * math.tanh(0.5)

xs, ys = nn.data.xor()
model = nn.MLP(2, [3, 1], "tanh", "sigmoid", init="xavier", seed=1)
nn.fit(model, xs, ys, "binary_cross_entropy", nn.optim.SGD(model.parameters(), lr=0.5), epochs=300)
assert [round(model(row).data) for row in xs] == [0, 1, 1, 0]
assert nn.verify(nn.MLP(2, [3, 1], "sigmoid", "sigmoid", init="normal", seed=1), [0.5, -1.0], [1.0]).ok()
assert len(nn.data.iris()[0]) == 150  # the data files came along
assert len(nn.data.digits()[0]) == 1797

told = subprocess.run(
    [sys.executable, "-m", "autograd_lite", "explain", "tanh(w*x + b)", "w=0.5", "x=2", "b=-1", "--wrt", "w"],
    capture_output=True, text=True, check=True, encoding="utf-8", env={"PYTHONIOENCODING": "utf-8"},
)  # fmt: skip
assert "dy/dw = 2" in told.stdout, told.stdout
print(f"autograd-lite {autograd_lite.__version__} runs on Python {sys.version.split()[0]}")

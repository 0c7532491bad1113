"""The same training in PyTorch and scikit-learn: same weights, same batches, same steps; and as good on real data."""

import pytest

from autograd_lite.backends import Shuffler
from nn import MLP, data, fit, optim, to_torch
from tests.test_train import BACKENDS, numbers

XS, YS = data.spirals(n=20, classes=3)
ONE_HOT = [[float(k == y) for k in range(3)] for y in YS]
LOSSES = {
    "quadratic": ("linear", ONE_HOT, lambda f, a, y: 0.5 * ((a - y) ** 2).sum(1).mean()),
    "mse": ("tanh", ONE_HOT, lambda f, a, y: f.mse_loss(a, y)),
    "mae": ("linear", ONE_HOT, lambda f, a, y: f.l1_loss(a, y)),
    "huber": ("linear", ONE_HOT, lambda f, a, y: f.huber_loss(a, y)),
    "binary_cross_entropy": ("sigmoid", ONE_HOT, lambda f, a, y: f.binary_cross_entropy(a, y) * 3),
    "binary_cross_entropy_with_logits": (
        "linear", ONE_HOT, lambda f, a, y: f.binary_cross_entropy_with_logits(a, y) * 3,
    ),
    "cross_entropy": ("linear", YS, lambda f, a, y: f.cross_entropy(a, y)),
}  # fmt: skip
OPTIMIZERS = {
    "SGD": {"lr": 0.05, "momentum": 0.9, "nesterov": True, "weight_decay": 0.001}, "Adam": {"lr": 0.01},
    "AdamW": {"lr": 0.01}, "RMSprop": {"lr": 0.003, "momentum": 0.3},
}  # fmt: skip


@pytest.mark.parametrize(
    ("loss", "optimizer"),
    [
        # Each loss and each optimizer at least once a day, every pair with -m slow.
        pytest.param(loss, optimizer, marks=[] if i % 4 == k else [pytest.mark.slow])
        for i, loss in enumerate(LOSSES)
        for k, optimizer in enumerate(OPTIMIZERS)
    ],
)
def test_two_hundred_steps_are_pytorchs(loss, optimizer):
    """40 epochs of 5 batches, in the order that ours have, on every backend."""
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    torch.set_num_threads(1)
    output, ys, cost = LOSSES[loss]
    model = MLP(2, [4, 3], "tanh", output, init="xavier", seed=2)
    theirs, options = to_torch(model), OPTIMIZERS[optimizer]
    stepper = getattr(torch.optim, optimizer)(theirs.parameters(), **options)
    inputs = torch.tensor(XS, dtype=torch.float64)
    targets = torch.tensor(ys, dtype=torch.int64 if loss == "cross_entropy" else torch.float64)
    order, shuffler = list(range(20)), Shuffler(3)
    for _ in range(40):
        shuffler.shuffle(order)
        for start in range(0, 20, 4):
            batch = order[start : start + 4]
            stepper.zero_grad()
            cost(torch.nn.functional, theirs(inputs[batch]), targets[batch]).backward()
            stepper.step()
    reached = [x for row, b in zip(*_layers(theirs.state_dict()), strict=True) for x in (*row, b)]
    for backend in BACKENDS:
        model = MLP(2, [4, 3], "tanh", output, init="xavier", seed=2)
        ours = getattr(optim, optimizer)(model.parameters(), **options)
        fit(model, XS, ys, loss, ours, epochs=40, batch_size=4, seed=3, backend=backend)
        assert numbers(model) == pytest.approx(reached, rel=1e-9, abs=1e-9 * max(map(abs, reached))), backend


def _layers(state):
    """The rows of weights and the biases of all layers, as `parameters` has them: neuron by neuron."""
    return [row for name in state if "weight" in name for row in state[name].tolist()], [
        b for name in state if "bias" in name for b in state[name].tolist()
    ]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Stochastic Optimizer. Maximum iterations")  # as many epochs as ours, done or not
@pytest.mark.parametrize(("name", "hidden", "epochs"), [("iris", 8, 200), ("digits", 32, 60)])
def test_as_good_as_scikit_learn(name, hidden, epochs):
    """The mean accuracy over three splits, with the same architecture, optimizer and number of epochs."""
    networks = pytest.importorskip("sklearn.neural_network", reason="scikit-learn is not installed")
    ours, theirs = [], []
    for seed in range(3):
        train_xs, train_ys, test_xs, test_ys = data.split(*getattr(data, name)(), test=0.3, seed=seed)
        train_xs, test_xs = data.standardize(train_xs, test_xs)
        model = MLP(len(train_xs[0]), [hidden, len(set(train_ys))], "relu", init="xavier", seed=seed)
        fit(model, train_xs, train_ys, "cross_entropy", optim.Adam(model.parameters(), 0.01), epochs, 32, l2=1e-5)
        ours.append(model.score(test_xs, test_ys))
        peer = networks.MLPClassifier(
            (hidden,),
            learning_rate_init=0.01,
            batch_size=32,
            max_iter=epochs,
            n_iter_no_change=epochs,
            random_state=seed,
        )
        theirs.append(peer.fit(train_xs, train_ys).score(test_xs, test_ys))
    assert sum(ours) / 3 > sum(theirs) / 3 - 0.01

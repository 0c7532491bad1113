"""Models handed on: PyTorch, safetensors and ONNX against our own outputs and gradients."""

import pytest

from nn import MLP, Module, Parameter, from_torch, load_safetensors, losses, save_safetensors, to_onnx, to_torch
from nn.exchange.pytorch import TORCH

ROWS = [[0.3, -0.8, 2.0], [-1.5, 0.1, 0.7], [30.0, -40.0, 25.0], [0.0, 0.0, 0.0]]


def mlp(activation="tanh", output="linear", seed=3):
    return MLP(3, [4, 5, 2], activation, output, init="normal", seed=seed)


@pytest.mark.parametrize("activation", TORCH)
def test_pytorch_has_the_same_outputs_and_gradients(activation):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    model = mlp(activation, activation)
    sequential = to_torch(model)
    for x in ROWS:
        losses.quadratic(model(x), [0.3, -0.2]).backward()
        outputs = sequential(torch.tensor(x, dtype=torch.float64))
        (0.5 * ((outputs - torch.tensor([0.3, -0.2], dtype=torch.float64)) ** 2).sum()).backward()
        assert outputs.tolist() == pytest.approx([a.data for a in model(x)], rel=1e-12, abs=1e-13)
    for name, tensor in model.tensors().items():
        theirs = dict(sequential.named_parameters())[name].grad.flatten().tolist()
        ours = [p.grad for row in tensor for p in (row if isinstance(row, list) else [row])]
        assert ours == pytest.approx(theirs, rel=1e-12, abs=1e-12)


def test_there_and_back_again():
    pytest.importorskip("torch", reason="PyTorch is not installed")
    for model in (mlp("gelu", "sigmoid"), MLP(2, [1], "linear", "tanh", seed=0), MLP(2, [3, 3, 1], "linear", seed=0)):
        back = from_torch(to_torch(model))
        assert repr(back).replace("activation='tanh'", "activation='linear'") == repr(model) or repr(back) == repr(
            model
        )
        assert back.state_dict() == model.state_dict()


@pytest.mark.parametrize(
    ("modules", "message"),
    [
        (lambda nn: [nn.Linear(2, 2), nn.Dropout()], r"got 1: Dropout"),
        (lambda nn: [nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 1)], "of one activation"),
        (lambda nn: [nn.Linear(2, 2, bias=False)], "got 0: Linear"),
        (lambda nn: [nn.Linear(2, 2), nn.LeakyReLU(0.2)], "got 1: LeakyReLU"),
        (lambda nn: [nn.Linear(2, 2), nn.GELU(approximate="tanh")], "got 1: GELU"),
        (lambda nn: [nn.ReLU()], "got 0: ReLU"),
        (lambda nn: [], "expected layers"),
    ],
)
def test_what_an_mlp_has_no_place_for(modules, message):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    with pytest.raises(ValueError, match=message):
        from_torch(torch.nn.Sequential(*modules(torch.nn)))
    with pytest.raises(TypeError, match=r"expected a torch.nn.Sequential, got Linear"):
        from_torch(torch.nn.Linear(1, 1))


class Own(Module):
    def __init__(self):
        self.parts = [Parameter(0.5), MLP(1, [1], seed=0)]


def test_safetensors_keep_every_bit(tmp_path):
    pytest.importorskip("safetensors", reason="safetensors is not installed (the exchange extra)")
    path = tmp_path / "model.safetensors"
    model = mlp("silu", "sigmoid")
    save_safetensors(model, path)
    assert repr(load_safetensors(path)) == repr(model)
    assert load_safetensors(path).state_dict() == model.state_dict()
    own, other = Own(), Own()
    own.parts[0].data = 0.1
    save_safetensors(own, path)
    assert load_safetensors(path, other).state_dict() == own.state_dict()
    with pytest.raises(ValueError, match=r"model.safetensors'.*expected an MLP, got a Own"):
        load_safetensors(path)


def test_pytorch_reads_and_writes_safetensors_of_ours(tmp_path):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    library = pytest.importorskip("safetensors.torch", reason="safetensors is not installed (the exchange extra)")
    path = tmp_path / "model.safetensors"
    model, other = mlp(), mlp(seed=4)
    save_safetensors(model, path)
    sequential = to_torch(other)
    sequential.load_state_dict(library.load_file(path))
    assert from_torch(sequential).state_dict() == model.state_dict()
    library.save_file(to_torch(model).float().state_dict(), path)
    assert load_safetensors(path, other) is other
    assert other.layers[0].neurons[0].w[0].data == torch.tensor(model.layers[0].neurons[0].w[0].data).float().item()
    with pytest.raises(ValueError, match="expected the architecture among the metadata; give the model"):
        load_safetensors(path)


def test_a_damaged_or_foreign_file_changes_nothing(tmp_path):
    pytest.importorskip("safetensors", reason="safetensors is not installed (the exchange extra)")
    path, model = tmp_path / "model.safetensors", mlp()
    before = model.state_dict()
    save_safetensors(MLP(2, [1], seed=0), path)
    with pytest.raises(ValueError, match=r"load_safetensors: '.*model.safetensors': no value for parameter '2.bias'"):
        load_safetensors(path, model)
    for content in (b"", path.read_bytes()[:-3], b"\xff" * 100):
        path.write_bytes(content)
        with pytest.raises(ValueError, match=r"load_safetensors: '.*model.safetensors': "):
            load_safetensors(path, model)
    assert model.state_dict() == before


@pytest.mark.parametrize("activation", TORCH)
def test_onnxs_own_interpreter_has_the_same_outputs(activation, tmp_path):
    reference = pytest.importorskip("onnx.reference", reason="onnx is not installed (the exchange extra)")
    numpy = pytest.importorskip("numpy")
    model = mlp(activation, activation)
    to_onnx(model, tmp_path / "model.onnx")
    (outputs,) = reference.ReferenceEvaluator(str(tmp_path / "model.onnx")).run(["y"], {"x": numpy.array(ROWS)})
    tolerance = 1e-6 if activation == "gelu" else 1e-12  # its error function, too, is in 32 bits
    for row, x in zip(outputs.tolist(), ROWS, strict=True):
        assert row == pytest.approx([a.data for a in model(x)], rel=tolerance, abs=tolerance)


@pytest.mark.parametrize("activation", TORCH)
def test_onnxruntime_has_the_same_outputs(activation, tmp_path):
    numpy = pytest.importorskip("numpy")
    runtime = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    pytest.importorskip("onnx", reason="onnx is not installed (the exchange extra)")
    model = mlp(activation, activation)
    to_onnx(model, tmp_path / "model.onnx")
    session = runtime.InferenceSession(tmp_path / "model.onnx", providers=["CPUExecutionProvider"])
    (outputs,) = session.run(["y"], {"x": numpy.array(ROWS)})
    tolerance = 1e-6 if activation == "gelu" else 1e-12
    for row, x in zip(outputs.tolist(), ROWS, strict=True):
        assert row == pytest.approx([a.data for a in model(x)], rel=tolerance, abs=tolerance)


def test_models_that_other_programs_do_not_have():
    pytest.importorskip("torch", reason="torch is not installed (the peers extra)")
    pytest.importorskip("onnx", reason="onnx is not installed (the exchange extra)")
    with pytest.raises(TypeError, match="to_torch: expected an MLP, got"):
        to_torch(Own())
    model = mlp()
    model.layers[0].neurons[1].activation = "relu"
    with pytest.raises(ValueError, match="to_onnx: expected layer 1 to have the activation 'tanh'"):
        to_onnx(model, "never.onnx")


def test_a_package_that_is_not_there(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ImportError, match="expected the package torch, which is not installed; python -m pip"):
        to_torch(mlp())

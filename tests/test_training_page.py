"""docs/training.md: its programs run, and its table of PyTorch's lines is the same step."""

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parent.parent / "docs" / "training.md"
pytestmark = pytest.mark.skipif(not PAGE.exists(), reason="docs are in a checkout only")


def test_the_programs_run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    names = {}
    for program in re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL):
        exec(program, names)
    assert "validation loss" in capsys.readouterr().out
    assert (tmp_path / "iris.json").exists()
    assert 0.0 < names["Residual"]()([0.5, -1.0]).data < 1.0


def test_pytorchs_step_is_ours():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    text = PAGE.read_text(encoding="utf-8")
    rows = [
        [cell.strip().strip("`") for cell in row.split(" | ")[:2]]
        for row in re.findall(r"^\| (`.*`.*) \|$", text, re.M)
    ]
    ours, theirs = ([row[k] for row in rows] for k in (0, 1))
    assert ours[0].startswith("model = MLP(2")
    from nn import MLP, losses, optim, to_torch

    batch = [([0.5, -1.0], 1.0), ([1.5, 0.3], -1.0)]
    here = {"MLP": MLP, "losses": losses, "optim": optim, "batch": batch}
    exec("\n".join(ours[:6]), here)
    start = MLP(2, [16, 1], "tanh", seed=0)
    there = {**vars(torch.nn), "torch": torch, "mse_loss": torch.nn.functional.mse_loss}
    exec(theirs[0], there)
    there["model"] = there["model"].double()
    there["model"].load_state_dict(to_torch(start).state_dict())
    there["xs"] = torch.tensor([x for x, _ in batch], dtype=torch.float64)
    there["ys"] = torch.tensor([[y] for _, y in batch], dtype=torch.float64)
    exec("\n".join(theirs[1:6]), there)
    for name, tensor in here["model"].state_dict().items():
        other = there["model"].state_dict()[name].flatten().tolist()
        flat = [x for row in tensor for x in (row if isinstance(row, list) else [row])]
        assert flat == pytest.approx(other, rel=1e-12, abs=1e-15)

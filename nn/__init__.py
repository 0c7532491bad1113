"""nn: neurons, layers and multi-layer perceptrons on the scalar engine, their training, and the proof of it."""

import sys as _sys

from nn import data as data
from nn import init as init
from nn import losses as losses
from nn import metrics as metrics
from nn import optim as optim
from nn import plot as plot
from nn.diagnosis import GradientReport as GradientReport
from nn.diagnosis import gradient_report as gradient_report
from nn.exchange.onnx_file import to_onnx as to_onnx
from nn.exchange.pytorch import from_torch as from_torch
from nn.exchange.pytorch import to_torch as to_torch
from nn.exchange.weights import load_safetensors as load_safetensors
from nn.exchange.weights import save_safetensors as save_safetensors
from nn.files import load as load
from nn.files import save as save
from nn.layers import MLP as MLP
from nn.layers import Layer as Layer
from nn.layers import Neuron as Neuron
from nn.module import Module as Module
from nn.module import Parameter as Parameter
from nn.proof import deltas as deltas
from nn.proof.verify import Verification as Verification
from nn.proof.verify import verify as verify
from nn.train.fit import History as History
from nn.train.fit import fit as fit
from nn.train.playground import playground as playground
from nn.train.snapshots import Snapshots as Snapshots

# `import nn.deltas` finds the oracle, whichever room it stands in.
_sys.modules["nn.deltas"] = deltas

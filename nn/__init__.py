"""nn: neurons, layers and multi-layer perceptrons on the scalar engine, their training, and the proof of it."""

from nn import data as data
from nn import deltas as deltas
from nn import init as init
from nn import losses as losses
from nn import optim as optim
from nn import plot as plot
from nn.layers import MLP as MLP
from nn.layers import Layer as Layer
from nn.layers import Neuron as Neuron
from nn.module import Module as Module
from nn.module import Parameter as Parameter
from nn.snapshots import Snapshots as Snapshots
from nn.train import History as History
from nn.train import fit as fit
from nn.verify import Verification as Verification
from nn.verify import verify as verify

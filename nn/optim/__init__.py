"""Optimizers, how a gradient changes the parameters, and schedules, how the learning rate goes on."""

from nn.optim.clipping import clip_norm as clip_norm
from nn.optim.clipping import clip_value as clip_value
from nn.optim.descent import SGD as SGD
from nn.optim.descent import Adam as Adam
from nn.optim.descent import AdamW as AdamW
from nn.optim.descent import RMSprop as RMSprop
from nn.optim.optimizer import Optimizer as Optimizer
from nn.optim.schedules import Schedule as Schedule
from nn.optim.schedules import cosine as cosine
from nn.optim.schedules import exponential as exponential
from nn.optim.schedules import step as step
from nn.optim.schedules import warmup as warmup

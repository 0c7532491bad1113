"""Tapes as native code, by llvmlite: several samples at once in the lanes of the processor's vectors."""

from autograd_lite.backends.llvm.program import Program as Program

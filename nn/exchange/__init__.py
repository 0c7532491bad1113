"""Handing models on: to PyTorch and back, to ONNX, and as safetensors files. Everything stays in doubles."""

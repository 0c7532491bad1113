"""How the tests run: the whole suite as one worker a core, single files in this process.

Starting workers takes longer than most files do, and a debugger wants the process it was started in.
`python -m pytest -n 4 tests/test_value.py` still gets its four.
"""

import os

import pytest

WORKERS = 8  # at most: each is a whole Python that loads the engine and its extras


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """What `-n auto` in pyproject.toml means."""
    if config.args_source is pytest.Config.ArgsSource.ARGS:
        return 0
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, WORKERS) if cores > 1 else 0

"""How the tests run: the whole suite as one worker a core, single files in this process; and the browser they share.

Starting workers takes longer than most files do, and a debugger wants the process it was started in.
`python -m pytest -n 4 tests/test_value.py` still gets its four.
"""

import gc
import importlib
import os
import shutil
from contextlib import suppress
from pathlib import Path

import pytest

os.environ["HYPOTHESIS_NO_PLUGINS"] = "1"  # selenium's trio has one, which takes longer to load than hypothesis does
from hypothesis import HealthCheck, settings

FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--window-size=1280,900",
    "--lang=en",
]
WORKERS = 8  # at most: each is a whole Python that loads the engine and its extras


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """What `-n auto` in pyproject.toml means."""
    if config.args_source is pytest.Config.ArgsSource.ARGS:
        return 0
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, WORKERS) if cores > 1 else 0


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Where nothing is compiled yet, every second worker begins at the last file: each compiles half, for both."""
    whole = [Path(name).name for name in session.config.args] == session.config.getini("testpaths")
    if whole and os.environ.get("PYTEST_XDIST_WORKER", "gw0")[-1] in "13579":
        for path in sorted(Path(__file__).parent.glob("test_*.py"), reverse=True):
            with suppress(Exception, pytest.skip.Exception):  # told where the file is collected
                importlib.import_module(f"tests.{path.stem}")


def pytest_collection_finish() -> None:
    """What thousands of collected tests are made of stays: the collector need not walk over it again and again."""
    gc.collect()
    gc.freeze()


# No test is red because something else keeps the machine busy, or because of what this run happened to draw: the usual
# examples are the same in every run. `--hypothesis-profile thorough` draws many others, and keeps those that fail.
settings.register_profile("thorough", deadline=None, max_examples=1000, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("usual", settings.get_profile("thorough"), max_examples=30, derandomize=True, database=None)
settings.load_profile("usual")

# Tests compile anew: what an earlier run left on disk must neither help nor harm them.
os.environ["AUTOGRAD_LITE_CACHE"] = "off"


@pytest.fixture(scope="session")
def chromium():
    """A headless Chromium driven by selenium; tests that ask for it skip where there is none."""
    if not shutil.which("chromium") or not shutil.which("chromedriver"):
        pytest.skip("no chromium and chromedriver on PATH")
    webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed (the test extra)")
    options = webdriver.ChromeOptions()
    for flag in FLAGS:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options, webdriver.ChromeService(shutil.which("chromedriver")))
    yield driver
    driver.quit()

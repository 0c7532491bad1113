"""The page on which the library runs in the browser, in headless Chromium, from the site as it was built."""

import functools
import http.server
import threading
from pathlib import Path

import pytest

SITE = Path(__file__).parent.parent / "output" / "site"

pytestmark = pytest.mark.skipif(not (SITE / "try" / "library.zip").exists(), reason="the site is not built")


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="module")
def page(chromium):
    handler = functools.partial(Quiet, directory=str(SITE))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        chromium.get(f"http://127.0.0.1:{server.server_port}/try/index.html")
        wait(chromium, "return !document.getElementById('run').disabled")
        yield chromium
        fetched = chromium.execute_script("return performance.getEntriesByType('resource').map(entry => entry.name)")
        server.shutdown()
    assert all(address.startswith(("http://127.0.0.1", "data:")) for address in fetched), fetched


def wait(driver, script):
    from selenium.webdriver.support.ui import WebDriverWait

    WebDriverWait(driver, 180, 0.1).until(lambda driver: driver.execute_script(script))


@pytest.mark.parametrize(
    ("example", "printed", "shown"),
    [
        ("neuron", "1.4231", "<svg"),
        ("BP1–BP4", "BP4", ""),
        ("XOR", "[0, 1, 1, 0]", ""),
        ("explore", "", "<iframe"),
        ("exercise", "What is dy/dx?", "9 is y itself"),
    ],
)
def test_an_example_runs(page, example, printed, shown):
    done = page.execute_script("return Number(document.body.dataset.done ?? 0)")
    page.execute_script(
        "[...document.querySelectorAll('#examples button')].find(b => b.textContent === arguments[0]).click()", example
    )
    wait(page, f"return Number(document.body.dataset.done ?? 0) > {done}")
    out, html = page.execute_script(
        "return [document.getElementById('printed').textContent, document.getElementById('shown').innerHTML]"
    )
    assert "Traceback" not in out, out
    assert printed in out
    assert shown in html


def test_an_error_is_shown(page):
    done = page.execute_script("return Number(document.body.dataset.done ?? 0)")
    page.execute_script("document.getElementById('code').value = '1/0'; document.getElementById('run').click()")
    wait(page, f"return Number(document.body.dataset.done ?? 0) > {done}")
    assert "ZeroDivisionError" in page.execute_script("return document.getElementById('printed').textContent")

"""How fluid the page is, in a real headless Chromium on the processor alone: frames, opening, training.

python -m tests.benchmarks.page
"""

import shutil
import statistics
import tempfile
from pathlib import Path

from selenium import webdriver

from autograd_lite import Value, explore, scope
from nn import MLP, playground
from nn.data import moons
from nn.losses import quadratic
from tests.conftest import FLAGS

FRAMES = 240

# One frame after the other with the slider somewhere else in each: how long each took, in milliseconds.
DRAG = """
const done = arguments[0];
const slider = document.getElementById("nudge-slider");
const times = [];
let k = 0;
function frame(now) {
  times.push(now);
  slider.value = 500 + 400 * Math.sin(k / 20);
  slider.dispatchEvent(new Event("input"));
  if (k++ < FRAMES) requestAnimationFrame(frame);
  else done(times.slice(1).map((time, i) => time - times[i]));
}
requestAnimationFrame(frame);
""".replace("FRAMES", str(FRAMES))

# From navigation to the frame after the one that shows the graph: the page offers its API when it has drawn.
WATCH = """
Object.defineProperty(window, "autogradLite", {
  get: () => window.offered,
  set: (api) => {
    window.offered = api;
    requestAnimationFrame(() => requestAnimationFrame(() => { window.openedAt = performance.now(); }));
  },
});
"""

# Steps of training in two seconds in which the boundary is drawn in every frame, and the frames.
TRAIN = """
const done = arguments[0];
const before = autogradLite.train(0).epoch;
let frames = 0;
const count = () => { frames += 1; requestAnimationFrame(count); };
document.getElementById("train-run").click();
requestAnimationFrame(count);
setTimeout(() => {
  document.getElementById("train-run").click();
  done([(autogradLite.train(0).epoch - before) / 2, frames / 2]);
}, 2000);
"""


def net(sizes):
    """The cost of one sample of a net."""
    model = MLP(2, sizes, activation="tanh", seed=0)
    return quadratic(model([0.5, -0.25]), [1.0] * sizes[-1])


def chain(n):
    """A deep graph of n Values in scopes of 50, as a recurrent program makes it."""
    x = Value(0.1, "x")
    for k in range(n // 100):
        with scope(f"part{k}"):
            for _ in range(50):
                x = x * 0.5 + 0.1
    return x


def main():
    """Print what each is, as measured."""
    options = webdriver.ChromeOptions()
    for flag in FLAGS:
        options.add_argument(flag)
    driver = webdriver.Chrome(options, webdriver.ChromeService(shutil.which("chromedriver")))
    driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
    folder = Path(tempfile.mkdtemp())

    def shown(page, fragment=""):
        page.save(folder / "page.html")
        driver.get("about:blank")
        driver.get(f"{(folder / 'page.html').as_uri()}{fragment}")
        driver.execute_async_script("requestAnimationFrame(() => setTimeout(arguments[0], 500))")

    for name, y, fragment in (
        ("all boxes", net([13, 13, 1]), "#view=0&tab=nudge"),
        ("collapsed", net([13, 13, 1]), "#tab=nudge"),
    ):
        page = explore(y)
        shown(page, fragment)
        n = driver.execute_script("return autogradLite.state().nodes.length")
        if fragment.startswith("#view=0"):
            driver.find_element("id", "zoom-fit").click()
        times = driver.execute_async_script(DRAG)
        fps = 1000 / statistics.mean(times)
        print(f"dragging a slider, {n} nodes, {name}: {fps:.0f} frames/s, median {statistics.median(times):.1f} ms")
    for name, y in (("net", net([40, 40, 1])), ("chain", chain(2500))):
        shown(explore(y))
        n = driver.execute_script("return autogradLite.state().nodes.length")
        print(f"opening {n} nodes ({name}), collapsed: {driver.execute_script('return openedAt'):.0f} ms")
    xs, ys = moons(100)
    shown(playground(MLP(2, [16, 16, 1], activation="tanh", seed=0), xs, [2 * y - 1 for y in ys], "hinge"))
    steps, frames = driver.execute_async_script(TRAIN)
    print(f"playground, 2-16-16-1, 100 samples, boundary drawn: {steps:.0f} steps/s, {frames:.0f} frames/s")
    driver.quit()


if __name__ == "__main__":
    main()

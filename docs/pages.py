"""The pictures of docs/page.md, made anew: `python docs/pages.py` opens the pages of demos.explore in a Chromium."""

import shutil
import sys
import time
from pathlib import Path

from selenium import webdriver

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS.parent))
SIZE = {"width": 1280, "height": 800, "deviceScaleFactor": 1, "mobile": False}
FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--lang=en")

# Of each page the fragment that says what is seen, and what is done before the picture is taken.
SEEN = {
    "neuron": ("#theme=light&step=5&node=3", ""),
    "net": ("#theme=light&view=1", "autogradLite.goto(50); document.getElementById('search').value = 'z1[0]';"
            "document.getElementById('search').dispatchEvent(new Event('change'))"),
    "traps": ("#theme=dark&tab=nudge&node=0", "autogradLite.set('a', 1.2)"),
    "playground": ("#theme=light", "autogradLite.train(120)"),
}  # fmt: skip


def main() -> None:
    """Write docs/page-*.png and print their sizes."""
    from demos import explore
    from demos.output import OUTPUT

    explore.main()
    options = webdriver.ChromeOptions()
    for flag in FLAGS:
        options.add_argument(flag)
    driver = webdriver.Chrome(options, webdriver.ChromeService(shutil.which("chromedriver")))
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", SIZE)
    for name, (fragment, script) in SEEN.items():
        driver.get("about:blank")
        driver.get(f"{(OUTPUT / f'{name}.html').resolve().as_uri()}{fragment}")
        driver.execute_script(script)
        time.sleep(1)
        path = DOCS / f"page-{name}.png"
        driver.save_screenshot(str(path))
        print(f"{path.name:<20} {path.stat().st_size / 1000:6.1f} kB")
    driver.quit()


if __name__ == "__main__":
    main()

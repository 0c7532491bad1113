"""What tests of pages do in a browser: open one, press, read, and see what was complained of or requested."""

import itertools
import json
import re

visits = itertools.count()


def opened(driver, path, fragment=""):
    """The page at a path, with nothing left in the logs of what was before."""
    for kind in ("browser", "performance"):
        driver.get_log(kind)
    driver.get(f"{path.as_uri()}?{next(visits)}{fragment}")  # the same address again would load nothing
    return driver


def complaints(driver):
    """What the console has, and what was requested but for the page itself."""
    messages = [json.loads(entry["message"])["message"] for entry in driver.get_log("performance")]
    urls = [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]
    strange = [url for url in urls if not re.match(r"file:|data:,$|about:", url)]
    return [entry["message"] for entry in driver.get_log("browser")] + strange


KEEP = "(k, v) => typeof v === 'number' && !Number.isFinite(v) ? String(v) : v"  # nan and inf survive as text


def numbers(driver):
    """The data and grads that the page has now."""
    return json.loads(driver.execute_script(f"return JSON.stringify(autogradLite.state(), {KEEP})"))


def numbers_at(driver, steps):
    """The data and grads that the page has at each of these steps, by one command."""
    state = f"JSON.stringify(autogradLite.state(), {KEEP})"
    states = driver.execute_script(f"return arguments[0].map((k) => {{ autogradLite.goto(k); return {state} }})", steps)
    return list(map(json.loads, states))


def element(driver, name):
    return driver.find_element("id", name)


def press(driver, *names):
    for name in names:
        element(driver, name).click()


def press_at(driver, name, x, y):
    """Press a point of an element, so many points from its middle."""
    from selenium.webdriver import ActionChains

    ActionChains(driver).move_to_element_with_offset(element(driver, name), x, y).click().perform()


def press_text(driver, words):
    settled(driver)
    driver.find_element("xpath", f"//button[contains(., '{words}')]").click()


def settled(driver):
    """Wait until the page has drawn what was changed."""
    driver.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")


def text(driver, name):
    settled(driver)
    return element(driver, name).text


def fragment(driver):
    """The fragment of the address, which is written when nothing has changed for a moment."""
    driver.execute_async_script("setTimeout(arguments[0], 400)")
    return driver.execute_script("return location.hash")

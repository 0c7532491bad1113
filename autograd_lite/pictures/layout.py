"""DOT source into a picture: the one place that chooses a Graphviz, runs it and reports what went wrong.

A `dot` program on PATH is taken first, then the Graphviz inside pygraphviz's wheels (the `draw` extra). Either runs
in a process of its own, with limited memory, that is killed at the time limit: Graphviz is C code whose layout can
take hours, and a crash or a hang there must not become one here. The tests make SVG, PNG and PDF with each that is
installed; docs/drawing.md says which versions that were.
"""

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence

TIME_LIMIT = 30.0  # seconds
MEMORY_LIMIT = 2 << 30  # bytes
PNG_DPI = 144  # twice a point: sharp on today's screens
PNG_PIXELS = 6_000  # in width and in height; a larger picture is scaled down

# pygraphviz's Graphviz is a library; this program makes a `dot` of it.
_CHILD = """
import sys, pygraphviz
for source in sys.stdin.buffer.read().decode().split("\f"):
    graph = pygraphviz.AGraph(string=source)
    sys.stdout.buffer.write(graph.draw(format=sys.argv[1], prog="dot", args=" ".join(sys.argv[2:])))
"""


def engine() -> str | None:
    """The Graphviz that pictures are made with: "dot" (the program), "pygraphviz" (its bundled one) or None."""
    if shutil.which("dot"):
        return "dot"
    return bundled()


def bundled() -> str | None:
    """Answer "pygraphviz" where that package, with the Graphviz inside its wheels, can be run in a child process."""
    return "pygraphviz" if sys.executable and importlib.util.find_spec("pygraphviz") else None


def positions(sources: Sequence[str], time_limit: float | None = None) -> list[str]:
    """Where each of several graphs has its nodes and edges, in Graphviz's plain format; raises as `picture` does.

    One process lays out all of them, for starting one takes longer than a layout.
    """
    separator = "\n" if engine() == "dot" else "\f"  # the program reads one graph after the other by itself
    found = picture(separator.join(sources), "plain", time_limit).decode()
    return found.split("stop\n")[:-1]


def picture(source: str, format: str, time_limit: float | None = None) -> bytes:
    """The picture of DOT source, in a format that Graphviz knows: svg, png, pdf ...

    `time_limit` is in seconds, by default `TIME_LIMIT`. Raises ModuleNotFoundError where there is no Graphviz,
    TimeoutError when the layout takes longer than the limit, RuntimeError with Graphviz's own words when it fails.
    """
    limit = TIME_LIMIT if time_limit is None else time_limit
    started = time.monotonic()
    image, reason = _run(source, format, limit, limit)
    if reason and "subgraph cluster_" in source:
        # Some versions fail on clusters ("init_rank", a crash) that they lay out well without the frames.
        flat = source.replace("subgraph cluster_", "subgraph part_")
        image, second = _run(flat, format, limit - (time.monotonic() - started), limit)
        reason = second and reason
    if reason:
        raise RuntimeError(f"draw: Graphviz could not make the {format} picture: {reason}")
    return image


def _run(source: str, format: str, seconds: float, limit: float) -> tuple[bytes, str]:
    """What Graphviz made of the source, and what it complained of if that is not to be used."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}  # the child finds the pygraphviz found here
    command = [*_memory_limited(), *_command(format)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment,
        start_new_session=os.name == "posix",
    ) as process:  # fmt: skip
        try:
            image, words = process.communicate(source.encode(), timeout=max(seconds, 0.0))
        except BaseException as error:
            _kill(process)
            if not isinstance(error, subprocess.TimeoutExpired):
                raise
            raise TimeoutError(
                f"draw: Graphviz took longer than {limit:g} s and was stopped; take a coarser detail, draw a smaller "
                "part, or keep the DOT source"
            ) from None
    # Graphviz draws something else and reports success when it cannot read a label.
    complaints = [line for line in words.decode(errors="replace").splitlines() if line.strip()]
    failures = [line for line in complaints if line.startswith("Error")]
    if process.returncode or failures or not image:
        return b"", (failures or complaints[-1:] or [f"exit code {process.returncode}, {len(image)} bytes"])[0]
    return image, ""


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """End a process, and where there are sessions all that it started."""
    if sys.platform == "win32":
        process.kill()
    else:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _memory_limited() -> list[str]:
    """The beginning of a command that limits the memory of what follows, where there is a POSIX shell for it."""
    shell = shutil.which("sh") if os.name == "posix" else None
    limit = f'ulimit -v {MEMORY_LIMIT >> 10} 2>/dev/null; exec "$@"'
    return [shell, "-c", limit, "sh"] if shell else []


def _command(format: str) -> list[str]:
    """The command that reads DOT source and writes a picture."""
    options = [f"-Gdpi={PNG_DPI}", f"-Gsize={PNG_PIXELS / PNG_DPI:g}"] if format.startswith("png") else []
    found = engine()
    if found == "dot":
        return [str(shutil.which("dot")), f"-T{format}", *options]
    if found == "pygraphviz":
        return [sys.executable, "-c", _CHILD, format, *options]
    raise ModuleNotFoundError(
        "draw: a picture needs Graphviz: pip install 'autograd-lite[draw]', or put Graphviz's dot program on PATH; "
        "the DOT source (.source, .save('graph.dot')) needs neither",
        name="pygraphviz",
    )

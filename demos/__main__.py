"""The tour: from one neuron's chain rule to a net that reads handwriting, in about ten seconds.

You will see each demo print what it does, and find its pictures in the folder output/. demos.gpt, which learns for
some seconds, runs by itself.
"""

import time

from demos import (
    delta_check,
    derivatives,
    digits,
    explain,
    explore,
    iris,
    loops,
    mistakes,
    moons,
    neuron,
    pictures,
    replay,
    xor,
)
from demos.output import OUTPUT, title

TOUR = (
    neuron, explain, mistakes, derivatives, pictures, explore, delta_check, loops, xor, moons, iris, digits, replay,
)  # fmt: skip


def main() -> None:
    """Run the demos one after the other."""
    started = time.perf_counter()
    for demo in TOUR:
        try:
            demo.main()
        except ImportError as error:
            print(f"The rest of this needs what is not installed. {error}")
    title("Done", "完成")
    print(f"{time.perf_counter() - started:.0f} s; the results are in {OUTPUT}/:")
    for path in sorted(OUTPUT.iterdir()):
        print(f"  {path.name:<22} {path.stat().st_size / 1000:7.1f} kB")


if __name__ == "__main__":
    main()

"""Names that nobody has: two or three syllables out of a small grammar, the same from the same seed.

You will see a few of them; `write` puts five hundred into a file, from which demos.gpt learns.
"""

import random
from pathlib import Path

ONSETS = ["b", "d", "f", "g", "k", "l", "m", "n", "r", "s", "t", "v", "br", "dr", "th"]
VOWELS = ["a", "e", "i", "o", "ia"]
CODAS = ["", "", "n", "l", "r", "s"]


def invent(count: int, seed: int = 0) -> list[str]:
    """So many names."""
    draw = random.Random(seed)
    syllables = [onset + vowel for onset in ONSETS for vowel in VOWELS]
    return ["".join(draw.choices(syllables, k=draw.choice([2, 2, 3]))) + draw.choice(CODAS) for _ in range(count)]


def write(path: Path, count: int = 500) -> None:
    """A file with a name on each line."""
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(invent(count)) + "\n", encoding="utf-8")


def main() -> None:
    """Print a few names."""
    print(", ".join(invent(20)))


if __name__ == "__main__":
    main()

"""The command line: `python -m autograd_lite explain "tanh(w*x + b)" w=0.5 x=2 b=-1 --wrt w`.

Installed as `autograd-lite`; `autograd-lite --help` lists the commands, which stand in `commands.py`.
Exit codes: 0, 1 for a check that does not hold or numbers that became inf or nan, 2 for bad usage.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence

from autograd_lite import __version__
from autograd_lite.commands import COMMANDS
from autograd_lite.options import OPTIONS


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit code."""
    given = map(_as_expression, sys.argv[1:] if arguments is None else arguments)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")  # a terminal that has no ∂ shows a question mark
    parser = _parser()
    chosen = parser.parse_args(list(given))
    try:
        code = COMMANDS[chosen.command].run(chosen)
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # the reader, such as `head`, has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (ArithmeticError, ImportError, OSError, RuntimeError, TypeError, ValueError) as error:
        told = str(error).removeprefix(f"{chosen.command}: ")  # explain: explain: …
        print(f"autograd-lite {chosen.command}: {told}", file=sys.stderr)
        return 1 if isinstance(error, ArithmeticError) else 2


def _as_expression(text: str) -> str:
    """An expression that begins with a sign, kept from being taken for an option by a blank before it."""
    is_option = re.fullmatch(r"-|-[ho]|--[a-z]{2,}(-[a-z]+)*", text.partition("=")[0])
    return f" {text}" if text.startswith("-") and not is_option else text


def _parser() -> argparse.ArgumentParser:
    """The parser; --help of each command ends in its example."""
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("autograd-lite", description="The chain rule, told.", formatter_class=plain)
    parser.add_argument("--version", action="version", version=f"autograd-lite {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    parser.epilog = "examples:\n" + "\n".join(f"  autograd-lite {name} {c.example}" for name, c in COMMANDS.items())
    for name, command in COMMANDS.items():
        sub = commands.add_parser(
            name, help=command.says, description=command.says, formatter_class=plain,
            allow_abbrev=False, epilog=f"example:\n  autograd-lite {name} {command.example}",
        )  # fmt: skip
        for option in command.options:
            if option == "expression":
                sub.add_argument("expression", help="numbers, names, + - * / ** and functions such as tanh")
                sub.add_argument("numbers", nargs="*", metavar="name=number", help="a number for each name")
            else:
                flags, settings = OPTIONS[option]
                sub.add_argument(*flags, **settings)
    return parser


if __name__ == "__main__":
    sys.exit(main())

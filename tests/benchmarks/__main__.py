"""Run the benchmarks: `python -m tests.benchmarks [WORD...]`, those whose names hold one of the words, or all."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path


def main(words: list[str]) -> int:
    names = sorted(path.stem for path in Path(__file__).parent.glob("bench_*.py"))
    chosen = [name for name in names if not words or any(word in name for word in words)]
    if not chosen:
        print(f"no benchmark of that name; there are {', '.join(names)}")
        return 2
    for name in chosen:
        print(f"{importlib.import_module(f'tests.benchmarks.{name}').measure()}\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Run the benchmarks: `python -m tests.benchmarks [WORD...]`.

Words choose: benchmarks whose names hold one of them (`cell`, `trace`, `million`, `suite`), or workloads of the suite
(`W4`, `notebook`). Without a word everything runs.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

from tests.benchmarks import bench_suite, check, publish
from tests.benchmarks.campaign import Plan

_NAMES = sorted(path.stem for path in Path(__file__).parent.glob("bench_*.py"))


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("words", nargs="*", metavar="WORD", help="which ones; without a word all")
    parser.add_argument("--scale", type=float, default=1.0, help="size of the data; 0.1 fits a small machine")
    parser.add_argument("--repetitions", type=int, default=5, help="of each engine and workload")
    parser.add_argument("--publish", action="store_true", help="write the table and the plot into docs/")
    parser.add_argument("--check", action="store_true", help="quick: compare the ratios with those in gate.json")
    parser.add_argument("--accept", action="store_true", help="quick: write the ratios into gate.json")
    options = parser.parse_args(arguments)
    workloads = chosen(options.words)
    if options.publish and workloads != Plan().workloads:
        parser.error("--publish takes a whole run: no row is left out of the docs")
    if options.check or options.accept:
        return check.check(workloads, accept=options.accept)
    names = [name for name in _NAMES if not options.words or any(word in name for word in options.words)]
    if options.words and workloads and "bench_suite" not in names:
        names.append("bench_suite")
    if not names:
        print(f"no benchmark of that name; there are {', '.join([*_NAMES, *Plan().workloads])}")
        return 2
    for name in names:
        print(f"{_table(name, options, workloads)}\n", flush=True)
    if options.publish:
        publish.publish()
    return 0


def chosen(words: list[str]) -> tuple[str, ...]:
    """The workloads that words name: `W4` means both its ways."""
    lower = {word.lower() for word in words}
    every = Plan().workloads
    if not words or any(word in "bench_suite" for word in lower):
        return every
    return tuple(name for name in every if name.lower() in lower or name.partition(" ")[0].lower() in lower)


def _table(name: str, options: argparse.Namespace, workloads: tuple[str, ...]) -> object:
    if name == "bench_suite":
        return bench_suite.measure(Plan(options.scale, options.repetitions, workloads))
    module = importlib.import_module(f"tests.benchmarks.{name}")
    if name != "bench_million":
        return module.measure()
    # A million takes ten minutes to fill: only where it is asked for by name.
    return module.measure(int(module.COMMITS * options.scale * (1 if options.words else 0.1)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

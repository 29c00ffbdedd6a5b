"""Our fingerprint beside the hashes of joblib and dask, over the case batteries; run by hand, writes docs/fingerprints.md.

`python -m tests.benchmarks.compare_hashers` uses the libraries that this Python can import. A hasher that is missing
is named and left out, and so are the cases whose libraries are missing; the page is written only if nothing was.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import platform
import subprocess
import sys
import types
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.cases.distinctions import MUST_DIFFER, MUST_EQUAL, ROUNDTRIP, must_differ, must_equal, roundtrip
from tests.cases.functions import EDITS, Edit
from tests.cases.source import installed
from tests.fingerprint.sources import pickled_copy

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "fingerprints.md"
SEEDS = ("1", "2")
ALL = len(MUST_DIFFER) + len(MUST_EQUAL) + len(ROUNDTRIP) + len(EDITS)
REFUSED = "refused: "

#: the hasher's name in the table -> the distribution that it comes from
HASHERS = {"cashet_jupyter": "cashet-jupyter", "joblib.hash": "joblib", "dask.tokenize": "dask"}
#: libraries whose versions change what the hashers see
LIBRARIES = ("cloudpickle", "numpy", "pandas", "scipy", "scikit-learn", "polars", "pyarrow", "xarray", "torch")
#: battery -> what is compared
BATTERIES = {
    "MUST_DIFFER": "two values that a cell can tell apart",
    "MUST_EQUAL": "two values that no cell can tell apart",
    "ROUNDTRIP": "a value and its copy through cloudpickle",
    "EDITS": "a function before and after an edit, in a made-up namespace named `__main__`",
    "EDITS, real": "the same, in the module `__main__` itself, as in a kernel",
}

Hasher = Callable[[Any], str]
#: the two values of a case, one after the other: an edit is made only after the first one was hashed
Case = Callable[[], Iterator[Any]]


def hasher_of(name: str) -> Hasher:
    """The function behind a name of `HASHERS`; raises `ImportError` if its library is missing."""
    if name == "joblib.hash":
        import joblib

        return lambda obj: str(joblib.hash(obj))
    if name == "dask.tokenize":
        from dask.base import tokenize

        return lambda obj: str(tokenize(obj, ensure_deterministic=True))
    from cashet_jupyter.fingerprint.values import fingerprint_value

    return fingerprint_value


@contextmanager
def _real_main() -> Iterator[dict[str, Any]]:
    """The namespace of a new module that is `__main__` while the block runs."""
    ours, module = sys.modules["__main__"], types.ModuleType("__main__")
    sys.modules["__main__"] = module
    try:
        yield vars(module)
    finally:
        sys.modules["__main__"] = ours


def _pair(thunks: tuple[Callable[[], Any], Callable[[], Any]]) -> Iterator[Any]:
    for thunk in thunks:
        yield thunk()


def _copied(thunk: Callable[[], Any]) -> Iterator[Any]:
    value = thunk()
    copy = pickled_copy(value)  # before the hasher sees the value: it may fill caches in it
    yield value
    yield copy


def _edited(edit: Edit, namespace: dict[str, Any]) -> Iterator[Any]:
    for source in (edit.before, edit.after):
        exec(source, namespace)
        yield namespace["f"]


def _edited_in_main(edit: Edit) -> Iterator[Any]:
    with _real_main() as namespace:
        yield from _edited(edit, namespace)


def cases() -> dict[str, tuple[Case, bool]]:
    """`battery/id` -> how to make the two values, and whether they must be told apart; only what is installed."""
    found: dict[str, tuple[Case, bool]] = {}
    for battery, pairs, differ in (("MUST_DIFFER", must_differ(), True), ("MUST_EQUAL", must_equal(), False)):
        for pair in pairs:
            found[f"{battery}/{pair.id}"] = (lambda pair=pair: _pair(pair.thunks), differ)
    for value in roundtrip():
        found[f"ROUNDTRIP/{value.id}"] = (lambda value=value: _copied(value.thunk), False)
    for edit in (edit for edit in EDITS if installed(edit.needs)):
        made_up = lambda edit=edit: _edited(edit, {"__name__": "__main__"})
        found[f"EDITS/{edit.id}"] = (made_up, edit.changes)
        found[f"EDITS, real/{edit.id}"] = (lambda edit=edit: _edited_in_main(edit), edit.changes)
    return found


def count() -> int:
    """How many cases there are here; an edit is one, though it is made in two places."""
    return sum(not key.startswith("EDITS, real/") for key in cases())


def _hash(hasher: Hasher, value: Any) -> str:
    try:
        return hasher(value)
    except Exception as error:  # a hasher may refuse with anything
        return f"{REFUSED}{type(error).__name__}"


def hash_cases(names: list[str]) -> dict[str, dict[str, list[str]]]:
    """For each hasher and case the hashes of the two values, made anew for each hasher."""
    warnings.simplefilter("ignore")
    hashers = {name: hasher_of(name) for name in names}
    return {
        name: {key: [_hash(hasher, value) for value in make()] for key, (make, _) in cases().items()}
        for name, hasher in hashers.items()
    }


def _in_a_process(names: list[str], seed: str) -> dict[str, dict[str, list[str]]]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.compare_hashers", "--hash", *names],
        cwd=ROOT,
        env=os.environ | {"PYTHONHASHSEED": seed},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])  # a library may print while it is imported


@dataclass
class Verdict:
    """What one hasher did with one battery: the ids of the cases, by fault."""

    cases: int = 0
    stale: list[str] = field(default_factory=list)
    needless: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    unstable: list[str] = field(default_factory=list)

    def add(self, case: str, differ: bool, first: list[str], second: list[str]) -> None:
        """Count the hashes of one case, in the first and in the second process."""
        self.cases += 1
        if any(text.startswith(REFUSED) for text in (*first, *second)):
            self.refused.append(case)
            return
        if first != second:
            self.unstable.append(case)
        if differ and first[0] == first[1]:
            self.stale.append(case)
        if not differ and first[0] != first[1]:
            self.needless.append(case)


def judge(names: list[str]) -> dict[str, dict[str, Verdict]]:
    """Battery -> hasher -> verdict, from two processes with different hash seeds."""
    first, second = (_in_a_process(names, seed) for seed in SEEDS)
    verdicts = {battery: {name: Verdict() for name in names} for battery in BATTERIES}
    for key, (_, differ) in cases().items():
        battery, _, case = key.partition("/")
        for name in names:
            verdicts[battery][name].add(case, differ, first[name][key], second[name][key])
    return verdicts


def table(verdicts: dict[str, dict[str, Verdict]]) -> str:
    """The counts, as a table in Markdown."""
    lines = [
        "| battery | cases | hasher | wrongly equal (stale) | needlessly different | refused | unstable |",
        "|---|--:|---|--:|--:|--:|--:|",
    ]
    for battery, row in verdicts.items():
        differ = {differ for key, (_, differ) in cases().items() if key.startswith(f"{battery}/")}
        for name, v in row.items():
            stale = len(v.stale) if True in differ else "-"
            needless = len(v.needless) if False in differ else "-"
            counts = f"{stale} | {needless} | {len(v.refused)} | {len(v.unstable)}"
            lines.append(f"| {battery} | {v.cases} | `{name}` | {counts} |")
    return "\n".join(lines)


def listing(verdicts: dict[str, dict[str, Verdict]]) -> str:
    """The cases behind the counts."""
    lines = []
    for battery, row in verdicts.items():
        for name, v in row.items():
            faults = {"wrongly equal": v.stale, "needlessly different": v.needless}
            faults |= {"refused": v.refused, "unstable": v.unstable}
            for fault, ids in faults.items():
                told = "all" if len(ids) == v.cases else ", ".join(f"`{case}`" for case in ids)
                if ids:
                    lines.append(f"- {battery}, `{name}`, {fault}: {told}")
    return "\n".join(lines)


def _versions(names: list[str]) -> str:
    found = [f"Python {platform.python_version()}"]
    for distribution in (*(HASHERS[name] for name in names), *LIBRARIES):
        if importlib.util.find_spec(distribution.replace("scikit-learn", "sklearn").replace("-", "_")):
            found.append(f"{distribution} {importlib.metadata.version(distribution)}")
    return ", ".join(found)


def page(names: list[str]) -> str:
    """The whole page."""
    verdicts = judge(names)
    batteries = "\n".join(f"- **{battery}**: {what}" for battery, what in BATTERIES.items())
    return TEXT.format(
        batteries=batteries,
        table=table(verdicts),
        listing=listing(verdicts),
        versions=_versions(names),
        cases=count(),
    )


TEXT = """\
# Fingerprints beside other hashes

Made by `python -m tests.benchmarks.compare_hashers`; do not edit by hand.

{batteries}

{table}

**How to read it.** The cases are our own (`tests/cases`), and our fingerprint was corrected until it passed them: its
zeros say that nothing has broken since, not that it has no faults. They hold next to nothing that it refuses; the
README says what it does refuse. The other two were made for other ends, and what counts here as a fault need not be one
there: both leave out the order of a dict on purpose, `joblib.Memory` compares the source of a function apart from the
hash of its arguments, and time was not compared. *Wrongly equal* would be a stale hit if the hash were the key of a
cell; *needlessly different* and *unstable* (not the same hash in two processes, `PYTHONHASHSEED` 1 and 2) cost a run
that was not needed; *refused* (an exception) is safe, and such a case counts for nothing else. Two values that are told
apart only because their hashes are unstable are not counted as wrongly equal. joblib hashes functions and classes not by
value: those of a made-up `__main__` it refuses, which is most of what it refuses in MUST_DIFFER; those of the real one
it hashes by name, and "EDITS, real" shows what that means. `-` is a fault that the battery cannot show.

**How to make it again.** In an environment with the test libraries, `torch` and `dask`:
`python -m tests.benchmarks.compare_hashers`. What is missing is named and left out; then the page is printed only.

{cases} cases, those of EDITS counted once. {versions}.

## The cases behind the counts

{listing}
"""


def main() -> int:
    missing = [name for name, library in HASHERS.items() if not importlib.util.find_spec(library.replace("-", "_"))]
    text = page([name for name in HASHERS if name not in missing])
    print(text)
    skipped = ALL - count()
    if missing or skipped:
        print(f"Not written to {PAGE.name}: missing {', '.join(missing) or 'no hasher'}; {skipped} cases left out.")
        return 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--hash"]:
        print(json.dumps(hash_cases(sys.argv[2:])))
    else:
        sys.exit(main())

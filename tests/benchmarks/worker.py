"""One process of the benchmark: `python -m tests.benchmarks.worker JOB`, where JOB is a `Job` as JSON.

It prints a line for each figure. It runs in the environment of the peers, and needs nothing but them and the package.
"""

from __future__ import annotations

import json
import os
import sys
import warnings
from collections.abc import Callable, Mapping

from tests.benchmarks import growth, history, workloads
from tests.benchmarks.figures import Fault, Tell, print_line
from tests.benchmarks.workloads import Job

KINDS: Mapping[str, Callable[[Job, Tell], None]] = {
    "small": workloads.small,
    "misses": workloads.misses,
    "hits": workloads.hits,
    "inputs": workloads.inputs,
    "sizes": growth.sizes,
    "edits": growth.edits,
    "chain": growth.chain,
    "history": history.history,
}


def main(text: str) -> int:
    told = json.loads(text)
    job = Job(**{**told, "engines": tuple(told["engines"])})
    warnings.simplefilter("ignore")
    try:
        KINDS[job.kind](job, print_line)
    except Exception as error:
        if os.environ.get("BENCH_TRACEBACKS"):
            raise
        for engine in job.engines:
            print_line(Fault(engine, job.workload, "failed", f"{type(error).__name__}: {error}"[:200]))
    sys.stdout.flush()
    os._exit(0)  # not what a gigabyte of objects takes to be freed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

"""The data of the workloads: the same on every machine, for every engine. `scale` is 1 for the sizes in the names."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

Data = Any


def array(scale: float) -> Data:
    """W2, W3: 1 GiB of float64."""
    import numpy as np

    return np.random.default_rng(1).random(int((1 << 27) * scale))


def frame(scale: float) -> Data:
    """W4: 5M rows; four columns of float64, two of int64, one categorical, one of text: 340 MB."""
    import numpy as np
    import pandas as pd

    rows = int(5_000_000 * scale)
    rng = np.random.default_rng(2)
    made = pd.DataFrame(rng.random((rows, 4)), columns=list("abcd"))
    made["i"] = rng.integers(0, 1 << 40, rows)
    made["j"] = rng.integers(0, 1000, rows)
    kinds = [f"cat{number}" for number in range(50)]
    made["k"] = pd.Categorical.from_codes(rng.integers(0, 50, rows).astype("int8"), kinds)
    words = pd.Series([f"item-{number:06d}" for number in range(100_000)], dtype="str")
    made["s"] = words.take(rng.integers(0, len(words), rows)).reset_index(drop=True)
    return made.copy()  # consolidated, as after reading a file


def wide(scale: float) -> Data:
    """W5: 5M rows of 20 columns, 14 of float64 and 6 of int64: 800 MB."""
    import numpy as np
    import pandas as pd

    rows = int(5_000_000 * scale)
    rng = np.random.default_rng(3)
    made = pd.DataFrame(rng.random((rows, 14)), columns=[f"f{number}" for number in range(14)])
    whole = pd.DataFrame(rng.integers(0, 1 << 40, (rows, 6)), columns=[f"i{number}" for number in range(6)])
    return pd.concat([made, whole], axis=1).copy()


def records(scale: float) -> Data:
    """W6: 200k dictionaries with a text, a list and a tuple each."""
    return [
        {
            "id": number,
            "name": f"user{number}",
            "score": number * 0.5,
            "tags": ["a", "b", f"t{number % 7}"],
            "ok": number % 2 == 0,
            "pos": (number, number + 1),
        }
        for number in range(int(200_000 * scale))
    ]


def forest(scale: float) -> Data:
    """W7: a forest of 200 trees; 600 arrays of 100 kB or so, and as many small objects."""
    import numpy as np
    from sklearn.ensemble import RandomForestRegressor

    rng = np.random.default_rng(0)
    trees = max(2, int(200 * scale))
    return RandomForestRegressor(trees, n_jobs=2, random_state=0).fit(rng.random((3000, 6)), rng.random(3000))


def first_of_chain(scale: float) -> Data:
    """W8: 50 MB of float64, in 8 columns."""
    import numpy as np
    import pandas as pd

    return pd.DataFrame(np.random.default_rng(0).random((int(781_250 * scale), 8)), columns=list("abcdefgh")).copy()


def touch(value: Data) -> float:
    """Use the whole of a value, as the next line of a notebook would: what was put off is paid for here."""
    if isinstance(value, list):
        return float(sum(item["id"] for item in value))
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(value, pandas.DataFrame):
        return float(value.select_dtypes("number").sum().sum())
    if hasattr(value, "predict"):
        return float(value.set_params(n_jobs=1).predict([[0.0] * 6])[0])
    return float(value.sum()) if hasattr(value, "sum") else float(value)


def buffers(value: Data) -> list[memoryview]:
    """The large pieces of memory that a value consists of: what a limit has to hash or to write."""
    import pickle

    found: list[pickle.PickleBuffer] = []
    rest = pickle.dumps(value, 5, buffer_callback=found.append)
    return [memoryview(rest), *(buffer.raw() for buffer in found)]


def changes(value: Data) -> Iterator[str]:
    """Change one thing in the middle, in place, and say what; whoever does not see it gives a stale result."""
    pandas = sys.modules.get("pandas")
    middle = len(value) // 2
    if isinstance(value, list):
        value[middle]["score"] = -1.0
        yield "a changed number"
        value[middle]["id"] = float(value[middle]["id"])
        yield "an integer that became a float"
    elif pandas is not None and isinstance(value, pandas.DataFrame):
        value.iat[middle, 0] = -1.0
        yield "a changed number"
        value.columns = [*value.columns[:-1], "renamed"]
        yield "a renamed column"
    else:
        value[middle] = -1.0
        yield "a changed number"


def equal(value: Data, other: Data) -> bool:
    """Whether a restored value is the one that was stored, in type and content (a subclass of an array counts as it)."""
    if isinstance(value, list):
        return type(other) is list and value == other
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(value, pandas.DataFrame):
        return type(other) is type(value) and list(value.dtypes) == list(other.dtypes) and value.equals(other)
    if hasattr(value, "predict"):
        return type(other) is type(value) and touch(value) == touch(other)
    return value.dtype == other.dtype and value.shape == other.shape and bool((value == other).all())

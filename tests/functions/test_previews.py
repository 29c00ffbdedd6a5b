"""What a function was called with and what it returned can be looked at without loading it."""

from __future__ import annotations

from cashet_jupyter import Client
from cashet_jupyter.store.store import open_store


def doubled(values: list[int], *, label: str) -> dict[str, list[int]]:
    values.append(0)
    return {label: [2 * value for value in values]}


def test_arguments_as_they_were_and_the_result(tmp_path):
    with Client(tmp_path / "store") as client:
        assert client.submit(doubled, [1, 2], label="a").load() == {"a": [2, 4, 0]}
    store = open_store(tmp_path / "store")
    (commit,) = store.log()
    looks = {value.name: value.preview for value in (*commit.inputs, *commit.outputs)}
    assert looks["values"] == {"kind": "items", "items": ["1", "2"], "count": 2}
    assert looks["return"] == {"kind": "items", "items": ["'a': [2, 4, 0]"], "count": 1}
    assert looks["label"] is looks["doubled()"] is None
    store.close()

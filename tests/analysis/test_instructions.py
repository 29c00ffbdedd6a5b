"""The decoder of bytecode against the interpreter's own."""

from __future__ import annotations

import dis
import importlib.util
from types import CodeType
from typing import Any

import pytest

from cashet_jupyter.analysis import instructions
from cashet_jupyter.analysis.instructions import listing, nested

MODULES = ["argparse", "asyncio.base_events", "asyncio.streams", "contextlib", "dataclasses", "inspect", "typing", "decimal",
           "statistics", "concurrent.futures.thread", "ast", "tokenize"]  # fmt: skip


def all_codes(code: CodeType) -> list[CodeType]:
    return [code, *(inner for direct in nested(code) for inner in all_codes(direct))]


def of_interpreter(code: CodeType) -> tuple[list[tuple[str, Any]], list[tuple[int, int, int]]]:
    """Operations with their values, and covered ranges with the index of their handler, as `dis` has them."""
    found: list[tuple[str, Any]] = []
    index: dict[int, int] = {}
    prefixes: list[int] = []
    bytecode: Any = dis.Bytecode(code)
    for raw in bytecode:
        prefixes.append(raw.offset)
        if raw.opname in ("CACHE", "EXTENDED_ARG"):
            continue
        index.update(dict.fromkeys(prefixes, len(found)))
        prefixes.clear()
        if raw.opname == "RETURN_CONST":
            found += [("LOAD_CONST", raw.argval), ("RETURN_VALUE", None)]
        elif raw.opname in instructions._SPLIT:
            found += zip(instructions._SPLIT[raw.opname], raw.argval, strict=True)
        else:
            found.append((instructions._RENAMED.get(raw.opname, raw.opname), raw.argval))
    return found, [(entry.start, entry.end, index[entry.target]) for entry in bytecode.exception_entries]


@pytest.mark.parametrize("module", MODULES)
def test_the_decoder_agrees_with_the_interpreter(module: str) -> None:
    spec: Any = importlib.util.find_spec(module)
    for code in all_codes(spec.loader.get_code(module)):
        expected, covered = of_interpreter(code)
        listed = listing(code)
        assert [op for op, _ in expected] == [i.op for i in listed.instructions]
        for (_, value), i in zip(expected, listed.instructions, strict=True):
            if i.value is not None and i.op != "KW_NAMES":  # whose value dis does not know in 3.11
                assert i.value == value or i.value != i.value
        starts = instructions._exception_entries(code.co_exceptiontable)
        assert [(start, end) for start, end, _ in starts] == [(start, end) for start, end, _ in covered]
        handlers = {handler for _, _, handler in covered}
        assert {k for targets in listed.handlers for k in targets} <= handlers


def test_control_goes_on_where_it_can() -> None:
    listed = listing(compile("if a:\n    b\nelse:\n    c", "<cell>", "exec"))
    branch = next(k for k, i in enumerate(listed.instructions) if "JUMP" in i.op and "_IF_" in i.op)
    assert len(listed.after[branch]) == 2
    assert all(not listed.after[k] for k in listed.ends())

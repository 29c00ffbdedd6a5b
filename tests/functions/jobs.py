"""Functions that are sent to workers."""

from __future__ import annotations

import os
from pathlib import Path


def square(x):
    return x * x


def add(a, b):
    return a + b


def total(values):
    return sum(values)


def fail(text):
    raise ValueError(text)


def die():
    os._exit(3)


def read(path):
    return Path(path).read_text()


def appended(values, value):
    values.append(value)
    return len(values)

"""Programs as users of the seed library (cashet) write them, with our name in the imports: each runs, twice."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cashet_jupyter import cli

#: name -> a program; it prints what the test compares
PROGRAMS = {
    "quick start": """
from cashet_jupyter import Client
client = Client()
def transform(data, scale=1.0):
    return [x * scale for x in data]
first = client.submit(transform, [1, 2, 3], scale=2.0)
second = client.submit(transform, [1, 2, 3], scale=2.0)
print(first.load(), second.load(), first.hash == second.hash, len(client.log()))
""",
    "context manager": """
from cashet_jupyter import Client
with Client() as client:
    print(client.submit(sorted, [3, 1, 2]).load())
""",
    "pipeline": """
from cashet_jupyter import Client
client = Client()
def load(path): return list(range(100))
def normalize(data):
    most = max(data)
    return [x / most for x in data]
def train(data, lr=0.01): return {"lr": lr, "samples": len(data)}
raw = client.submit(load, "data/train.csv")
model = client.submit(train, client.submit(normalize, raw), lr=0.001)
print(model.load(), len(client.show(model.commit_hash).input_refs))
""",
    "sweep": """
from cashet_jupyter import Client, TaskRef
client = Client()
def prepare(path, size): return [size] * 3
def train(data, rate, dropout): return sum(data) * rate * dropout
data = client.submit(prepare, "s3://bucket/images", 224)
for rate in (0.01, 0.001):
    for dropout in (0.2, 0.5):
        client.submit(train, data, rate, dropout)
refs = client.submit_many([(prepare, ("s3://bucket/images", 224)), (train, (TaskRef(0), 0.01, 0.2))])
print(len(client.log()), refs[1].load() == client.submit(train, data, 0.01, 0.2).load())
""",
    "opt out and tags": """
from cashet_jupyter import Client
client = Client()
numbers = iter(range(10))
def step(x): return x + 1
one, two = client.submit(step, 1, _cache=False), client.submit(step, 1, _cache=False)
tagged = client.submit(step, 5, _tags={"experiment": "v1"})
print(one.commit_hash != two.commit_hash, one.hash == two.hash, [c.tags for c in client.log(tags={"experiment": "v1"})][:1])
""",
    "task": """
from cashet_jupyter import Client
client = Client()
@client.task
def double(x): return x * 2
@client.task(cache=False, name="another_name", tags={"env": "prod"})
def plus(x): return x + 1
print(double(5).load(), client.submit(double, 5).load(), plus(1).load(), client.log(func_name="another_name")[0].tags)
""",
    "history": """
from datetime import timedelta
from cashet_jupyter import Client
client = Client()
def preprocess(raw, factor=1): return raw * factor
a, b = client.submit(preprocess, 3, factor=2), client.submit(preprocess, 3, factor=3)
commit = client.show(a.commit_hash)
difference = client.diff(a.commit_hash, b.commit_hash)
print(commit.task_def.func_source.splitlines()[0], bytes(commit.task_def.args_snapshot), commit.parent_hash,
      commit.created_at.tzinfo is not None, client.get(a.commit_hash), difference["func_changed"],
      difference["args_changed"], difference["output_changed"], len(client.history(a.commit_hash)))
print(client.gc(older_than=timedelta(days=7)), client.gc(), {"total_commits", "completed_commits", "stored_objects"} <= client.stats().keys())
""",
    "serializers": """
from cashet_jupyter import Client, JsonSerializer, PickleSerializer, SafePickleSerializer
class Mine:
    def __init__(self, x): self.x = x
def make(x): return {"a": [x, 2.5, "text"]}
print([Client(serializer=s).submit(make, 1).load() for s in (PickleSerializer(), SafePickleSerializer(), JsonSerializer())])
print(Client(serializer=SafePickleSerializer(extra_classes=[Mine])).submit(Mine, 4).load().x)
class Reversing:
    def dumps(self, obj) -> bytes: return repr(obj).encode()[::-1]
    def loads(self, data: bytes): return eval(data[::-1])
print(Client(serializer=Reversing()).submit(make, 2).load())
""",
    "backends": """
from pathlib import Path
from cashet_jupyter import Client, Executor, Serializer, Store
from cashet_jupyter.executor import LocalExecutor
from cashet_jupyter.hashing import Serializer as Same
from cashet_jupyter.protocols import Store as Likewise
from cashet_jupyter.store import SQLiteStore
client = Client(store=SQLiteStore(Path(".cashet")), executor=LocalExecutor())
def square(x): return x * x
print(client.submit(square, 7).load(), Client(store_dir=".cashet").submit(square, 7).load(), Same is Serializer, Likewise is Store)
""",
    "failure": """
from cashet_jupyter import Client, TaskError, TaskStatus
client = Client()
def fails(): raise ValueError("kaboom")
try:
    client.submit(fails)
except TaskError as error:
    print("kaboom" in str(error), client.log(status=TaskStatus.FAILED)[0].task_def.func_name)
""",
    "asyncio": """
import asyncio
from cashet_jupyter.async_client import AsyncClient
async def main():
    async with AsyncClient() as client:
        def compute(x: int) -> int: return x * 2
        ref = await client.submit(compute, 21)
        print(await ref.load())
asyncio.run(main())
""",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_of_the_seed_library_runs_and_gives_the_same_again(name: str, tmp_path: Path, monkeypatch):
    monkeypatch.delenv("CASHET_DIR")
    script = tmp_path / "program.py"
    script.write_text(PROGRAMS[name])
    said = []
    for _ in range(2):
        done = subprocess.run([sys.executable, "program.py"], cwd=tmp_path, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        said.append(done.stdout)
    assert said[0]
    if name != "sweep":
        assert said[0] == said[1]
    assert (tmp_path / ".cashet").is_dir()


def test_only_what_is_new_is_computed(tmp_path: Path, monkeypatch):
    """A hundred chunks, then one more: counted from outside, for a function that counts itself is another each time."""
    monkeypatch.delenv("CASHET_DIR")
    program = """
import sys, threading
from cashet_jupyter import Client
client = Client()
def process(chunk, source): return chunk * 2
before = len(client.log(limit=1000))
refs = [client.submit(process, chunk, "huge.parquet") for chunk in range(int(sys.argv[1]))]
assert [ref.load() for ref in refs] == [2 * chunk for chunk in range(len(refs))]
print(len(client.log(limit=1000)) - before)
"""
    (tmp_path / "program.py").write_text(program)
    new = [
        subprocess.run([sys.executable, "program.py", count], cwd=tmp_path, capture_output=True, text=True, timeout=120)
        for count in ("100", "100", "101")
    ]
    assert [done.stdout.strip() for done in new] == ["100", "0", "1"], new[0].stderr


def test_the_words_of_its_command_line_are_ours(tmp_path: Path, monkeypatch, capsys):
    from cashet_jupyter import Client

    monkeypatch.chdir(tmp_path)

    def preprocess(raw, factor=1):
        return raw * factor

    with Client() as client:
        one = client.submit(preprocess, 3, factor=2, _tags={"env": "prod"}).commit_hash
        two = client.submit(preprocess, 4, factor=2).commit_hash
    lines = [
        ["log"],
        ["log", "--func", "preprocess"],
        ["log", "--tag", "env=prod"],
        ["show", one[:12]],
        ["get", one[:12]],
        ["get", one[:12], "-o", "out.json"],
        ["diff", one, two],
        ["history", one],
        ["stats"],
        ["gc", "--older-than", "30"],
        ["rm", two],
    ]
    for line in lines:
        assert cli.run(line) == 0, (line, capsys.readouterr().err)
        assert capsys.readouterr().out, line
    assert (tmp_path / "out.json").read_text().strip() == "6"

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from cashet_jupyter import AsyncClient, AsyncResultRef, Client, TaskError, TaskRef


def run(coroutine):
    return asyncio.run(coroutine)


def square(x):
    return x * x


def add(a, b):
    return a + b


def fail():
    raise ValueError("kaboom")


async def later(x):
    await asyncio.sleep(0)
    return x + 1


def test_submit_gives_a_ref_whose_load_is_awaited_and_hits_afterwards():
    async def main():
        async with AsyncClient() as client:
            ref = await client.submit(square, 3)
            assert isinstance(ref, AsyncResultRef)
            assert await ref.load() == 9
            again = await client.submit(square, 3)
            assert again.commit_hash == ref.commit_hash
            assert again.hash == ref.hash
            assert len(await client.log()) == 1

    run(main())
    with Client() as plain:
        assert plain.submit(square, 3).load() == 9
        assert len(plain.log()) == 1


def test_refs_chain_also_inside_containers():
    async def main():
        async with AsyncClient() as client:
            one = await client.submit(square, 3)
            assert await (await client.submit(add, one, 1)).load() == 10
            assert await (await client.submit(sum, [one, one])).load() == 18

    run(main())


def test_a_coroutine_function_is_awaited_on_the_loop():
    loops: list[object] = []

    async def on_loop(x):
        loops.append(asyncio.get_running_loop())
        return x

    async def main():
        async with AsyncClient() as client:
            assert await (await client.submit(later, 1)).load() == 2
            first = await client.submit(later, 1)
            assert (await client.submit(later, 1)).commit_hash == first.commit_hash
            assert await (await client.submit(on_loop, 5, _cache=False)).load() == 5
            assert loops == [asyncio.get_running_loop()]

    run(main())


def test_the_loop_goes_on_while_a_function_runs():
    import threading

    ticked = threading.Event()

    def waits():
        return ticked.wait(30)

    async def main():
        async with AsyncClient() as client:
            running = asyncio.ensure_future(client.submit(waits, _cache=False))
            await asyncio.sleep(0)
            ticked.set()
            assert await (await running).load() is True

    run(main())


def test_a_file_that_a_coroutine_reads_is_watched(tmp_path: Path):
    path = tmp_path / "data.txt"

    async def reads(name):
        await asyncio.sleep(0)
        with open(name) as file:
            return file.read()

    async def main():
        async with AsyncClient() as client:
            path.write_text("one")
            assert await (await client.submit(reads, str(path))).load() == "one"
            path.write_text("two")
            assert await (await client.submit(reads, str(path))).load() == "two"

    run(main())


def test_failures_tasks_batches_and_the_other_verbs(tmp_path: Path):
    async def main():
        async with AsyncClient() as client:
            with pytest.raises(TaskError, match="kaboom"):
                await client.submit(fail)

            @client.task(tags={"team": "ml"})
            def double(x):
                return 2 * x

            ref = await double(4)
            assert await ref.load() == 8
            many = await client.submit_many({"b": (add, (TaskRef("a"), 1)), "a": (square, (4,))}, max_workers=2)
            assert await many["b"].load() == 17
            assert [await one.load() for one in await client.map(add, [1, 2], 10)] == [11, 12]
            assert (await client.show(ref.commit_hash)).tags == {"team": "ml"}
            assert await client.get(ref.commit_hash) == 8
            assert len(await client.history(ref.commit_hash)) == 1
            assert (await client.diff(ref.commit_hash, many["a"].commit_hash))["func_changed"] is True
            assert (await client.stats())["total_commits"] >= 5
            assert (await client.tag(ref.commit_hash, {"x": "1"})).tags["x"] == "1"
            (tmp_path / "f").write_text("x")
            assert (await client.put_file(tmp_path / "f")).name == "f"
            assert [one.name for one in await client.ls()] == ["f"]
            assert await client.rm(ref.commit_hash) is True
            assert await client.show(ref.commit_hash) is None
            assert await client.clear() >= 1

    run(main())

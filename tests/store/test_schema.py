"""An index gets its tables at once or not at all, and foreign tables are not used."""

from __future__ import annotations

import apsw
import pytest

from cashet_jupyter.store import schema
from cashet_jupyter.store.faults import IndexDamaged


def test_an_empty_file_becomes_an_index() -> None:
    db = apsw.Connection(":memory:")
    assert schema.version(db) == 0
    schema.prepare(db)
    assert schema.version(db) == len(schema.MIGRATIONS)
    assert db.pragma("application_id") == schema.APPLICATION_ID
    schema.prepare(db)


def test_a_failure_in_the_middle_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(db: apsw.Connection) -> None:
        schema.m001_initial(db)
        raise KeyboardInterrupt

    db = apsw.Connection(":memory:")
    with monkeypatch.context() as patch:
        patch.setattr(schema, "MIGRATIONS", [fail])
        with pytest.raises(KeyboardInterrupt):
            schema.prepare(db)
    assert db.execute("SELECT count(*) FROM sqlite_schema").get == 0
    assert schema.version(db) == 0
    schema.prepare(db)


def test_an_older_index_is_brought_up_to_date(monkeypatch: pytest.MonkeyPatch) -> None:
    db = apsw.Connection(":memory:")
    schema.prepare(db)
    db.execute("UPDATE totals SET hits = 7")
    later = [*schema.MIGRATIONS, lambda db: db.execute("CREATE TABLE moods(mood)")]
    monkeypatch.setattr(schema, "MIGRATIONS", later)
    schema._expected.cache_clear()
    try:
        schema.prepare(db)
        assert schema.version(db) == len(later)
        assert db.execute("SELECT hits FROM totals").get == 7
    finally:
        schema._expected.cache_clear()


@pytest.mark.parametrize(
    "change",
    [
        "CREATE TRIGGER evil AFTER INSERT ON commits BEGIN DELETE FROM commits; END",
        "CREATE VIEW more AS SELECT 1",
        "DROP INDEX commits_key",
        "ALTER TABLE commits ADD COLUMN mood",
        "PRAGMA application_id = 5",
        "PRAGMA user_version = 0",
    ],
)
def test_other_tables_are_damage(change: str) -> None:
    db = apsw.Connection(":memory:")
    schema.prepare(db)
    db.execute(change)
    with pytest.raises((IndexDamaged, apsw.SQLError)):
        schema.prepare(db)

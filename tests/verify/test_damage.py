"""Damaged files: never another number in silence, and never a traceback."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verify import cli, plan
from verify.engine import verify
from verify.results import SCHEMA_VERSION, Results, ResultsError, digest, load
from verify.store import MAGIC, Store

IDS = ["vev.prop3.2.index", "sg.alpha"]


@pytest.fixture(autouse=True, scope="module")
def small_budget() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(plan.BUDGETS, "quick", 1e5)
        patch.setattr(plan, "CHUNK", 1e4)
        yield


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes, str]:
    """A real run: its log as it was at the end, its results.json, and what that says."""
    folder = tmp_path_factory.mktemp("real")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Store, "finish", Store.close)
        results = verify(IDS, tier="quick", folder=folder)
    log, text = ((folder / name).read_bytes() for name in ("blocks.log", "results.json"))
    return log, text, strip(results)


def strip(results: Results) -> str:
    raw = json.loads(results.to_json())
    del raw["timing"], raw["digest"]
    for found in raw["claims"]:
        for row in found["rows"]:
            del row["seconds"]
    return json.dumps(raw)


def marks(log: bytes) -> str:
    """The fingerprint that the first record of a log carries."""
    start = len(MAGIC) + 12
    n = int.from_bytes(log[len(MAGIC) : len(MAGIC) + 4], "little")
    return str(json.loads(log[start : start + n])["fingerprint"])


ACCIDENTS = ("bit", "bit", "cut", "drop", "zero", "noise", "twice", "swap")


@st.composite
def damaged(draw: st.DrawFn, whole: bytes) -> bytes:
    """A file after one to four accidents."""
    data = whole
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        size = draw(st.sampled_from((1, 2, 7, 64, 700, 5000)))
        what = draw(
            st.sampled_from(("bit", "bit", "cut", "drop", "zero", "noise", "twice", "swap"))
        )
        if what == "bit" and data:
            flipped = data[at] ^ (1 << draw(st.integers(0, 7)))
            data = data[:at] + bytes([flipped]) + data[at + 1 :]
        elif what == "cut":
            data = data[:at]
        elif what == "drop":
            data = data[:at] + data[at + size :]
        elif what == "zero":
            data = data[:at] + b"\0" * len(data[at : at + size]) + data[at + size :]
        elif what == "noise":
            noise = random.Random(draw(st.integers(0, 10**6))).randbytes(size)
            data = data[:at] + draw(st.sampled_from((b"", MAGIC))) + noise + data[at:]
        elif what == "twice":
            data = data[:at] + data[at : at + size] + data[at:]
        else:
            data = data[at:] + data[:at]
    return data


# --- the log ---------------------------------------------------------------------------------


def test_no_damage_changes_a_block(run: tuple[bytes, bytes, str], tmp_path: Path) -> None:
    """What is read from a damaged log is what was written, and a loss is counted."""
    log = run[0]
    path = tmp_path / "blocks.log"
    path.write_bytes(log)
    whole = Store(tmp_path, marks(log), resume=True)
    whole.close()
    assert whole.damaged == 0

    @settings(max_examples=600)
    @given(damaged(log))
    def check(data: bytes) -> None:
        path.write_bytes(data)
        found = Store(tmp_path, marks(log), resume=True)
        found.close()
        for key, columns in found.columns.items():
            assert columns.keys() == whole.columns[key].keys()
            for name, values in columns.items():
                np.testing.assert_array_equal(values, whole.columns[key][name])
        assert found.notes.items() <= whole.notes.items()
        lost = len(whole.columns) + len(whole.notes) - len(found.columns) - len(found.notes)
        # a log that ends between two records is what kill -9 leaves: nothing is damaged
        assert lost == 0 or found.damaged > 0 or log.startswith(data) or not data or data in log

    check()


def test_every_byte_of_a_record_counts(tmp_path: Path) -> None:
    store = Store(tmp_path, "code|options", resume=False)
    store.add_columns(("x.y/z", 3, 2), {"a": np.arange(3.0)})
    store.close()
    path = tmp_path / "blocks.log"
    whole = path.read_bytes()
    for at in range(len(whole)):
        for bit in (0, 7):
            path.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << bit)]) + whole[at + 1 :])
            found = Store(tmp_path, "code|options", resume=True)
            found.close()
            assert (found.columns, found.damaged) == ({}, 1), f"bit {bit} of byte {at}"


def test_resuming_from_a_damaged_log_gives_the_same_result(
    run: tuple[bytes, bytes, str], tmp_path: Path
) -> None:
    log, _, truth = run
    count = 0

    @settings(max_examples=40)
    @given(damaged(log))
    def check(data: bytes) -> None:
        nonlocal count
        count += 1
        folder = tmp_path / str(count)
        folder.mkdir()
        (folder / "blocks.log").write_bytes(data)
        assert strip(verify(IDS, tier="quick", folder=folder, resume=True)) == truth

    check()


def test_a_record_that_is_whole_but_says_nothing_is_damaged(tmp_path: Path) -> None:
    store = Store(tmp_path, "code|options", resume=False)
    for header, payload in (
        ({"kind": "columns", "check": "x"}, b""),
        ({"kind": "columns", "check": "x", "first": 0, "count": 1}, b"no archive"),
        ({"kind": "columns", "check": "x", "first": "a", "count": 1}, b""),
        ({"kind": "note", "check": "x"}, b"{"),
        ({"kind": "note"}, b"{}"),
        ({}, b""),
    ):
        store._append(header, payload)
    store.close()
    found = Store(tmp_path, "code|options", resume=True)
    found.close()
    assert (found.columns, found.notes, found.damaged) == ({}, {}, 6)


def loaded(path: Path) -> tuple[Results | None, str]:
    """What a results file holds, or why it was refused."""
    try:
        return load(path), ""
    except ResultsError as error:
        return None, str(error)


# --- results.json ----------------------------------------------------------------------------


def test_no_damage_changes_a_result(run: tuple[bytes, bytes, str], tmp_path: Path) -> None:
    _, text, truth = run
    path = tmp_path / "results.json"

    @settings(max_examples=300)
    @given(damaged(text))
    def check(data: bytes) -> None:
        path.write_bytes(data)
        found, refusal = loaded(path)
        assert str(path) in refusal if found is None else strip(found) == truth  # white space

    check()


def test_a_damaged_result_is_computed_again(run: tuple[bytes, bytes, str], tmp_path: Path) -> None:
    _, text, truth = run
    at = text.index(b'"measured": 0.') + len('"measured": 0.')
    for data in (text[:at] + bytes([text[at] ^ 1]) + text[at + 1 :], text[: len(text) // 2], b""):
        (tmp_path / "results.json").write_bytes(data)
        assert strip(verify(IDS, tier="quick", folder=tmp_path, resume=True)) == truth
    before = (tmp_path / "results.json").read_bytes()
    verify(IDS, tier="quick", folder=tmp_path, resume=True)
    assert (tmp_path / "results.json").read_bytes() == before  # complete: left as it is


WILD: tuple[Any, ...] = (
    None, True, -1, 10**400, 1e300, "", "x" * 10**5, "\ud800", [], [None], {}, {"a": {}}, [[]],
)  # fmt: skip


def places(raw: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where values stand in parsed JSON."""
    members = raw.items() if isinstance(raw, dict) else enumerate(raw)
    found = [path]
    for key, value in members if isinstance(raw, dict | list) else ():
        found += places(value, (*path, key)) if isinstance(value, dict | list) else [(*path, key)]
    return found


def test_values_of_other_types_are_named(run: tuple[bytes, bytes, str], tmp_path: Path) -> None:
    """A file that is whole (its digest fits) and does not follow the schema."""
    raw = json.loads(run[1])
    everywhere = places(raw)[1:]
    path = tmp_path / "results.json"
    refused = 0

    @settings(max_examples=300)
    @given(st.sampled_from(everywhere), st.sampled_from(WILD), st.booleans())
    def check(place: tuple[Any, ...], value: Any, remove: bool) -> None:
        nonlocal refused
        spoiled = json.loads(run[1])
        del spoiled["digest"]
        inner = spoiled
        for key in place[:-1]:
            inner = inner[key]
        if place == ("digest",):
            return
        if remove:
            del inner[place[-1]]
        else:
            inner[place[-1]] = value
        path.write_text(json.dumps({**spoiled, "digest": digest(spoiled)}))
        found, refusal = loaded(path)
        refused += found is None
        assert found is not None or str(path) in refusal
        assert len(refusal) < 1000

    check()
    assert refused > 100


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is not a results file"),
        ("{", "is not a results file"),
        ("[]", "schema version None"),
        ("null", "schema version None"),
        ("NaN", "NaN is not a number"),
        (f'{{"schema_version": {SCHEMA_VERSION + 1}}}', f"reads {SCHEMA_VERSION}"),
        ('{"schema_version": "1"}', "schema version '1'"),
        ('{"schema_version": true}', "schema version True"),
        (f'{{"schema_version": {SCHEMA_VERSION}}}', "does not match its digest"),
        ('{"schema_version": 1e999}', "schema version inf"),
        ('{"schema_version": ' + "9" * 5000 + "}", "is not a results file"),
        ("[" * 100_000, "is not a results file"),
        ("\ufeff{}", "is not a results file"),
        (b"\xff\xfe\x00", "is not a results file"),
    ],
)
def test_another_file_is_one_clear_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str | bytes, message: str
) -> None:
    data = text.encode() if isinstance(text, str) else text
    (tmp_path / "results.json").write_bytes(data)
    assert cli.run(["report", str(tmp_path)]) == cli.USAGE
    err = capsys.readouterr().err
    assert message in err
    assert str(tmp_path) in err
    assert err.count("\n") == 1


def huge(folder: Path) -> None:
    with open(folder / "results.json", "wb") as file:
        file.truncate(1 << 40)  # takes no room


def a_folder(folder: Path) -> None:
    (folder / "results.json").mkdir()


def a_pipe(folder: Path) -> None:
    os.mkfifo(folder / "results.json")


@pytest.mark.parametrize(
    ("make", "message"),
    [(huge, "at most"), (a_folder, "no regular file"), (a_pipe, "no regular file")],
)
def test_what_is_no_file_is_not_read(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    make: Callable[[Path], None],
    message: str,
) -> None:
    make(tmp_path)
    assert cli.run(["report", str(tmp_path)]) == cli.USAGE
    err = capsys.readouterr().err
    assert message in err
    assert err.count("\n") == 1

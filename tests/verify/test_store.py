import subprocess
import sys

import numpy as np
import pytest

from verify.store import MAGIC, Store, StoreError, source_digest


def _columns(i):
    return {"a": np.arange(5.0) + i, "b": np.full(5, float(i))}


def _filled(folder, n=4):
    store = Store(folder, "print", resume=False)
    for i in range(n):
        store.add_columns(("x.y/z", i, 1), _columns(i))
    store.add_note("x.y/proof", {"found": [1, 2]})
    store.close()
    return folder / "blocks.log"


def _reopened(folder):
    store = Store(folder, "print", resume=True)
    store.close()
    return store


def test_what_was_added_is_read_back(tmp_path):
    _filled(tmp_path)
    store = _reopened(tmp_path)
    assert store.damaged == 0
    assert sorted(store.columns) == [("x.y/z", i, 1) for i in range(4)]
    np.testing.assert_array_equal(store.columns["x.y/z", 2, 1]["a"], _columns(2)["a"])
    assert store.notes == {"x.y/proof": {"found": [1, 2]}}


def test_every_truncation_loses_only_the_torn_record(tmp_path):
    path = _filled(tmp_path)
    whole = path.read_bytes()
    starts = [i for i in range(len(whole)) if whole.startswith(MAGIC, i)]
    for cut in range(0, len(whole), 37):
        path.write_bytes(whole[:cut])
        store = _reopened(tmp_path)
        ends = [*starts[1:], len(whole)]
        assert len(store.columns) + len(store.notes) == sum(end <= cut for end in ends)


def test_every_flipped_byte_is_detected(tmp_path):
    path = _filled(tmp_path, n=2)
    whole = bytearray(path.read_bytes())
    for at in range(0, len(whole), 23):
        broken = bytearray(whole)
        broken[at] ^= 0x40
        path.write_bytes(bytes(broken))
        store = _reopened(tmp_path)
        assert store.damaged >= 1
        assert len(store.columns) + len(store.notes) == 2
        for (_, first, _), columns in store.columns.items():
            np.testing.assert_array_equal(columns["a"], _columns(first)["a"])


def test_appending_after_a_torn_record_keeps_both_sides(tmp_path):
    path = _filled(tmp_path, n=2)
    path.write_bytes(path.read_bytes()[:-9])
    store = Store(tmp_path, "print", resume=True)
    store.add_columns(("x.y/z", 7, 1), _columns(7))
    store.close()
    assert sorted(first for _, first, _ in _reopened(tmp_path).columns) == [0, 1, 7]


def test_work_of_other_code_is_not_reused(tmp_path):
    _filled(tmp_path)
    store = Store(tmp_path, "another print", resume=True)
    store.close()
    assert store.columns == {}


def test_an_unfinished_run_is_not_overwritten(tmp_path):
    _filled(tmp_path)
    with pytest.raises(StoreError, match="--resume"):
        Store(tmp_path, "print", resume=False)


def test_two_runs_do_not_share_a_folder(tmp_path):
    code = (
        "import sys; from pathlib import Path; from verify.store import Store, StoreError\n"
        "try: Store(Path(sys.argv[1]), 'print', resume=True)\n"
        "except StoreError as e: print(e)"
    )
    store = Store(tmp_path, "print", resume=True)
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True
    )
    store.close()
    assert "another run is writing" in done.stdout


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="--out must be a writable folder"):
        Store(tmp_path / "file" / "below", "print", resume=False)


def test_digest_is_stable():
    assert source_digest() == source_digest()
    assert len(source_digest()) == 16

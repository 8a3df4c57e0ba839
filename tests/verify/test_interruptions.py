"""Whatever stops a run: a clear line, nothing finished lost, and the uninterrupted result."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import random
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from verify import cli, engine, plan, pool, schedule
from verify import report as pages
from verify.engine import verify
from verify.results import Results, load
from verify.store import StoppedError, Store

ROOT = Path(__file__).resolve().parents[2]
IDS = ["vev.prop3.2.index", "sg.alpha"]
DONE = (cli.OK, cli.UNEXPECTED, cli.UNDECIDED)  # the tests' tiny budgets decide little


@pytest.fixture(autouse=True)
def small_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(plan.BUDGETS, "quick", 1e5)
    monkeypatch.setattr(plan, "CHUNK", 1e4)


@dataclass
class Journal:
    """(check, first block) of what this process draws, and of what the store promised to keep."""

    drawn: list[tuple[str, int]] = field(default_factory=list)
    kept: set[tuple[str, int]] = field(default_factory=set)


@pytest.fixture
def journal(monkeypatch: pytest.MonkeyPatch) -> Journal:
    found = Journal()
    draw, keep = schedule.timed_blocks, Store.add_columns

    def drawn(experiment: str, setup: Any, seed: int, check: str, first: int, *more: Any) -> Any:
        found.drawn.append((check, first))
        return draw(experiment, setup, seed, check, first, *more)

    def kept(self: Store, key: Any, columns: Any) -> None:
        keep(self, key, columns)
        found.kept.add(key[:2])

    monkeypatch.setattr(schedule, "timed_blocks", drawn)
    monkeypatch.setattr(Store, "add_columns", kept)
    return found


def resumed(folder: Path, journal: Journal) -> str:
    """The result after --resume, which draws nothing that was kept."""
    before = set(journal.kept)
    journal.drawn.clear()
    results = verify(IDS, tier="quick", folder=folder, resume=True)
    assert not before & set(journal.drawn)
    return strip(results)


def strip(results: Results) -> str:
    """What results.json says, timings aside."""
    raw = json.loads(results.to_json())
    del raw["timing"], raw["digest"]
    for found in raw["claims"]:
        for row in found["rows"]:
            del row["seconds"]
    return json.dumps(raw)


def clean(ids: list[str] = IDS) -> str:
    return strip(verify(ids, tier="quick"))


def command(folder: Path, *more: str) -> list[str]:
    return ["verify", *IDS, "--tier", "quick", "--jobs", "1", "--out", str(folder), *more]


# --- kill -9 ---------------------------------------------------------------------------------


def test_kill_9_at_200_random_moments(tmp_path: Path, seed: int) -> None:
    driver = Path(__file__).with_name("kill_often.py")
    done = subprocess.run(
        [sys.executable, str(driver), str(tmp_path), str(seed), "200"],
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    assert found["failures"] == []
    assert found["kills"] >= 200
    assert 40 <= found["at_step"] <= 160  # both ways of choosing the moment were used
    assert found["late"] > 0  # some were killed when results.json had been written


# --- a full disk -----------------------------------------------------------------------------


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """No file may grow beyond `size` bytes: the kernel refuses, as it does on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("size", [0, 100, 20000])
def test_a_log_that_cannot_grow(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, journal: Journal, size: int
) -> None:
    with largest_file(size):
        code = cli.run(command(tmp_path))
    err = capsys.readouterr().err
    assert code == cli.INTERNAL
    assert "blocks.log: File too large; finished work is kept, go on with --resume" in err
    assert "Traceback" not in err
    assert (tmp_path / "blocks.log").stat().st_size <= size
    assert bool(journal.kept) == (size == 20000)
    assert resumed(tmp_path, journal) == clean()


def test_results_that_cannot_be_written(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    journal: Journal,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(plan.BUDGETS, "quick", 1e4)
    verify(IDS, tier="quick", folder=tmp_path / "probe")
    whole = (tmp_path / "probe" / "results.json").stat().st_size
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "results.json").write_text("an earlier report")
    log_size = _log_size(tmp_path / "log")
    if log_size >= whole:
        pytest.fail("this test needs a log smaller than the results: lower the budget")
    with largest_file(whole - 500):
        code = cli.run(command(tmp_path / "run"))
    err = capsys.readouterr().err
    assert code == cli.INTERNAL
    assert "results.json: File too large; finished work is kept, go on with --resume" in err
    assert (tmp_path / "run" / "results.json").read_text() == "an earlier report"
    assert not list((tmp_path / "run").glob("*.tmp"))
    assert resumed(tmp_path / "run", journal) == clean()


def _log_size(folder: Path) -> int:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Store, "finish", Store.close)
        verify(IDS, tier="quick", folder=folder)
    return (folder / "blocks.log").stat().st_size


@pytest.mark.parametrize("page", ["figures", "report.md", "junit.xml", "report.html"])
def test_pages_that_cannot_be_written(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    journal: Journal,
    page: str,
) -> None:
    write, full = pages._write, True

    def limited(path: Path, text: str) -> None:
        if full and page in str(path):
            path.with_name(path.name + ".tmp").write_text(text[: len(text) // 2])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write(path, text)

    monkeypatch.setattr(pages, "_write", limited)
    code = cli.run(command(tmp_path))
    err = capsys.readouterr().err
    assert code == cli.INTERNAL
    assert "No space left on device; results.json is whole, render it again with" in err
    assert "Traceback" not in err
    assert strip(load(tmp_path / "results.json")) == clean()
    full = False
    journal.drawn.clear()
    assert cli.run(command(tmp_path, "--resume")) in DONE
    assert journal.drawn == []  # it was complete: only the pages were missing
    assert (tmp_path / page).exists()


def test_output_that_cannot_be_written(tmp_path: Path) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "verify", "list"],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert done.returncode == cli.INTERNAL
    assert done.stderr == "depthlaws: cannot read or write: No space left on device\n"


def test_a_reader_that_leaves_early() -> None:
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m verify list | head -1; exit ${{PIPESTATUS[0]}}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (cli.OK, "")


# --- folders ---------------------------------------------------------------------------------


@contextmanager
def as_nobody() -> Iterator[None]:
    """Root may write everywhere; nobody may not."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@pytest.mark.parametrize("what", ["folder", "blocks.log", "run.lock", "log is a folder"])
def test_a_folder_that_cannot_be_used(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, what: str
) -> None:
    out = tmp_path / "run"
    out.mkdir()
    for path in (tmp_path, *list(tmp_path.parents)[:2]):
        path.chmod(0o755)
    if what == "log is a folder":
        (out / "blocks.log").mkdir()
    elif what != "folder":
        out.chmod(0o777)
        (out / what).write_text("")
        (out / what).chmod(0o444)
    else:
        out.chmod(0o555)
    with as_nobody():
        code = cli.run(command(out, "--resume"))
    err = capsys.readouterr().err
    assert code == cli.USAGE
    assert "--out must be a writable folder" in err
    assert "Permission denied" in err or "Is a directory" in err
    assert err.count("\n") == 1


def test_a_second_run_in_the_same_folder(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    first = Store(tmp_path, "print", resume=False)
    assert cli.run(command(tmp_path, "--resume")) == cli.USAGE
    assert "another run is writing to" in capsys.readouterr().err
    first.close()
    assert cli.run(command(tmp_path, "--resume")) in DONE


@pytest.mark.parametrize("other", [["--seed", "1"], ["--dtype", "float32"], ["--tier", "standard"]])
def test_resuming_with_other_options_keeps_what_is_there(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    other: list[str],
) -> None:
    monkeypatch.setitem(plan.BUDGETS, "standard", 1e5)
    _interrupted(tmp_path, monkeypatch, after=3)
    log = (tmp_path / "blocks.log").read_bytes()
    assert cli.run([*command(tmp_path, "--resume"), *other]) == cli.USAGE
    assert "holds an unfinished run of claims sg.alpha vev.prop3.2.index, tier quick, seed 0" in (
        capsys.readouterr().err
    )
    assert (tmp_path / "blocks.log").read_bytes() == log


def _interrupted(folder: Path, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """A run that Ctrl-C ends once `after` chunks are stored."""
    keep, count = Store.add_columns, 0

    def add(self: Store, *args: Any) -> None:
        nonlocal count
        keep(self, *args)
        count += 1
        if count == after:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Store, "add_columns", add)
        with pytest.raises(KeyboardInterrupt):
            verify(IDS, tier="quick", folder=folder)


# --- Ctrl-C and dead workers -----------------------------------------------------------------


def once_grown(log: Path, size: int, act: Callable[[], None]) -> threading.Thread:
    """Acts, from another thread, when the log has grown beyond a size."""

    def watch() -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            if log.exists() and log.stat().st_size > size:
                act()
                return
            time.sleep(0.005)

    thread = threading.Thread(target=watch)
    thread.start()
    return thread


def test_ctrl_c_ends_with_one_line(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    journal: Journal,
) -> None:
    draw = schedule.timed_blocks

    def slow(*args: Any) -> Any:
        time.sleep(0.02)
        return draw(*args)

    monkeypatch.setattr(schedule, "timed_blocks", slow)
    thread = once_grown(
        tmp_path / "blocks.log", 20_000, lambda: os.kill(os.getpid(), signal.SIGINT)
    )
    code = cli.run(command(tmp_path))
    thread.join()
    assert code == cli.INTERRUPTED
    last = capsys.readouterr().err.splitlines()[-1]
    assert last == "depthlaws: interrupted; finished work is kept, go on with --resume"
    assert journal.kept
    assert resumed(tmp_path, journal) == clean()


def test_a_worker_that_is_killed(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    journal: Journal,
) -> None:
    def kill_a_worker() -> None:
        victim = multiprocessing.active_children()[0].pid
        assert victim is not None
        os.kill(victim, signal.SIGKILL)

    monkeypatch.setattr(plan, "CHUNK", 1.0)  # every block by itself: work for a while
    monkeypatch.setattr(schedule, "timed_blocks", pool.timed_blocks)  # as a worker can unpickle it
    thread = once_grown(tmp_path / "blocks.log", 2000, kill_a_worker)
    code = cli.run(command(tmp_path, "--jobs", "2"))
    thread.join()
    err = capsys.readouterr().err
    assert code == cli.INTERNAL
    assert "depthlaws: a worker process ended in the middle of its work" in err
    assert "go on with --resume" in err
    assert "Traceback" not in err
    assert not multiprocessing.active_children()
    assert journal.kept
    assert resumed(tmp_path, journal) == clean()


class DiesAtOnce:
    """A pool whose second task finds its worker dead, in one batch with a finished one."""

    def __init__(self, jobs: int) -> None:
        self.count = 0

    def submit(self, function: Callable[..., Any], *args: Any) -> Future[Any]:
        self.count += 1
        future: Future[Any] = Future()
        if self.count == 1:
            future.set_exception(StoppedError("dead"))
        else:
            future.set_result(function(*args))
        return future

    def shutdown(self) -> None:
        pass


def test_what_ended_beside_a_dead_worker_is_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, journal: Journal
) -> None:
    monkeypatch.setattr(engine, "Processes", DiesAtOnce)
    with pytest.raises(StoppedError):
        verify(IDS, tier="quick", jobs=2, folder=tmp_path)
    assert len(journal.kept) == 2  # four were handed out: one died, one was a proof
    assert resumed(tmp_path, journal) == clean()


CLI = """
import sys
from verify import cli, plan
if __name__ == "__main__":
    plan.BUDGETS["quick"], plan.CHUNK = 1e9, 1e5
    sys.exit(cli.run(sys.argv[1:]))
"""


def test_no_worker_outlives_its_run(tmp_path: Path) -> None:
    """Ctrl-C reaches the whole group, as from a terminal; kill -9 only the parent."""
    sessions = {}
    for name in ("ctrl-c", "kill-9"):
        arguments = ["verify", "vev.prop4.3", "--tier", "quick", "--jobs", "2"]
        sessions[name] = subprocess.Popen(
            [sys.executable, "-c", CLI, *arguments, "--out", str(tmp_path / name)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
            start_new_session=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
    for name, process in sessions.items():
        once_grown(tmp_path / name / "blocks.log", 10_000, lambda: None).join()
        assert len(members(process.pid)) >= 3
        if name == "ctrl-c":
            os.killpg(process.pid, signal.SIGINT)
        else:
            process.kill()
    _, err = sessions["ctrl-c"].communicate(timeout=60)
    assert sessions["ctrl-c"].returncode == cli.INTERRUPTED
    assert err == "depthlaws: interrupted; finished work is kept, go on with --resume\n"
    sessions["kill-9"].communicate(timeout=60)
    end = time.monotonic() + 20
    while any(members(p.pid) for p in sessions.values()) and time.monotonic() < end:
        time.sleep(0.05)
    assert [members(p.pid) for p in sessions.values()] == [[], []]


def members(session: int) -> list[int]:
    """Living processes of a session."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, rest = stat.read_text().split(" (", 1)
        except OSError:
            continue
        state, _, _, its_session = rest.rpartition(") ")[2].split()[:4]
        if int(its_session) == session and state != "Z":
            found.append(int(pid))
    return found


# --- the same result, however it is computed -------------------------------------------------


class Shuffled:
    """Hands back finished work in a random order."""

    order = 0

    def __init__(self, jobs: int) -> None:
        self.chance = random.Random(Shuffled.order)
        self.waiting: list[tuple[Future[Any], Any]] = []
        self.arrived = threading.Condition()
        self.open = True
        self.thread = threading.Thread(target=self.work)
        self.thread.start()

    def submit(self, function: Callable[..., Any], *args: Any) -> Future[Any]:
        future: Future[Any] = Future()
        with self.arrived:
            self.waiting.append((future, lambda: function(*args)))
            self.arrived.notify()
        return future

    def work(self) -> None:
        while True:
            with self.arrived:
                self.arrived.wait_for(lambda: self.waiting or not self.open)
                if not self.waiting:
                    return
                future, task = self.waiting.pop(self.chance.randrange(len(self.waiting)))
            future.set_result(task())

    def shutdown(self) -> None:
        with self.arrived:
            self.open = False
            self.arrived.notify()
        self.thread.join()


def test_chunks_order_and_jobs_change_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ids = [*IDS, "sg.thm3.num"]
    truth = clean(ids)
    assert clean(ids[::-1]) == truth
    for chunk in (1.0, 3e3, 1e9):
        monkeypatch.setattr(plan, "CHUNK", chunk)
        assert clean(ids) == truth
    monkeypatch.setattr(plan, "CHUNK", 1e4)
    assert strip(verify(ids, tier="quick", jobs=2, folder=tmp_path)) == truth
    assert strip(load(tmp_path / "results.json")) == truth
    monkeypatch.setattr(engine, "Processes", Shuffled)
    for order, jobs in enumerate((2, 3, 8)):
        monkeypatch.setattr(Shuffled, "order", order)
        assert strip(verify(ids, tier="quick", jobs=jobs)) == truth

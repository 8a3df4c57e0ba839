"""Kills runs with SIGKILL and resumes them; run by test_interruptions.py in a process of its own.

    python kill_often.py FOLDER SEED KILLS     a report as JSON on stdout

The process imports everything once and stays without threads, so that each run is a cheap fork.
Half of the runs are killed at a moment drawn from [0, duration of a whole run]; the others kill
themselves at a drawn system call that leaves something on disk: before it, after it, or with half
of a record written.
"""

from __future__ import annotations

import functools
import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

IDS = ["vev.prop3.2.index", "sg.alpha"]
BUDGET, CHUNK = 1e5, 1e4


def prepare() -> None:
    """Small budgets; what is the same in every run is computed once."""
    from verify import engine, plan, pool, provenance, store

    plan.BUDGETS["quick"], plan.CHUNK = BUDGET, CHUNK
    for module, name in (
        (provenance, "versions"),
        (provenance, "revision"),
        (provenance, "source_digest"),
        (engine, "documents"),
        (store, "source_digest"),
    ):
        setattr(module, name, functools.cache(getattr(module, name)))
    pool.one_thread()
    os.fsync = lambda handle: (
        None
    )  # SIGKILL takes nothing from the kernel's cache: wait for no disk


def whole_run(folder: Path) -> None:
    from verify.engine import verify

    verify(IDS, tier="quick", seed=3, folder=folder, resume=True)


def result(folder: Path) -> str:
    """What results.json says, timings aside."""
    raw = json.loads((folder / "results.json").read_text())
    del raw["timing"], raw["digest"]
    for found in raw["claims"]:
        for row in found["rows"]:
            del row["seconds"]
    return json.dumps(raw)


def journal(file: Path) -> None:
    """Write down what is drawn, and what the store has promised to keep."""
    import simulate
    from verify.store import Store

    log = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    draw, keep = simulate.run_blocks, Store.add_columns

    def drawn(*args: Any, **options: Any) -> Any:
        key = [options["check"], options["first"], options["count"]]
        os.write(log, (json.dumps(["drawn", *key]) + "\n").encode())
        return draw(*args, **options)

    def kept(self: Any, key: Any, columns: Any) -> None:
        keep(self, key, columns)
        os.write(log, (json.dumps(["kept", *key]) + "\n").encode())

    mock.patch.object(simulate, "run_blocks", drawn).start()
    mock.patch.object(Store, "add_columns", kept).start()


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_at_step(step: int, how: str) -> None:
    """SIGKILL at the step-th system call that leaves something on disk."""
    from verify.store import Store

    calls = 0

    def counted(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == step and how == "before":
                die()
            value = function(*args, **options)
            if calls == step:
                die()
            return value

        return call

    class Torn:
        def __init__(self, file: Any) -> None:
            self.file = file

        def write(self, data: memoryview) -> int:
            nonlocal calls
            calls += 1
            if calls == step:
                os.write(self.file.fileno(), data[: len(data) // 2] if how == "half" else data)
                die()
            return int(self.file.write(data))

        def fileno(self) -> int:
            return int(self.file.fileno())

        def close(self) -> None:
            self.file.close()

    begin = Store.__init__

    def begun(self: Any, *args: Any, **options: Any) -> None:
        begin(self, *args, **options)
        self._file = Torn(self._file)

    mock.patch.object(Store, "__init__", begun).start()
    os.fsync = counted(os.fsync)
    for name in ("replace", "unlink"):
        setattr(Path, name, counted(getattr(Path, name)))


def attempt(folder: Path, notes: Path, *, delay: float | None, step: int, how: str) -> str:
    """One run in a child: 'killed' or 'done'; anything else is a failure."""
    child = os.fork()
    if child == 0:
        try:
            journal(notes)
            if step:
                die_at_step(step, how)
            whole_run(folder)
            os._exit(0)
        except BaseException as error:
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
            os._exit(1)
    if delay is not None:
        time.sleep(delay)
        os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        return "killed"
    return "done" if os.WEXITSTATUS(status) == 0 else f"exit {os.WEXITSTATUS(status)}"


def drawn_again(notes: list[Path]) -> list[Any]:
    """Blocks that an earlier attempt had kept and a later one drew."""
    kept: set[tuple[Any, ...]] = set()
    again = []
    for note in notes:
        new = set()
        for line in note.read_text().splitlines() if note.exists() else ():
            what, *key = json.loads(line)
            if what == "kept":
                new.add(tuple(key))
            elif tuple(key) in kept:
                again.append(key)
        kept |= new
    return again


def main(home: Path, seed: int, wanted: int) -> dict[str, Any]:
    prepare()
    whole_run(home / "warm")
    start = time.perf_counter()
    whole_run(home / "whole")
    duration = time.perf_counter() - start
    truth = result(home / "whole")
    chance = random.Random(seed)
    report: dict[str, Any] = {"kills": 0, "runs": 0, "at_step": 0, "late": 0, "failures": []}
    while report["kills"] < wanted:
        report["runs"] += 1
        folder = home / f"run{report['runs']}"
        folder.mkdir()
        notes: list[Path] = []
        ended = ""
        for turn in range(chance.randint(1, 6)):
            by_step = chance.random() < 0.5
            moment = chance.random() * duration
            step = chance.randint(1, 40 if turn == 0 else 12) if by_step else 0
            how = chance.choice(["before", "after", "half"])
            notes.append(folder / f"journal{turn}")
            ended = attempt(
                folder, notes[-1], delay=None if by_step else moment, step=step, how=how
            )
            report["kills"] += ended == "killed"
            report["at_step"] += ended == "killed" and by_step
            report["late"] += (folder / "results.json").exists()
            if ended != "killed":
                break
        if ended == "killed":
            notes.append(folder / "journal")
            ended = attempt(folder, notes[-1], delay=None, step=0, how="")
        if ended != "done":
            report["failures"].append(f"run {report['runs']} ended with {ended}")
        elif result(folder) != truth:
            report["failures"].append(f"run {report['runs']} has other results")
        elif again := drawn_again(notes):
            report["failures"].append(f"run {report['runs']} drew {again} again")
    report["seconds"] = round(time.perf_counter() - start, 1)
    report["of_one_run"] = round(duration, 3)
    return report


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))

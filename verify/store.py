"""Finished work on disk, append-only: what `--resume` reads.

A record is MAGIC, the lengths of header and payload, both, and a digest of all of it. A record is
written whole or taken back; a torn or damaged one is skipped when read, and its work is redone.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import io
import json
import os
import struct
import zipfile
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from simulate.samples import Columns

MAGIC = b"\x89DLAWS2\n"
LENGTHS = struct.Struct("<IQ")
DIGEST = 16
NUMBERS_DEPEND_ON = ("torch", "numpy")
Key = tuple[str, int, int]  # check, first block, number of blocks


class StoreError(RuntimeError):
    """The folder of a run cannot be used; the message says why and what to do."""


class StoppedError(StoreError):
    """A run broke off from outside (a full disk, a dead worker); what was finished is kept."""


def source_digest() -> str:
    """Digest of the source of all three packages: finished work of other code is not reused."""
    root = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256()
    for package in ("theory", "simulate", "verify"):
        for path in sorted((root / package).rglob("*.py")):
            digest.update(path.relative_to(root).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def fingerprint(*, claims: Sequence[str], tier: str, seed: int, device: str, dtype: str) -> str:
    """What a run is: the code that its numbers depend on, a bar, what was asked for."""
    code = [source_digest()]
    for package in NUMBERS_DEPEND_ON:
        with contextlib.suppress(PackageNotFoundError):
            code.append(f"{package} {version(package)}")
    asked = f"claims {' '.join(sorted(set(claims))) or 'all'}, tier {tier}, seed {seed}"
    return f"{', '.join(code)}|{asked}, device {device}, dtype {dtype}"


class Store:
    """The log of one run in `folder`; locked, so that two runs never write to one folder.

    damaged: records that could not be read.
    """

    def __init__(self, folder: Path, fingerprint: str, *, resume: bool) -> None:
        self.path = folder / "blocks.log"
        self.fingerprint = fingerprint
        self.damaged = 0
        self.columns: dict[Key, Columns] = {}
        self.notes: dict[str, Any] = {}
        with contextlib.ExitStack() as undo, _named(folder):
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = undo.enter_context(open(folder / "run.lock", "w"))
            self._claim_folder(folder, resume)
            if resume and self.path.exists():
                self._read()
            self._file = open(self.path, "ab", buffering=0)  # noqa: SIM115 (open while it runs)
            _sync_folder(folder)
            undo.pop_all()

    def _claim_folder(self, folder: Path, resume: bool) -> None:
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreError(f"another run is writing to {folder}; choose another --out") from None
        if self.path.exists() and self.path.stat().st_size and not resume:
            raise StoreError(
                f"{folder} holds an unfinished run; go on with --resume, or choose another --out"
            )

    # -- reading

    def _read(self) -> None:
        for header, payload in self._records(self.path.read_bytes()):
            if not self._ours(header):
                continue
            try:
                self._take(header, payload)
            except (KeyError, TypeError, ValueError, OSError, EOFError, zipfile.BadZipFile):
                self.damaged += 1

    def _ours(self, header: dict[str, Any]) -> bool:
        """Whether a record is of this run. Raises StoreError for one of the same code that asks
        for something else: finishing this run would throw it away."""
        found = str(header.get("fingerprint"))
        if found == self.fingerprint:
            return True
        code, _, options = found.partition("|")
        our_code, _, our_options = self.fingerprint.partition("|")
        if code == our_code:
            raise StoreError(
                f"{self.path.parent} holds an unfinished run of {options}; go on with these"
                f" options, or choose another --out; this run is of {our_options}"
            )
        return False

    def _take(self, header: dict[str, Any], payload: bytes) -> None:
        if header["kind"] == "note":
            self.notes[header["check"]] = json.loads(payload)
            return
        key = (str(header["check"]), int(header["first"]), int(header["count"]))
        with np.load(io.BytesIO(payload), allow_pickle=False) as archive:
            self.columns[key] = {name: archive[name] for name in archive.files}

    def _records(self, data: bytes) -> Iterator[tuple[dict[str, Any], bytes]]:
        at = data.find(MAGIC)
        self.damaged += at != 0 and len(data) > 0
        while 0 <= at < len(data):
            body = at + len(MAGIC) + LENGTHS.size
            end = -1
            if body <= len(data):
                n_header, n_payload = LENGTHS.unpack(data[at + len(MAGIC) : body])
                end = body + n_header + n_payload + DIGEST
            if (
                end < 0
                or end > len(data)
                or _digest(data[at : end - DIGEST]) != data[end - DIGEST : end]
            ):
                self.damaged += 1
                at = data.find(MAGIC, at + 1)
                continue
            yield (
                json.loads(data[body : body + n_header]),
                data[body + n_header : end - DIGEST],
            )
            following = data.find(MAGIC, end)
            self.damaged += following != end and end < len(data)
            at = following

    # -- writing

    def add_columns(self, key: Key, columns: Columns) -> None:
        """Append a finished chunk of blocks."""
        buffer = io.BytesIO()
        np.savez(buffer, allow_pickle=False, **columns)
        check, first, count = key
        self._append(
            {"kind": "columns", "check": check, "first": first, "count": count}, buffer.getvalue()
        )
        self.columns[key] = columns

    def add_note(self, check: str, note: Any) -> None:
        """Append a finished proof (JSON)."""
        self._append({"kind": "note", "check": check}, json.dumps(note).encode())
        self.notes[check] = note

    def _append(self, header: dict[str, Any], payload: bytes) -> None:
        head = json.dumps({**header, "fingerprint": self.fingerprint}).encode()
        record = MAGIC + LENGTHS.pack(len(head), len(payload)) + head + payload
        before = os.fstat(self._file.fileno()).st_size
        try:
            rest = memoryview(record + _digest(record))
            while rest:
                rest = rest[self._file.write(rest) or 0 :]
            os.fsync(self._file.fileno())
        except OSError as error:
            with contextlib.suppress(OSError):
                os.ftruncate(self._file.fileno(), before)
            raise StoppedError(cannot_write(self.path, error)) from None

    def finish(self) -> None:
        """The run is complete: its report holds all, the log is no longer needed."""
        self.path.unlink(missing_ok=True)  # while the folder is still ours
        self.close()

    def close(self) -> None:
        """Give the folder back; the log stays for --resume."""
        self._file.close()
        self._lock.close()  # and with it the lock


def write_whole(path: Path, text: str) -> None:
    """Write a file that a reader sees whole or not at all, whatever stops us.

    Raises StoppedError where it cannot be written; the file is then what it was before.
    """
    temporary = path.with_name(path.name + ".tmp")
    try:
        with open(temporary, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise StoppedError(cannot_write(path, error)) from None


def cannot_write(path: Path, error: OSError) -> str:
    """What to tell the reader when a disk is full."""
    return (
        f"cannot write {path}: {error.strerror}; finished work is kept, go on with --resume once"
        " it can be written"
    )


@contextlib.contextmanager
def _named(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"--out must be a writable folder; {folder}: {error.strerror or error}"
        ) from None
    except ValueError as error:  # a path no system call takes
        raise StoreError(f"--out must be a writable folder; {str(folder)!r}: {error}") from None


def _digest(record: bytes) -> bytes:
    return hashlib.blake2b(record, digest_size=DIGEST).digest()


def _sync_folder(folder: Path) -> None:
    """A new name survives a power cut once its folder has been synced."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

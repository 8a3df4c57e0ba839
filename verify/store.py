"""Finished work on disk, append-only: what `--resume` reads.

A record is MAGIC, the lengths of header and payload, both, and a CRC of all of it. A record is
written in one call and flushed; a torn or damaged one is skipped when read, and its work is redone.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import json
import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from simulate.samples import Columns

MAGIC = b"\x89DLAWS1\n"
LENGTHS = struct.Struct("<IQ")
CRC = struct.Struct("<I")
Key = tuple[str, int, int]  # check, first block, number of blocks


class StoreError(RuntimeError):
    """The folder of a run cannot be used; the message says why and what to do."""


def source_digest() -> str:
    """Digest of the source of all three packages: finished work of other code is not reused."""
    root = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256()
    for package in ("theory", "simulate", "verify"):
        for path in sorted((root / package).rglob("*.py")):
            digest.update(path.relative_to(root).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


class Store:
    """The log of one run in `folder`; locked, so that two runs never write to one folder."""

    def __init__(self, folder: Path, fingerprint: str, *, resume: bool) -> None:
        self.path = folder / "blocks.log"
        self.fingerprint = fingerprint
        self.damaged = 0
        self.columns: dict[Key, Columns] = {}
        self.notes: dict[str, Any] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = open(folder / "run.lock", "w")  # noqa: SIM115 (held while the run lives)
        except OSError as error:
            raise StoreError(
                f"--out must be a writable folder; {folder}: {error.strerror}"
            ) from None
        try:
            self._claim_folder(folder, resume)
        except StoreError:
            self._lock.close()
            raise
        if resume and self.path.exists():
            self._read()
        self._file = open(self.path, "ab")  # noqa: SIM115

    def _claim_folder(self, folder: Path, resume: bool) -> None:
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise StoreError(f"another run is writing to {folder}; choose another --out") from None
        if self.path.exists() and self.path.stat().st_size and not resume:
            raise StoreError(
                f"{folder} holds an unfinished run; go on with --resume, or choose another --out"
            )

    def _read(self) -> None:
        for header, payload in self._records(self.path.read_bytes()):
            if header.get("fingerprint") != self.fingerprint:
                continue
            if header["kind"] == "note":
                self.notes[header["check"]] = json.loads(payload)
            else:
                with np.load(io.BytesIO(payload), allow_pickle=False) as archive:
                    key = (header["check"], header["first"], header["count"])
                    self.columns[key] = {name: archive[name] for name in archive.files}

    def _records(self, data: bytes) -> Iterator[tuple[dict[str, Any], bytes]]:
        at = data.find(MAGIC)
        self.damaged += at > 0
        while 0 <= at < len(data):
            body = at + len(MAGIC) + LENGTHS.size
            end = -1
            if body <= len(data):
                n_header, n_payload = LENGTHS.unpack(data[at + len(MAGIC) : body])
                end = body + n_header + n_payload + CRC.size
            if end < 0 or end > len(data) or not self._whole(data[at:end]):
                self.damaged += 1
                at = data.find(MAGIC, at + 1)
                continue
            yield (
                json.loads(data[body : body + n_header]),
                data[body + n_header : end - CRC.size],
            )
            following = data.find(MAGIC, end)
            self.damaged += following != end and end < len(data)
            at = following

    @staticmethod
    def _whole(record: bytes) -> bool:
        return bool(zlib.crc32(record[: -CRC.size]) == CRC.unpack(record[-CRC.size :])[0])

    def add_columns(self, key: Key, columns: Columns) -> None:
        """Append a finished chunk of blocks."""
        buffer = io.BytesIO()
        np.savez(buffer, **columns)  # type: ignore[arg-type]
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
        try:
            self._file.write(record + CRC.pack(zlib.crc32(record)))
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise StoreError(f"cannot write {self.path}: {error.strerror}; nothing finished is lost"
                             ", go on with --resume once there is room") from None  # fmt: skip

    def finish(self) -> None:
        """The run is complete: its report holds all, the log is no longer needed."""
        self.close()
        self.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Give the folder back; the log stays for --resume."""
        self._file.close()
        fcntl.flock(self._lock, fcntl.LOCK_UN)
        self._lock.close()

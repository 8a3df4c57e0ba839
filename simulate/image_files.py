"""The file formats of image data, read with every mistake named: IDX, CIFAR-10 binary and Python.

Every function raises SetupError for a file that is absent, cut off, or of another kind.
"""

from __future__ import annotations

import gzip
import io
import pickle
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from simulate.setup import MOST_NUMBERS, SetupError, shown

Array = np.ndarray
CLASSES, CIFAR_PIXELS = 10, 3 * 32 * 32
IDX_IMAGES, IDX_LABELS = 0x00000803, 0x00000801  # unsigned bytes, of three axes and of one


def named(path: Path) -> str:
    """A path for a message."""
    return shown(str(path), 200)


def read(path: Path, argument: str, most: int = MOST_NUMBERS) -> bytes:
    """The bytes of a file, unpacked if it ends in .gz."""
    opened: Callable[..., Any] = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rb") as file:
            data: bytes = file.read(most + 1)
    except (OSError, EOFError, zlib.error) as error:
        reason = " ".join(str(error).split())[:100]
        raise SetupError(
            f"{argument}: {named(path)} must be a whole file that can be read; got {reason}"
        ) from None
    if len(data) > most:
        raise SetupError(f"{argument}: {named(path)} must hold {most} bytes at most; got more")
    return data


def idx(data: bytes, magic: int, path: Path) -> Array:
    """(n, values) of an IDX file of unsigned bytes: magic, one length an axis, the bytes."""
    axes = magic & 0xFF
    head = 4 * (1 + axes)
    found = data[:4].hex() or "nothing"
    if len(data) < head or struct.unpack(">I", data[:4])[0] != magic:
        raise SetupError(
            f"folder: {named(path)} must be an IDX file that begins with {magic:08x} and the"
            f" lengths of its {axes} axes; got {len(data)} bytes that begin with {found}"
        )
    lengths = struct.unpack(f">{axes}I", data[4:head])
    wanted = head + int(np.prod([int(n) for n in lengths], dtype=object))
    if 0 in lengths or len(data) != wanted:
        raise SetupError(
            f"folder: {named(path)} must hold {shown(wanted)} bytes, as its axes {lengths} say,"
            f" and something in each; got {len(data)} bytes"
        )
    values = np.frombuffer(data, np.uint8, offset=head)
    return values.reshape(lengths[0], -1) if axes > 1 else values


def labels_of(labels: Array, path: Path) -> Array:
    """(n,) labels, each of them in 0..9."""
    if not (labels < CLASSES).all():
        raise SetupError(
            f"folder: labels in {named(path)} must lie in 0..9; got {shown(int(labels.max()))}"
        )
    return labels.astype(np.uint8)


def binary_batch(data: bytes, path: Path) -> tuple[Array, Array]:
    """(n, 3072) images and (n,) labels of a binary batch: one byte of label, then the image."""
    record = 1 + CIFAR_PIXELS
    if not data or len(data) % record:
        raise SetupError(
            f"folder: {named(path)} must hold whole records of {record} bytes; got"
            f" {len(data)} bytes"
        )
    rows = np.frombuffer(data, np.uint8).reshape(-1, record)
    return rows[:, 1:], labels_of(rows[:, 0], path)


# --- pickles, of plain data only -------------------------------------------------------------


def _empty_array(*_: object) -> Array:
    return np.ndarray((0,), np.uint8)  # the pickle's next step gives it its contents


def _latin_bytes(text: str, encoding: str = "latin1") -> bytes:
    if encoding not in ("latin1", "latin-1"):
        raise pickle.UnpicklingError(f"the text encoding {shown(encoding)}")
    return text.encode("latin1")


def _from_buffer(buffer: Any, dtype: Any, shape: Any, order: str) -> Array:
    if order not in ("C", "F"):
        raise pickle.UnpicklingError(f"the memory order {shown(order)}")
    values: Array = np.frombuffer(buffer, dtype)
    return values.reshape(shape, order="F" if order == "F" else "C")


ALLOWED: dict[tuple[str, str], Any] = {
    ("numpy", "ndarray"): "numpy.ndarray",  # handed on as a word: nothing can call it
    ("numpy", "dtype"): np.dtype,
    ("_codecs", "encode"): _latin_bytes,
}
for core in ("core", "_core"):  # numpy 1 and 2
    ALLOWED[f"numpy.{core}.multiarray", "_reconstruct"] = _empty_array
    ALLOWED[f"numpy.{core}.numeric", "_frombuffer"] = _from_buffer


class PlainUnpickler(pickle.Unpickler):
    """Builds containers, bytes, text, numbers and numpy arrays; no other name is looked up."""

    def find_class(self, module: str, name: str) -> Any:
        """The stand-in for one of a few names; all others end the reading."""
        if (module, name) not in ALLOWED:
            raise pickle.UnpicklingError(f"the name {shown(f'{module}.{name}')}")
        return ALLOWED[module, name]


def pickled_batch(data: bytes, path: Path) -> tuple[Array, Array]:
    """(n, 3072) images and (n,) labels of a Python batch."""
    rule = (
        f"folder: {named(path)} must be a pickled dictionary of numbers: b'data', bytes of shape"
        f" (n, {CIFAR_PIXELS}), and b'labels', n of 0..9"
    )
    try:
        batch = PlainUnpickler(io.BytesIO(data), encoding="bytes").load()
    except Exception as error:  # a damaged pickle may fail in any way
        raise SetupError(f"{rule}; got {shown(error)}") from None
    if not isinstance(batch, dict):
        raise SetupError(f"{rule}; got {type(batch).__name__}")
    images, labels = (batch.get(k, batch.get(k.decode())) for k in (b"data", b"labels"))
    if (
        not isinstance(images, np.ndarray)
        or images.dtype != np.uint8
        or images.ndim != 2
        or images.shape[1] != CIFAR_PIXELS
        or not len(images)
    ):
        raise SetupError(f"{rule}; got data {shown(getattr(images, 'shape', images))}")
    if (
        not isinstance(labels, list)
        or len(labels) != len(images)
        or not all(isinstance(v, int) and 0 <= v < CLASSES for v in labels)
    ):
        raise SetupError(f"{rule}; got {len(images)} images and labels {shown(labels)}")
    return images, np.array(labels, np.uint8)

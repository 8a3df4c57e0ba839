"""Tiny data sets on disk: MNIST of 2 x 3 pixels, CIFAR-10 of two images a batch."""

from __future__ import annotations

import gzip
import pickle
import struct
from pathlib import Path

import numpy as np
import pytest


def write_idx(path: Path, magic: int, values: np.ndarray) -> None:
    head = struct.pack(f">{1 + values.ndim}I", magic, *values.shape)
    data = head + values.astype(np.uint8).tobytes()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)


def cifar_batch(number: int) -> tuple[np.ndarray, list[int]]:
    pixels = (np.arange(2 * 3072).reshape(2, 3072) * (number + 3) // 7) % 256
    return pixels.astype(np.uint8), [number, 9 - number]


@pytest.fixture
def image_folder(tmp_path: Path) -> Path:
    """Both sets in one folder: MNIST plain and .gz, CIFAR-10 in binary batches and in Python's."""
    for split, count, end in (("train", 4, ""), ("t10k", 3, ".gz")):
        images = (np.arange(count * 6).reshape(count, 2, 3) * 11) % 256
        write_idx(tmp_path / f"{split}-images-idx3-ubyte{end}", 0x803, images)
        write_idx(tmp_path / f"{split}-labels-idx1-ubyte{end}", 0x801, np.arange(count))
    python = tmp_path / "cifar-10-batches-py"
    python.mkdir()
    for number in range(1, 6):
        pixels, labels = cifar_batch(number)
        rows = np.concatenate([np.array([labels], np.uint8).T, pixels], axis=1)
        (tmp_path / f"data_batch_{number}.bin").write_bytes(rows.tobytes())
    pixels, labels = cifar_batch(0)
    batch = {b"data": pixels, b"labels": labels, b"batch_label": b"testing batch 1 of 1"}
    (python / "test_batch").write_bytes(pickle.dumps(batch, protocol=2))
    return tmp_path

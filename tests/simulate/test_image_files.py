"""Damaged and hostile files: one error each, naming argument, rule and what was found."""

from __future__ import annotations

import contextlib
import gzip
import os
import pickle
import struct
from pathlib import Path

import numpy as np
import pytest

from simulate import SetupError
from simulate import image_files as files

PATH = Path("some/file")


def idx(magic: int, lengths: tuple[int, ...], data: bytes) -> bytes:
    return struct.pack(f">{1 + len(lengths)}I", magic, *lengths) + data


def test_idx_images_and_labels() -> None:
    images = files.idx(idx(0x803, (2, 1, 2), b"\1\2\3\4"), files.IDX_IMAGES, PATH)
    assert images.tolist() == [[1, 2], [3, 4]]
    assert files.idx(idx(0x801, (3,), b"\1\2\3"), files.IDX_LABELS, PATH).tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", "begins with 00000803"),
        (b"\0\0\10", "begins with 00000803"),
        (idx(0x801, (4,), b"abcd"), "00000803.*begin with 00000801"),
        (idx(0xD03, (1, 1, 1), b"abcd"), "00000803.*begin with 00000d03"),
        (idx(0x803, (2, 1, 2), b"abc"), "hold 20 bytes.*got 19 bytes"),
        (idx(0x803, (2, 1, 2), b"abcde"), "hold 20 bytes.*got 21 bytes"),
        (idx(0x803, (0, 28, 28), b""), "something in each"),
        (idx(0x803, (2**32 - 1,) * 3, b"a"), "hold 7922"),
    ],
)
def test_damaged_idx(data: bytes, rule: str) -> None:
    with pytest.raises(SetupError, match=f"folder: 'some/file' must .*{rule}"):
        files.idx(data, files.IDX_IMAGES, PATH)


def test_a_packed_file_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(os.urandom(500))[:300])
    with pytest.raises(SetupError, match=r"folder: .*a.gz' must be a whole file"):
        files.read(path, "folder")
    path.write_bytes(b"not packed")
    with pytest.raises(SetupError, match="whole file"):
        files.read(path, "folder")


def test_a_file_too_large(tmp_path: Path) -> None:
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(bytes(10_000)))
    with pytest.raises(SetupError, match="must hold 999 bytes at most"):
        files.read(path, "folder", 999)


def test_labels_end_at_nine() -> None:
    with pytest.raises(SetupError, match=r"labels in 'some/file' must lie in 0..9; got 10"):
        files.labels_of(np.array([0, 10], np.uint8), PATH)


@pytest.mark.parametrize("size", [0, 1, 3072, 3074])
def test_binary_batches_hold_whole_records(size: int) -> None:
    with pytest.raises(SetupError, match=f"whole records of 3073 bytes; got {size} bytes"):
        files.binary_batch(bytes(size), PATH)


# --- pickles ---------------------------------------------------------------------------------

IMAGES = np.arange(2 * 3072).astype(np.uint8).reshape(2, 3072)


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("order", ["C", "F"])
def test_python_batches_of_every_protocol(protocol: int, order: str) -> None:
    batch = {b"data": np.asarray(IMAGES, order=order), b"labels": [3, 9]}
    images, labels = files.pickled_batch(pickle.dumps(batch, protocol), PATH)
    assert np.array_equal(images, IMAGES)
    assert labels.tolist() == [3, 9]


def test_a_batch_as_python_2_wrote_it() -> None:
    """Text of one byte a character, and the names of old numpy."""
    raw = bytes(range(256)) * 12
    pickled = (
        b"\x80\x02}q\x00(U\x06labelsq\x01]q\x02K\x07aU\x04dataq\x03"
        b"cnumpy.core.multiarray\n_reconstruct\nq\x04cnumpy\nndarray\nq\x05K\x00\x85U\x01b\x87Rq\x06"
        b"(K\x01K\x01M\x00\x0c\x86cnumpy\ndtype\nq\x07U\x02u1K\x00K\x01\x87Rq\x08"
        b"(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89T" + struct.pack("<I", 3072)
        + raw + b"tbu."
    )  # fmt: skip
    images, labels = files.pickled_batch(pickled, PATH)
    assert images.tobytes() == raw
    assert labels.tolist() == [7]


@pytest.mark.parametrize("order", ["A", "K", "c", ""])
def test_only_the_two_memory_orders(order: str) -> None:
    """numpy pickles a contiguous array in one of two orders; only a made-up file names another."""
    array = np.asfortranarray(IMAGES)
    pickled = pickle.dumps({b"data": array, b"labels": [3, 9]}, 5)
    written = b"\x8c\x01F"  # a short text of one letter
    assert pickled.count(written) == 1
    made_up = b"\x8c" + bytes([len(order)]) + order.encode()
    frame = struct.pack("<Q", len(pickled) - 11 + len(made_up) - len(written))
    damaged = pickled[:3] + frame + pickled[11:].replace(written, made_up)
    with pytest.raises(SetupError, match=f"the memory order '{order}'"):
        files.pickled_batch(damaged, PATH)


class Hostile:
    def __init__(self, call: object, *arguments: object) -> None:
        self.reduced = (call, arguments)

    def __reduce__(self) -> object:
        return self.reduced


@pytest.mark.parametrize(
    "call",
    [os.system, eval, print, np.load, np.fromfile, np.lib.format.open_memmap, getattr, Path],
)
def test_a_pickle_that_calls_something(call: object, tmp_path: Path) -> None:
    marker = tmp_path / "made"
    pickled = pickle.dumps(Hostile(call, f"touch {marker}"))
    with pytest.raises(SetupError, match=r"must be a pickled dictionary.*the name"):
        files.pickled_batch(pickled, PATH)
    assert not marker.exists()


def test_a_pickle_that_calls_an_array() -> None:
    pickled = pickle.dumps(Hostile(np.ndarray, (2**40,)))
    with pytest.raises(SetupError, match="not callable"):
        files.pickled_batch(pickled, PATH)


@pytest.mark.parametrize(
    ("batch", "found"),
    [
        ([1], "got list"),
        ({}, "got data None"),
        ({b"data": IMAGES}, "2 images and labels None"),
        ({b"data": IMAGES, b"labels": [1]}, r"2 images and labels \[1\]"),
        ({b"data": IMAGES, b"labels": [1, 10]}, r"labels \[1, 10\]"),
        ({b"data": IMAGES, b"labels": [1, "2"]}, "2 images"),
        ({b"data": IMAGES[:, :-1], b"labels": [1, 2]}, r"got data \(2, 3071\)"),
        ({b"data": IMAGES[:0], b"labels": []}, r"got data \(0, 3072\)"),
        ({b"data": IMAGES.astype(float), b"labels": [1, 2]}, r"got data \(2, 3072\)"),
        ({b"data": IMAGES.tobytes(), b"labels": [1, 2]}, "got data b"),
        ({b"data": np.array(7, np.uint8), b"labels": [7]}, r"got data \(\)"),
    ],
)
def test_pickles_of_something_else(batch: object, found: str) -> None:
    with pytest.raises(SetupError, match=f"folder: 'some/file' must be.*{found}"):
        files.pickled_batch(pickle.dumps(batch), PATH)


def test_pickles_cut_off_or_damaged() -> None:
    whole = pickle.dumps({b"data": IMAGES[:1], b"labels": [1]}, 2)
    rng = np.random.default_rng(0)
    for cut in (0, 1, 10, 100, len(whole) - 1):
        with pytest.raises(SetupError, match="got"):
            files.pickled_batch(whole[:cut], PATH)
    for _ in range(300):
        damaged = bytearray(whole)
        for at in rng.integers(0, 160, 3):
            damaged[at] = rng.integers(256)
        with contextlib.suppress(SetupError):  # and no other
            images, labels = files.pickled_batch(bytes(damaged), PATH)
            assert images.shape == (len(labels), 3072)

"""Images on this machine: scikit-learn's digits, and the user's own MNIST and CIFAR-10 files.

    digits()              1,797 images of 8 x 8 pixels, shipped with scikit-learn
    mnist(folder)         IDX files, plain or .gz
    cifar10(folder)       binary batches (.bin) or Python batches

`folder` is an argument or, left out, the environment variable DEPTHLAWS_DATA; nothing is ever
downloaded. A file that is absent, cut off or of another kind raises SetupError.
"""

from __future__ import annotations

import functools
import importlib.util
import io
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from simulate import image_files as files
from simulate.setup import SetupError, shown

ENVIRONMENT = "DEPTHLAWS_DATA"
SPLITS = ("train", "test")
STANDARDISATIONS = ("none", "centred", "channel", "companion")
COMPANION_STD = (0.2023, 0.1994, 0.2010)
"""What the companion code of Grzejdziak (2023) divides the channels of CIFAR-10 in [0, 1] by."""
CIFAR_CHANNELS = 3
Folder = str | os.PathLike[str] | None


@dataclass(frozen=True)
class DataSet:
    """Images and their labels as a file holds them.

    images: (n, n_0) unsigned bytes, one image a row, channel after channel. labels: (n,), 0..9.
    """

    name: str
    images: np.ndarray
    labels: np.ndarray
    channels: int = 1

    def __len__(self) -> int:
        return len(self.images)

    def __repr__(self) -> str:
        return f"DataSet({self.name}: {len(self)} images of {self.images.shape[1]} values)"

    @functools.cached_property
    def pixel_means(self) -> np.ndarray:
        """(n_0,) mean of every pixel over the images."""
        means: np.ndarray = self.images.mean(0, dtype=np.float64)
        return means

    @functools.cached_property
    def channel_statistics(self) -> tuple[np.ndarray, np.ndarray]:
        """(channels,) mean and standard deviation over images and pixels; sums are of integers."""
        values = self.images.reshape(len(self), self.channels, -1)
        size = values.shape[0] * values.shape[2]
        total = values.sum((0, 2), dtype=np.uint64).astype(np.float64)
        sq = np.array([_square_sum(values[:, c]) for c in range(self.channels)])
        return total / size, np.sqrt(np.maximum(sq / size - (total / size) ** 2, 0.0))

    def standardised(self, by: str = "channel", rows: Any = slice(None)) -> np.ndarray:
        """(n, n_0) float64 images, or those of `rows`; the statistics are those of all images.

        by: `none` as in the file · `centred` the mean of each pixel subtracted · `channel` mean 0
        and variance 1 of each channel (Grzejdziak 2023, Section 6) · `companion` mean 0 of each
        channel, then CIFAR-10 in [0, 1] divided by COMPANION_STD: variances are not 1.
        """
        if not isinstance(by, str) or by not in STANDARDISATIONS:
            known = ", ".join(STANDARDISATIONS)
            raise SetupError(f"by (extra['standardise']) must be one of {known}; got {shown(by)}")
        x: np.ndarray = self.images[rows].astype(np.float64)
        if by == "none":
            return x
        if by == "centred":
            x -= self.pixel_means
            return x
        mean, std = self.channel_statistics
        if by == "companion":
            if self.channels != CIFAR_CHANNELS:
                raise SetupError(
                    f"by 'companion' needs the three channels of CIFAR-10; got {self!r}"
                )
            std = 255 * np.array(COMPANION_STD)
        if not (std > 0).all():
            raise SetupError(f"by 'channel' needs pixels that are not all equal; got {self!r}")
        pixels = x.shape[-1] // self.channels
        x -= mean.repeat(pixels)
        x /= std.repeat(pixels)
        return x


def _square_sum(values: np.ndarray) -> float:
    counts = np.bincount(values.ravel(), minlength=256)
    return float((counts * np.arange(256, dtype=np.uint64) ** 2).sum())


# --- the three sets --------------------------------------------------------------------------


@functools.cache
def digits() -> DataSet:
    """The 1,797 handwritten digits that scikit-learn ships: 8 x 8 pixels of 0..16.

    The file is read where it lies: importing scikit-learn takes far longer.
    """
    found = importlib.util.find_spec("sklearn")
    if found is None or found.origin is None:
        raise SetupError("digits need the package scikit-learn; it is not installed")
    path = Path(found.origin).parent / "datasets" / "data" / "digits.csv.gz"
    text = files.read(path, "digits").decode("ascii", "replace")
    try:
        table = np.loadtxt(io.StringIO(text), delimiter=",", dtype=np.float64, ndmin=2)
    except ValueError:
        table = np.empty((0, 0))
    if table.shape[1] != 65 or not ((table >= 0) & (table <= 16) & (table % 1 == 0)).all():
        raise SetupError(
            f"digits: {files.named(path)} must hold rows of 65 whole numbers in 0..16; got a"
            f" table of shape {table.shape}"
        )
    whole = table.astype(np.uint8)
    return DataSet("digits", whole[:, :64], files.labels_of(whole[:, 64], path))


def mnist(folder: Folder = None, split: str = "train") -> DataSet:
    """MNIST (`split`: train or test) from its IDX files, plain or .gz, in `folder` or below it."""
    return _mnist(_folder(folder), _split(split))


def cifar10(folder: Folder = None, split: str = "train") -> DataSet:
    """CIFAR-10 from its binary or Python batches, all of the split, in `folder` or below it.

    Python batches are unpickled by a reader that builds dictionaries, bytes, numbers and arrays of
    numbers, and refuses everything else.
    """
    return _cifar10(_folder(folder), _split(split))


SETS: dict[str, Callable[[], DataSet]] = {"digits": digits, "mnist": mnist, "cifar10": cifar10}
"""By name, from the environment's folder: what input laws draw from (simulate/inputs.py)."""


@functools.lru_cache(maxsize=4)
def _mnist(root: Path, split: str) -> DataSet:
    prefix = {"train": "train", "test": "t10k"}[split]
    places = [root, root / "MNIST" / "raw", root / "mnist"]

    def read(what: str, magic: int) -> tuple[np.ndarray, Path]:
        stems = (f"{prefix}-{what}-ubyte", f"{prefix}-{what.replace('-', '.')}-ubyte")
        path = _found(root, places, [stem + ending for stem in stems for ending in ("", ".gz")])
        return files.idx(files.read(path, "folder"), magic, path), path

    images, path = read("images-idx3", files.IDX_IMAGES)
    labels, of_labels = read("labels-idx1", files.IDX_LABELS)
    if len(images) != len(labels):
        raise SetupError(
            f"folder: {files.named(path)} must have as many images as {files.named(of_labels)} has"
            f" labels; got {len(images)} and {len(labels)}"
        )
    return DataSet(f"mnist {split}", images, files.labels_of(labels, of_labels))


@functools.lru_cache(maxsize=2)
def _cifar10(root: Path, split: str) -> DataSet:
    train = split == "train"
    places = [root, root / "cifar-10-batches-bin", root / "cifar-10-batches-py"]
    parts = []
    for name in [f"data_batch_{k}" for k in range(1, 6)] if train else ["test_batch"]:
        path = _found(root, places, [f"{name}.bin", name])
        batch = files.binary_batch if path.suffix == ".bin" else files.pickled_batch
        parts.append(batch(files.read(path, "folder"), path))
    images, labels = (np.concatenate(part) for part in zip(*parts, strict=True))
    return DataSet(f"cifar10 {split}", images, labels, CIFAR_CHANNELS)


# --- where they are --------------------------------------------------------------------------


def _split(split: object) -> str:
    if not isinstance(split, str) or split not in SPLITS:
        raise SetupError(f"split must be one of {', '.join(SPLITS)}; got {shown(split)}")
    return split


def _folder(folder: object) -> Path:
    given = os.environ.get(ENVIRONMENT) if folder is None else folder
    rule = f"folder, or the environment variable {ENVIRONMENT}, must name a folder of data files"
    if not isinstance(given, str | os.PathLike) or not given:
        raise SetupError(f"{rule}; got {shown(given)}")
    try:
        path = Path(given).expanduser()
        there = path.is_dir()
    except (ValueError, OSError, RuntimeError):  # a zero byte, a name too long, no home
        there = False
    if not there:
        raise SetupError(f"{rule}; got {shown(os.fspath(given))}, which is none")
    return path


def _found(root: Path, places: list[Path], names: list[str]) -> Path:
    for place in places:
        for name in names:
            if (place / name).is_file():
                return place / name
    wanted = " or ".join(names)
    raise SetupError(f"folder must hold {wanted}; got {files.named(root)}, which does not")

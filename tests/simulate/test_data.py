"""Data sets: what the files say is what arrives, standardised as asked; every mistake is named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits

from simulate import SetupError, data


def test_digits_are_those_of_scikit_learn() -> None:
    digits, known = data.digits(), load_digits()
    assert np.array_equal(digits.images, known.data)
    assert np.array_equal(digits.labels, known.target)
    assert repr(digits) == "DataSet(digits: 1797 images of 64 values)"


def test_mnist_plain_and_packed(image_folder: Path) -> None:
    train, test = (data.mnist(image_folder, split) for split in data.SPLITS)
    assert train.images.tolist() == [[11 * (6 * i + j) % 256 for j in range(6)] for i in range(4)]
    assert train.labels.tolist() == [0, 1, 2, 3]
    assert len(test) == 3
    assert np.array_equal(test.images, train.images[:3])


def test_cifar10_binary_and_pickled(image_folder: Path) -> None:
    train, test = (data.cifar10(image_folder, split) for split in data.SPLITS)
    assert len(train) == 10
    assert train.labels.tolist() == [1, 8, 2, 7, 3, 6, 4, 5, 5, 4]
    assert train.images[2, 1] == 5 // 7
    assert test.images.shape == (2, 3072)
    assert test.labels.tolist() == [0, 9]


def test_the_folder_may_come_from_the_environment(
    image_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEPTHLAWS_DATA", str(image_folder))
    assert len(data.mnist()) == 4


@pytest.mark.parametrize(
    "folder", [None, "", 3, [], "no/such/folder", "\0", "~nobody-of-that-name/x"]
)
def test_a_folder_that_is_none(folder: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEPTHLAWS_DATA", raising=False)
    with pytest.raises(SetupError, match=r"folder, or .*DEPTHLAWS_DATA, must name .*; got "):
        data.mnist(folder)


def test_absent_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"folder must hold train-images-idx3-ubyte or .*; got"):
        data.mnist(tmp_path)
    with pytest.raises(SetupError, match=r"folder must hold test_batch.bin or test_batch; got"):
        data.cifar10(tmp_path, "test")


def test_one_batch_missing(image_folder: Path) -> None:
    (image_folder / "data_batch_4.bin").unlink()
    with pytest.raises(SetupError, match="data_batch_4"):
        data.cifar10(image_folder)


def test_as_many_labels_as_images(image_folder: Path) -> None:
    labels = image_folder / "train-labels-idx1-ubyte"
    labels.write_bytes(labels.read_bytes()[:7] + b"\3\0\1\2")
    with pytest.raises(SetupError, match=r"as many images as .* has labels; got 4 and 3"):
        data.mnist(image_folder)


@pytest.mark.parametrize("split", ["valid", None, 1])
def test_an_unknown_split(image_folder: Path, split: object) -> None:
    with pytest.raises(SetupError, match=r"split must be one of train, test; got"):
        data.cifar10(image_folder, split)


# --- standardisation -------------------------------------------------------------------------


def test_channels_have_mean_0_and_variance_1(image_folder: Path) -> None:
    x = data.cifar10(image_folder).standardised().reshape(10, 3, -1)
    assert np.allclose(x.mean((0, 2)), 0)
    assert np.allclose(x.var((0, 2)), 1)


def test_pixels_are_centred() -> None:
    x = data.digits().standardised("centred")
    assert np.allclose(x.mean(0), 0)
    assert x[:, 10].std() == pytest.approx(data.digits().images[:, 10].std())


def test_companion_values_do_not_give_variance_1(image_folder: Path) -> None:
    images = data.cifar10(image_folder)
    x = images.standardised("companion").reshape(10, 3, -1)
    raw = images.images.reshape(10, 3, -1) / 255
    assert np.allclose(x.mean((0, 2)), 0)
    assert np.allclose(x.std((0, 2)), raw.std((0, 2)) / np.array([0.2023, 0.1994, 0.2010]))
    with pytest.raises(SetupError, match=r"three channels.*digits"):
        data.digits().standardised("companion")


def test_rows_are_standardised_by_all_images() -> None:
    some = data.digits().standardised("channel", [3, 5])
    assert np.array_equal(some, data.digits().standardised("channel")[[3, 5]])


def test_unknown_and_impossible_standardisation() -> None:
    blank = data.DataSet("blank", np.zeros((2, 4), np.uint8), np.zeros(2, np.uint8))
    with pytest.raises(SetupError, match="not all equal"):
        blank.standardised("channel")
    for wrong in ("no", None, ["channel"]):
        with pytest.raises(SetupError, match=r"must be one of none, centred.*; got"):
            blank.standardised(wrong)


def test_digits_without_their_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(SetupError, match="scikit-learn"):
        data.digits.__wrapped__()

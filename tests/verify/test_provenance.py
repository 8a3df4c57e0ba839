"""Where the numbers come from, against what git and the packages say of themselves."""

import subprocess
from pathlib import Path

import torch

from verify import plan, provenance

ROOT = Path(__file__).resolve().parents[2]


def test_versions_are_those_of_the_packages(monkeypatch):
    assert provenance.versions()["torch"] == torch.__version__

    def missing(name):
        raise provenance.PackageNotFoundError

    monkeypatch.setattr(provenance, "version", missing)
    assert set(provenance.versions().values()) == {"not installed"}


def test_the_revision_is_that_of_the_checkout():
    if not (ROOT / ".git").exists():
        assert provenance.revision() == ""
        return
    head = subprocess.run(
        ["git", "-C", str(ROOT), "rev-parse", "HEAD"], capture_output=True, text=True, check=True
    ).stdout
    assert provenance.revision().removesuffix("-dirty").rpartition("-g")[2] in head


def test_without_git_there_is_none(monkeypatch):
    def absent(*args, **options):
        raise FileNotFoundError

    monkeypatch.setattr(subprocess, "run", absent)
    assert provenance.revision() == ""


def test_a_selection_is_a_set():
    found = provenance.meta(["vn", "vev.*", "vn"], "quick", 3, "cpu", "float64", 7)
    assert found["selected"] == ["vev.*", "vn"]
    assert (found["budget"], found["n_monte_carlo_rows"]) == (plan.BUDGETS["quick"], 7)
    assert found["source_digest"] == provenance.source_digest()

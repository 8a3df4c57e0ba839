"""Where the numbers of a run come from: what was asked for, of which code, with which versions."""

from __future__ import annotations

import platform
import subprocess
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from verify import plan
from verify.store import source_digest


def meta(
    patterns: Sequence[str],
    tier: str,
    seed: int,
    device: str,
    dtype: str,
    n_rows: int,
) -> dict[str, Any]:
    """What names a run in its results; its errors are added at the end."""
    return {
        "tier": tier,
        "tier_means": plan.ABOUT[tier],
        "seed": seed,
        "device": device,
        "dtype": dtype,
        "selected": sorted(set(patterns)),
        "family_alpha": plan.FAMILY_ALPHA,
        "n_monte_carlo_rows": n_rows,
        "budget": plan.BUDGETS[tier],
        "errors": [],
        "versions": {"python": platform.python_version(), **versions()},
        "git_revision": revision(),
        "source_digest": source_digest(),
    }


def versions() -> dict[str, str]:
    """Versions of this package and of what its numbers depend on."""
    found = {}
    for name in ("depthlaws", "torch", "numpy", "scipy", "sympy", "mpmath"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def revision() -> str:
    """The git revision of the source, with -dirty; empty outside a checkout."""
    root = Path(__file__).resolve().parent.parent
    if not (root / ".git").exists():
        return ""
    try:
        done = subprocess.run(
            ["git", "-C", str(root), "describe", "--always", "--dirty", "--abbrev=12"],
            capture_output=True, text=True, timeout=10, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()

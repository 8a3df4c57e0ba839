"""What five documents say about very deep networks, and what is true.

>>> from theory import claim, claims
>>> claim("vev.prop4.3").source.where
'Proposition 4.3'
>>> claims.search("kurtosis recursion")[0].id
'vev.prop4.3'

`claims` is the registry: iterate it, search it, index it (`claims["vn.eq6"]`); a `Claim` prints its
formula, assumptions, source and verdict, and evaluates. Importing this package imports no torch,
and nothing at all until a name is used: `theory.index` answers `depthlaws list` without sympy.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from theory.registry import claim, claims
    from theory.schema import Claim, ClaimError

__all__ = ["Claim", "ClaimError", "claim", "claims"]

_HOMES = {
    "Claim": "theory.schema",
    "ClaimError": "theory.schema",
    "claim": "theory.registry",
    "claims": "theory.registry",
}

if not TYPE_CHECKING:  # a type checker would believe that every name exists

    def __getattr__(name: str) -> object:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(importlib.import_module(_HOMES[name]), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

"""Finds every module-level `Claim` of the document folders; two with one id stop the import."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from collections.abc import Iterator
from functools import cached_property

from theory.schema import Claim, ClaimError

DOCUMENTS = (
    "vanishing_variance",
    "vanishing_nodes",
    "shattered_gradients",
    "gradients_explode",
    "degeneracy",
)


class Registry:
    """All claims, in the order of the documents; filled on first use."""

    @cached_property
    def _claims(self) -> dict[str, Claim]:
        found: dict[str, Claim] = {}
        for document in DOCUMENTS:
            package = importlib.import_module(f"theory.{document}")
            for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda i: i.name):
                module = importlib.import_module(f"theory.{document}.{info.name}")
                for value in vars(module).values():
                    if not isinstance(value, Claim):
                        continue
                    if found.setdefault(value.id, value) is not value:
                        raise ClaimError(f"two claims have the id {value.id!r}")
        return found

    @cached_property
    def modules(self) -> dict[str, str]:
        """Claim id -> dotted name of the module that defines it."""
        homes: dict[str, str] = {}
        for document in DOCUMENTS:
            package = importlib.import_module(f"theory.{document}")
            for info in pkgutil.iter_modules(package.__path__):
                name = f"theory.{document}.{info.name}"
                for value in vars(importlib.import_module(name)).values():
                    if isinstance(value, Claim):
                        homes[value.id] = name
        return homes

    def __call__(self) -> list[Claim]:
        """All claims as a list."""
        return list(self)

    def __iter__(self) -> Iterator[Claim]:
        return iter(self._claims.values())

    def __len__(self) -> int:
        return len(self._claims)

    def __contains__(self, claim_id: object) -> bool:
        return claim_id in self._claims

    def __getitem__(self, claim_id: str) -> Claim:
        """The claim of that id; a ClaimError suggests the nearest id otherwise."""
        try:
            return self._claims[claim_id]
        except (KeyError, TypeError):
            raise ClaimError(unknown_id(claim_id, list(self._claims))) from None

    def __getattr__(self, name: str) -> Claim:
        # vev_prop4_3 for vev.prop4.3, so that tab completion works on the registry itself
        if not name.startswith("_"):
            for claim_id, found in self._claims.items():
                if _identifier(claim_id) == name:
                    return found
        raise AttributeError(f"no claim is named {name!r}")

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *map(_identifier, self._claims)]

    def _ipython_key_completions_(self) -> list[str]:
        return list(self._claims)

    def search(self, text: str) -> list[Claim]:
        """Claims whose id, title, words or source contain every word of `text`, best first."""
        words = text.lower().split()

        def score(c: Claim) -> int:
            title = f"{c.id} {c.title}".lower()
            body = " ".join(
                [title, c.kind, c.source.where, c.source.says, c.because]
                + [law.words for law in c.laws]
            ).lower()
            return (
                sum(2 if w in title else 1 for w in words) if all(w in body for w in words) else 0
            )

        return sorted((c for c in self if score(c)), key=score, reverse=True)

    def __repr__(self) -> str:
        return "\n".join(f"{c.id:<22} {c.expected:<16} {c.title}" for c in self)


def _identifier(claim_id: str) -> str:
    return "".join(ch if ch.isalnum() else "_" for ch in claim_id)


def unknown_id(claim_id: object, known: list[str]) -> str:
    """The message for an id nobody has, with the nearest ones."""
    near = difflib.get_close_matches(str(claim_id), known, n=3, cutoff=0.5)
    hint = f"; nearest: {', '.join(near)}" if near else "; `depthlaws list` shows all"
    return f"unknown claim id {claim_id!r}{hint}"


claims = Registry()


def claim(claim_id: str) -> Claim:
    """The claim of that id, e.g. `claim("vev.prop4.3")`; raises ClaimError with the nearest id."""
    return claims[claim_id]

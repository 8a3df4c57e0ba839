"""Finds every module-level `Claim` of the document folders; two with one id stop the import."""

from __future__ import annotations

import importlib
import pkgutil
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

from theory.index import DOCUMENTS, Entry, index, unknown_id
from theory.schema import Claim, ClaimError, shown

__all__ = ["Registry", "claim", "claims"]


class Registry:
    """All claims, in the order of the documents; filled on first use.

    `claims["vn.eq6"]` and `claims.vn_eq6` find one, `claims.search("depth")` several, `len`, `in`
    and iteration do what they say.
    """

    @cached_property
    def _found(self) -> dict[str, tuple[Claim, str]]:
        """Claim id -> the claim and the dotted name of the module that defines it."""
        homes: defaultdict[str, set[str]] = defaultdict(set)
        for entry in self._entries:
            homes[entry.id].add(entry.module)
        found: dict[str, tuple[Claim, str]] = {}
        for name in _modules():
            for value in vars(importlib.import_module(name)).values():
                if not isinstance(value, Claim) or name not in homes.get(value.id, {name}):
                    continue  # a claim that is only imported here has its home elsewhere
                other, home = found.setdefault(value.id, (value, name))
                if other is not value:
                    raise ClaimError(
                        f"two claims have the id {value.id!r}: in {home} and in {name}"
                    )
        return found

    @cached_property
    def _claims(self) -> dict[str, Claim]:
        return {claim_id: found for claim_id, (found, _) in self._found.items()}

    @property
    def modules(self) -> dict[str, str]:
        """Claim id -> dotted name of the module that defines it."""
        return {claim_id: home for claim_id, (_, home) in self._found.items()}

    def __call__(self) -> list[Claim]:
        """All claims as a list."""
        return list(self)

    def __iter__(self) -> Iterator[Claim]:
        return iter(self._claims.values())

    def __len__(self) -> int:
        return len(self._claims)

    def __contains__(self, claim_id: object) -> bool:
        return isinstance(claim_id, str) and claim_id in self._claims

    def __getitem__(self, claim_id: str) -> Claim:
        """The claim of that id; a ClaimError suggests the nearest id otherwise."""
        if "_claims" not in vars(self) and (alone := self._alone(claim_id)) is not None:
            return alone
        try:
            return self._claims[claim_id]
        except (KeyError, TypeError):
            raise ClaimError(unknown_id(claim_id, list(self._claims))) from None

    def _alone(self, claim_id: object) -> Claim | None:
        """The claim from its own module, the others left unread: they take seconds."""
        for entry in self._entries:
            if entry.id == claim_id:
                for value in vars(importlib.import_module(entry.module)).values():
                    if isinstance(value, Claim) and value.id == claim_id:
                        return value
        return None

    @cached_property
    def _entries(self) -> list[Entry]:
        return index()

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
        if not isinstance(text, str):
            raise ClaimError(f"search: argument 'text' must be a string; got {shown(text)}")
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


def _modules() -> Iterator[str]:
    """Dotted names of the modules of the document folders, in a fixed order."""
    for document in DOCUMENTS:
        package = importlib.import_module(f"theory.{document}")
        for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda i: i.name):
            yield f"theory.{document}.{info.name}"


claims = Registry()


def claim(claim_id: str) -> Claim:
    """The claim of that id, e.g. `claim("vev.prop4.3")`; raises ClaimError with the nearest id."""
    return claims[claim_id]

"""Finds every module-level `Claim` of the document folders; two with one id stop the import."""

from __future__ import annotations

import importlib
import pkgutil
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from types import FunctionType, ModuleType

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
        """Claims that mention every word of `text`, best first.

        Looked at: id and title; what the claim says of itself, its source and its laws; the
        docstrings of its file and of what that file uses. Case and hyphens do not matter.
        """
        if not isinstance(text, str):
            raise ClaimError(f"search: argument 'text' must be a string; got {shown(text)}")
        words = _plain(text).split()
        scores = {c.id: self._score(c, words) for c in self} if words else {}
        return sorted((c for c in self if scores.get(c.id)), key=lambda c: -scores[c.id])

    def _score(self, found: Claim, words: list[str]) -> int:
        """Sum over the words of 9 in the title, 3 in the claim, 1 in its file; 0 if one lacks."""
        weighted = list(zip(self._texts(found), (9, 3, 1), strict=True))
        each = [
            max(weight if _mentions(text, word) else 0 for text, weight in weighted)
            for word in words
        ]
        return sum(each) if all(each) else 0

    def _texts(self, found: Claim) -> tuple[str, str, str]:
        if found.id not in self._texts_of:
            document = found.source.document
            body = [found.kind, found.source.where, found.source.says, document.title,
                    document.authors, found.because, found.remark]  # fmt: skip
            body += [text for law in found.laws for text in (law.name, law.role, law.words)]
            body += [p.meaning for law in found.laws for p in law.parameters]
            body += [a.words for a in found.assumptions]
            body += [text for p in found.probes for text in (p.experiment, p.why)]
            docs = list(_docstrings(self.modules[found.id]))
            texts = (f"{found.id} {found.title}", " ".join(body), " ".join(filter(None, docs)))
            self._texts_of[found.id] = (_plain(texts[0]), _plain(texts[1]), _plain(texts[2]))
        return self._texts_of[found.id]

    @cached_property
    def _texts_of(self) -> dict[str, tuple[str, str, str]]:
        return {}

    def __repr__(self) -> str:
        return "\n".join(f"{c.id:<22} {c.expected:<16} {c.title}" for c in self)


def _docstrings(home: str) -> Iterator[str | None]:
    """Of a claim's file, and of the functions and files of its document that it uses."""
    document = home.rpartition(".")[0] + "."
    yield home
    files = {home}
    for value in vars(sys.modules[home]).values():
        if isinstance(value, FunctionType | ModuleType):
            name = value.__name__ if isinstance(value, ModuleType) else value.__module__
            if name.startswith(document):
                files.add(name)
                yield value.__doc__
    yield from (sys.modules[name].__doc__ for name in sorted(files))


def _mentions(text: str, word: str) -> bool:
    """Whether a text has a word, or part of one; of one or two letters, the whole word."""
    return word in text and (
        len(word) > 2 or re.search(rf"\b{re.escape(word)}\b", text) is not None
    )


def _plain(text: str) -> str:
    return " ".join(text.lower().replace("-", " ").replace("_", " ").split())


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

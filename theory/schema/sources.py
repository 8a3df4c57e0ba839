"""Where a claim stands: a document, and a place in it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Document:
    """One source document. `key` prefixes no id; ids carry `prefix` (`vev`, `vn`, ...)."""

    key: str
    prefix: str
    title: str
    authors: str
    year: int
    bibtex: str

    def at(self, where: str, says: str) -> Source:
        """The place `where` (down to the equation) and what the document says there."""
        return Source(document=self, where=where, says=says)


@dataclass(frozen=True)
class Source:
    """A place in a document and what is said there (in the document's sense, our words)."""

    document: Document
    where: str
    says: str

    @property
    def bibtex(self) -> str:
        """The BibTeX entry of the document."""
        return self.document.bibtex

    def __str__(self) -> str:
        return f"{self.document.authors} ({self.document.year}), {self.where}"

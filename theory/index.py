"""The list of claims, read from the source text of the claim files without running them.

`depthlaws list` must answer at once, and importing a claim imports sympy. A claim file therefore
writes `id`, `title` and `expected` of a module-level `NAME = Claim(...)` as string literals, and
`tests/theory/test_index.py` holds this list equal to the registry. The items of the documents that
no claim tests are read from `items.py` in the same way. Imports nothing of ours.
"""

from __future__ import annotations

import ast
import fnmatch
import functools
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

DOCUMENTS = (
    "vanishing_variance",
    "vanishing_nodes",
    "shattered_gradients",
    "gradients_explode",
    "degeneracy",
)
HERE = Path(__file__).parent
NOT_ENCODED, TRAINING = "not yet encoded", "training"


class Entry(NamedTuple):
    """One claim, as far as its text says. `where` is the place in the document, `module` its home.

    `where` is empty when the source is not written as a literal `PAPER.at("...", ...)`.
    """

    id: str
    title: str
    expected: str
    document: str
    where: str
    module: str


class Item(NamedTuple):
    """One checkable item of a document: its permanent id, what it says, of what kind it is."""

    id: str
    what: str
    kind: str
    document: str

    @property
    def why(self) -> str:
        """Why no claim tests it, where none does."""
        return why_missing(self.kind)


def why_missing(kind: str) -> str:
    """Why an item of this kind has no claim: it is about trained networks, or is not encoded yet.

    >>> why_missing("training figure"), why_missing("exact identity")
    ('training', 'not yet encoded')
    """
    return TRAINING if kind.startswith("training") else NOT_ENCODED


def items() -> list[Item]:
    """Every item of every document, in the order of the documents.

    >>> items()[0].id
    'vev.setup'
    """
    return list(_items())


@functools.cache
def _items() -> tuple[Item, ...]:
    found = []
    for document in DOCUMENTS:
        tree = ast.parse((HERE / document / "items.py").read_text(encoding="utf-8"))
        (table,) = (s.value for s in tree.body if isinstance(s, ast.AnnAssign) and s.value)
        found += [
            Item(item, what, kind, document)
            for item, (what, kind) in ast.literal_eval(table).items()
        ]
    return tuple(found)


@functools.cache
def places() -> dict[str, int]:
    """Item id -> its place in the order of the documents."""
    return {item.id: place for place, item in enumerate(_items())}


def not_tested() -> list[Item]:
    """The items that no claim tests.

    >>> next(item.why for item in not_tested() if item.id == "vn.table1")
    'training'
    """
    known = {entry.id for entry in _index()}
    return [item for item in _items() if item.id not in known]


def index() -> list[Entry]:
    """All claims in the order of the registry: documents, then files by name, then lines.

    >>> next(entry.where for entry in index() if entry.id == "vev.prop4.3")
    'Proposition 4.3'
    """
    return list(_index())


@functools.cache
def _index() -> tuple[Entry, ...]:
    return tuple(
        entry
        for document in DOCUMENTS
        for path in sorted((HERE / document).glob("*.py"))
        for entry in entries(path.read_text(encoding="utf-8"), document, path.stem)
    )


def selects(pattern: str, claim_id: str, document: str) -> bool:
    """Whether a pattern (an id, a document's key or prefix, or a glob) names a claim.

    >>> [selects(p, "vn.eq6", "vanishing_nodes") for p in ("vn.*", "vn", "vanishing_nodes", "eq6")]
    [True, True, True, False]
    """
    return fnmatch.fnmatchcase(claim_id, pattern) or pattern in (
        document,
        claim_id.partition(".")[0],
    )


def unmatched(patterns: Sequence[str]) -> str:
    """The message for the first pattern that names no claim; empty if every one names some."""
    for pattern in patterns:
        if not any(selects(pattern, e.id, e.document) for e in _index()):
            return unknown_id(pattern, [*(e.id for e in _index()), *DOCUMENTS])
    return ""


def entries(text: str, document: str, stem: str) -> Iterator[Entry]:
    """The claims that the text of one file defines."""
    for call, assigned in _claim_calls(text):
        words = {k.arg: k.value for k in call.keywords}
        yield Entry(
            id=_literal(words.get("id")),
            title=_literal(words.get("title")),
            expected=_literal(words.get("expected")),
            document=document,
            where=_where(words.get("source"), assigned),
            module=f"theory.{document}.{stem}",
        )


# A formatted claim: from `NAME = Claim(` to a bracket at the margin, keywords indented by four.
_STATEMENT = re.compile(r"^\w+(?:: Claim)? = Claim\(\n(.*?)^\)", re.MULTILINE | re.DOTALL)
_KEYWORD = re.compile(r"^    (?=\w+=)", re.MULTILINE)
_WANTED = ("id=", "title=", "source=PAPER", "expected=")


def _claim_calls(text: str) -> Iterator[tuple[ast.Call, dict[str, ast.expr]]]:
    """Calls of Claim, with the module's other assignments where these may be needed.

    Parsing is nearly all of the cost, and most of a claim file is derivation: of a file in the
    usual layout only the wanted keywords are parsed, of any other the whole text.
    """
    if "Claim(" not in text:
        return
    bodies = _STATEMENT.findall(text)
    if len(bodies) == len(re.findall(r"\bClaim\(", text)):
        short = [[k for k in _KEYWORD.split(body) if k.startswith(_WANTED)] for body in bodies]
        if all(len(keywords) == len(_WANTED) for keywords in short):
            for keywords in short:
                call = ast.parse(f"Claim({''.join(keywords)})", mode="eval").body
                assert isinstance(call, ast.Call)
                yield call, {}
            return
    assigned: dict[str, ast.expr] = {}
    for statement in ast.parse(text).body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            assigned[statement.targets[0].id] = statement.value
        elif (
            isinstance(statement, ast.AnnAssign)
            and isinstance(statement.target, ast.Name)
            and statement.value is not None
        ):
            assigned[statement.target.id] = statement.value
    for value in assigned.values():
        if isinstance(value, ast.Call) and getattr(value.func, "id", "") == "Claim":
            yield value, assigned


def _literal(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _where(node: ast.expr | None, assigned: dict[str, ast.expr]) -> str:
    """The first argument (or `where=`) of PAPER.at(...), directly or through one name."""
    if isinstance(node, ast.Name):
        node = assigned.get(node.id)
    if not isinstance(node, ast.Call):
        return ""
    named = {k.arg: k.value for k in node.keywords}
    return _literal(node.args[0] if node.args else named.get("where"))


def unknown_id(claim_id: object, known: list[str]) -> str:
    """The message for an id nobody has, with the nearest ones; for an item without a claim, why."""
    import difflib

    for item in not_tested() if isinstance(claim_id, str) else []:
        if item.id == claim_id:
            return f"no claim tests {item.id} ({item.what}): not-tested: {item.why}"
    text = claim_id if isinstance(claim_id, str) else ""
    near = difflib.get_close_matches(text[:100], known, n=3, cutoff=0.5)
    hint = f"; nearest: {', '.join(near)}" if near else "; `depthlaws list` shows all"
    try:
        shown = repr(claim_id)
    except Exception:  # an integer of more digits than Python writes
        shown = f"of type {type(claim_id).__name__}"
    return f"unknown claim id {shown if len(shown) <= 100 else shown[:97] + '...'}{hint}"

"""pytest plugin: claims as test items, and fixtures for tests of your own.

`pytest --claims 'vev.*'` verifies the claims that match and shows one item for each check of each
law and one for the verdict:

    vev.prop4.3::enumeration#stated [exact]
    vev.prop4.3::depth 4#stated [monte-carlo]
    vev.prop4.3::verdict

A check passes when its outcome is what the committed verdict allows: a law known to be false is
green while it is shown false. An undecided check is skipped with its reason, never passed. The
verdict passes when it equals the committed one; undecided is not equal.

All items share one computation, made when the first of them runs, over the claims that are left
after `-k` and `-m`: its false-alarm rate is that of one report. (Under xdist every worker makes it;
`--claims-jobs` is the better way to use several cores.)

A test of your own names a claim and asks for fixtures:

    @pytest.mark.claim("vev.prop4.3")
    def test_my_formula(claim, claim_points):
        for point in claim_points:
            assert my_kurtosis(**point) == pytest.approx(claim.evaluate(**point))

    @pytest.mark.claim("vev.prop4.3")
    def test_still_true(claim, verify_claim):
        assert verify_claim().verdict == claim.expected

Nothing but pytest is imported until a claim is asked for: this module loads in every pytest run of
everybody who has the package installed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from theory.schema import Claim
    from verify.results import ClaimResult, Row

TIERS = ("quick", "standard", "paper")
MARK = "claim(id): the claim that the fixtures `claim`, `claim_points` and `verify_claim` are about"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options, all beginning with --claims."""
    group = parser.getgroup("depthlaws", "published laws of very deep random networks")
    group.addoption(
        "--claims",
        action="append",
        default=[],
        metavar="ID",
        help="verify these claims: ids, document keys or globs ('vev.*'), comma-separated or "
        "repeated; '*' is all",
    )
    group.addoption(
        "--claims-tier",
        default="quick",
        choices=TIERS,
        help="precision of the measurements (default: quick)",
    )
    group.addoption(
        "--claims-seed", type=int, default=0, metavar="N", help="seed of the sampling (default: 0)"
    )
    group.addoption(
        "--claims-jobs", type=int, default=1, metavar="N", help="processes (default: 1)"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker; refuse bad options before anything is collected."""
    config.addinivalue_line("markers", MARK)
    for name, least in (("--claims-seed", 0), ("--claims-jobs", 1)):
        if config.getoption(name) < least:
            raise pytest.UsageError(
                f"{name} must be an integer >= {least}; got {config.getoption(name)}"
            )


def pytest_report_header(config: pytest.Config) -> str | None:
    """What is verified, and how precisely."""
    patterns = _patterns(config)
    if not patterns:
        return None
    tier, seed = config.getoption("--claims-tier"), config.getoption("--claims-seed")
    return f"depthlaws: claims {' '.join(patterns)}, tier {tier}, seed {seed}"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(session: pytest.Session, items: list[pytest.Item]) -> None:
    """Add the items of the claims asked for; -k, -m and --lf then see them as any other item."""
    patterns = _patterns(session.config)
    if not patterns:
        return
    from verify.plan import PlanError, select

    try:
        chosen = select(patterns)
    except PlanError as error:
        raise pytest.UsageError(f"--claims: {error}") from None
    for claim in chosen:
        items.extend(ClaimNode.of(session, claim).collect())


def _patterns(config: pytest.Config) -> list[str]:
    given: list[str] = config.getoption("--claims")
    return [part.strip() for text in given for part in text.split(",") if part.strip()]


# --- items -----------------------------------------------------------------------------------


class CheckError(Exception):
    """A check or a verdict is not what was committed; the message is for the reader."""


class ClaimNode(pytest.Collector):
    """One claim: the parent of its items."""

    claim: Claim

    @classmethod
    def of(cls, session: pytest.Session, claim: Claim) -> ClaimNode:
        """The node of a claim, under its id."""
        import importlib

        from theory import claims

        home = importlib.import_module(claims.modules[claim.id]).__file__
        node: ClaimNode = cls.from_parent(
            session, name=claim.id, nodeid=claim.id, path=Path(home or session.path)
        )
        node.claim = claim
        node.add_marker(pytest.mark.claim(claim.id))
        return node

    def collect(self) -> Iterator[pytest.Item]:
        """One item for each law of each check that this tier runs, and one for the verdict."""
        from verify.exact import proofs_of

        tier = self.config.getoption("--claims-tier")
        for proof in proofs_of(self.claim, tier):
            yield CheckItem.of(self, proof.name, proof.law, proof.kind)
        for probe in self.claim.probes:
            if probe.belongs_to(tier):
                for law in probe.laws:
                    yield CheckItem.of(self, probe.name, law, "monte-carlo")
        item: VerdictItem = VerdictItem.from_parent(self, name="verdict")
        yield item


class ClaimItem(pytest.Item):
    """What the two kinds of items share."""

    parent: ClaimNode

    @property
    def claim_id(self) -> str:
        """The claim this item is about."""
        return self.parent.claim.id

    def result(self) -> ClaimResult:
        """The claim's result, from the computation that all items share."""
        return _shared(self.session).result(self.claim_id)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """A failed check is a text for the reader; anything else keeps its traceback."""
        if isinstance(excinfo.value, CheckError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        """The claim file, and the headline of a failure."""
        return self.path, None, f"{self.claim_id} {self.name}"


class CheckItem(ClaimItem):
    """One law under one check."""

    check: str

    @classmethod
    def of(cls, parent: ClaimNode, name: str, law: str, kind: str) -> CheckItem:
        """The item of a check, named `check#law [kind]`."""
        item: CheckItem = cls.from_parent(parent, name=f"{name}#{law} [{kind}]")
        item.check = f"{parent.claim.id}/{name}#{law}"
        return item

    def runtest(self) -> None:
        """Pass if the outcome is one that the committed verdict allows."""
        result = self.result()
        row = next((r for r in result.rows if r.check == self.check), None)
        if row is None:
            raise CheckError(f"{self.check}: no row; what is declared must be run")
        self.add_report_section("call", "depthlaws", row_text(row))
        if row.outcome == "undecided":
            pytest.skip(f"undecided: {row.reason}")
        if not allowed(row, result.expected):
            raise CheckError(f"{row_text(row)}\n\nThe committed verdict is {result.expected!r}.")


class VerdictItem(ClaimItem):
    """The verdict drawn from all checks of a claim."""

    def runtest(self) -> None:
        """Pass if the fresh verdict is the committed one."""
        result = self.result()
        if not result.as_expected:
            raise CheckError(verdict_text(result))


def allowed(row: Row, expected: str) -> bool:
    """Whether a decided row fits the committed verdict.

    `differs` fits where a stated law is known to be false, where an assumption is broken that the
    document leaves out (`holds-if`), where one it states is broken, and for a step of a proof,
    which decides no verdict.
    """
    if row.outcome == "agrees" or row.admits == "outside" or row.role == "proof-step":
        return True
    if row.role != "stated":
        return False
    if expected == "holds-if":
        return row.admits == "stated"
    return expected in ("false-as-stated", "undecided", "not-tested")


def row_text(row: Row) -> str:
    """A row for the terminal: what was predicted, what was found, and how well it was looked at."""
    lines = [
        f"{row.check} [{row.kind}]: {row.outcome}",
        row.words,
        f"  predicted  {row.predicted_text}",
        f"  found      {row.found_text}",
    ]
    if row.kind == "monte-carlo":
        lines.append(f"  margin     {row.margin_text}")
        lines.append(f"  draws      {row.draws} networks, seed {row.seed}, {row.sampler}")
    if row.point:
        lines.append("  at         " + ", ".join(f"{k} = {v}" for k, v in row.point.items()))
    lines += [f"  {note}" for note in (row.reason, row.detail) if note]
    lines += [f"  doubt: {doubt}" for doubt in row.doubts]
    return "\n".join(lines)


def verdict_text(result: ClaimResult) -> str:
    """Why a verdict is not the committed one, the rows that matter below."""
    lines = [
        f"{result.id}: {result.title}",
        f"{result.document}, {result.where}",
        f"  verdict    {result.verdict}: {result.verdict_reason}",
        f"  committed  {result.expected}: {result.because}",
        "",
    ]
    telling = [
        r for r in result.rows if r.outcome == "undecided" or not allowed(r, result.expected)
    ]
    return "\n".join(lines + [row_text(row) for row in telling or result.rows])


# --- one computation for all items -----------------------------------------------------------


class _Shared:
    """Verifies all claims of the session once, when the first result is asked for."""

    def __init__(self, session: pytest.Session) -> None:
        self.session = session
        self.results: dict[str, ClaimResult] = {}
        self.error: BaseException | None = None

    def result(self, claim_id: str) -> ClaimResult:
        """The result of one claim. A computation that broke breaks every item in the same way."""
        if self.error is not None:
            raise self.error
        if claim_id not in self.results:
            from verify.engine import verify

            option = self.session.config.getoption
            try:
                found = verify(
                    self._ids(claim_id),
                    tier=option("--claims-tier"),
                    seed=option("--claims-seed"),
                    jobs=option("--claims-jobs"),
                )
            except Exception as error:
                self.error = error
                raise
            self.results.update((c.id, c) for c in found.claims)
        return self.results[claim_id]

    def _ids(self, claim_id: str) -> list[str]:
        """Claims of the items that were left to run; those of the item that asks if none."""
        left = [i.claim_id for i in self.session.items if isinstance(i, ClaimItem)]
        return list(dict.fromkeys(left)) or [claim_id]


_SHARED: pytest.StashKey[_Shared] = pytest.StashKey()


def _shared(session: pytest.Session) -> _Shared:
    return session.stash.setdefault(_SHARED, _Shared(session))


# --- fixtures --------------------------------------------------------------------------------


@pytest.fixture
def claim(request: pytest.FixtureRequest) -> Claim:
    """The claim of the test's `@pytest.mark.claim(id)`."""
    return _marked(request)


@pytest.fixture
def claim_points(request: pytest.FixtureRequest) -> list[dict[str, Any]]:
    """Arguments of the marked claim's first law: where it is measured, assumptions satisfied.

    A list of dicts for `claim.evaluate(**point)`; where nothing is measured, the example that the
    claim prints. To draw them at random, see `verify.strategies.points`.
    """
    from theory.display import example

    found = _marked(request)
    law = found.laws[0]
    points = [
        dict(probe.at)
        for probe in found.probes
        if law.name in probe.laws and found.admits(probe.point) == "needed"
    ]
    return points or [point for point in (example(found),) if point is not None]


@pytest.fixture
def verify_claim(request: pytest.FixtureRequest) -> Callable[..., ClaimResult]:
    """Verify a claim: `verify_claim()` the marked one, `verify_claim("vn.eq6")` another.

    Keywords `tier` and `seed` default to --claims-tier and --claims-seed. Returns the
    `ClaimResult` with its rows, mutants and verdict.
    """
    option = request.config.getoption

    def run(claim_id: str | None = None, *, tier: str = "", seed: int | None = None) -> ClaimResult:
        from verify import check

        return check(
            claim_id or _marked(request).id,
            tier=tier or option("--claims-tier"),
            seed=option("--claims-seed") if seed is None else seed,
        )

    return run


def _marked(request: pytest.FixtureRequest) -> Claim:
    marker = request.node.get_closest_marker("claim")
    if marker is None or not _is_id(marker.args):
        pytest.fail(
            f"{request.fixturename} needs to know its claim: mark the test with "
            '@pytest.mark.claim("<id>")',
            pytrace=False,
        )
    from theory import ClaimError
    from theory import claim as find

    try:
        return find(marker.args[0])
    except ClaimError as error:
        pytest.fail(str(error), pytrace=False)


def _is_id(arguments: Iterable[object]) -> bool:
    listed = list(arguments)
    return len(listed) == 1 and isinstance(listed[0], str)

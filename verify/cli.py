"""The command line: parses, asks the other modules, prints. Heavy imports wait in the commands.

Exit codes: 0 every verdict as expected, 1 an unexpected verdict, 2 bad usage, 3 undecided rows
remain, 4 the run broke off (a full disk, a dead worker, an internal error), 130 interrupted.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NoReturn

OK, UNEXPECTED, USAGE, UNDECIDED, INTERNAL, INTERRUPTED = 0, 1, 2, 3, 4, 130
KEPT = "; finished work is kept, go on with --resume"
MOST_TIMES = 10**6
MOST_EXPONENT = 10**4


class UsageError(Exception):
    """What was typed cannot be done; the message is one line: argument, rule, value."""


def run(arguments: Sequence[str]) -> int:
    """Parse and run one command; returns the exit code. Nothing but a bug shows a traceback."""
    parser = build_parser()
    try:
        options = parse(parser, arguments)
    except SystemExit as stop:  # argparse has said why
        return int(stop.code or 0)
    try:
        code = int(options.command(options))
        sys.stdout.flush()
    except UsageError as error:
        return _fail(str(error), USAGE)
    except KeyboardInterrupt:
        kept = options.command is verify_claims
        return _fail(f"interrupted{KEPT if kept else ''}", INTERRUPTED)
    except BrokenPipeError:
        return _reader_left()
    except OSError as error:
        place = f" {error.filename}" if error.filename else ""
        return _fail(f"cannot read or write{place}: {error.strerror or error}", INTERNAL)
    except Exception as error:
        if (known := _code_of(error)) is not None:
            return _fail(str(error), known)
        import traceback

        traceback.print_exc()
        return _fail(f"internal error: {type(error).__name__}: {error}", INTERNAL)
    return code


def parse(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> argparse.Namespace:
    """Options; a list of words may go on behind an option, as in `eval ID --law X key=value`."""
    options, rest = parser.parse_known_args(arguments)
    words = next((w for w in ("values", "patterns") if hasattr(options, w)), None)
    foreign = [word for word in rest if words is None or word.startswith("-")]
    if foreign:
        parser.error(f"unrecognized arguments: {' '.join(foreign)}")
    if words is not None:
        setattr(options, words, [*getattr(options, words), *rest])
    return options


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        super().error(message if len(message) <= 300 else message[:297] + "...")

    def _print_message(self, message: str, file: Any = None) -> None:
        super()._print_message(_printable(message), file)


def build_parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    parser = _Parser(
        prog="depthlaws",
        description="Which published laws of very deep random networks hold, which need an "
        "unstated assumption, and which are false.",
        epilog="Exit codes: 0 as expected, 1 an unexpected verdict, 2 bad usage, "
        "3 undecided rows remain, 4 the run broke off, 130 interrupted.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    listing = commands.add_parser("list", help="every item with its verdict")
    listing.add_argument("patterns", nargs="*", metavar="ID", help="ids, document keys or globs")
    listing.set_defaults(command=list_claims)

    search = commands.add_parser("search", help="claims that mention every word, best first")
    search.add_argument("values", nargs="+", metavar="WORD", help="such as: kurtosis recursion")
    search.set_defaults(command=search_claims)

    show = commands.add_parser("show", help="one claim: formula, assumptions, source, verdict")
    show.add_argument("id", metavar="ID")
    show.add_argument("--bibtex", action="store_true", help="the BibTeX entry of its document")
    show.set_defaults(command=show_claim)

    evaluate = commands.add_parser("eval", help="a law's value: eval vn.rec depth=3 ...")
    evaluate.add_argument("id", metavar="ID")
    evaluate.add_argument(
        "values", nargs="*", metavar="key=value", help="numbers, fractions, 10,20,30 or 10*100"
    )
    evaluate.add_argument("--law", help="which law of the claim (default: the first)")
    evaluate.add_argument("--digits", type=int, help="significant digits (default: a float)")
    evaluate.set_defaults(command=eval_claim)

    verify = commands.add_parser("verify", help="run the checks and write a report")
    verify.add_argument("patterns", nargs="*", metavar="ID", help="ids, document keys or globs")
    verify.add_argument("--tier", default="standard", help="quick, standard (default) or paper")
    verify.add_argument("--device", default="auto", help="auto (default), cpu or cuda")
    verify.add_argument("--dtype", default="float64", help="float64 (default) or float32")
    verify.add_argument("--seed", type=int, default=0, help="default 0")
    verify.add_argument("--jobs", type=int, default=None, help="processes (default: the cores)")
    verify.add_argument("--out", type=Path, help="folder (default reports/TIER)")
    verify.add_argument("--resume", action="store_true", help="go on with what the folder holds")
    verify.add_argument("--json", action="store_true", help="print results.json on stdout")
    verify.set_defaults(command=verify_claims)

    planning = commands.add_parser("plan", help="draws and seconds that a margin needs")
    planning.add_argument("patterns", nargs="+", metavar="ID", help="ids, document keys or globs")
    planning.add_argument("--tier", default="standard", help="quick, standard (default) or paper")
    planning.add_argument("--margin", type=float, help="relative; default: the declared ones")
    planning.add_argument("--seed", type=int, default=0, help="of the pilot sample; default 0")
    planning.set_defaults(command=plan_claims)

    calibrating = commands.add_parser("calibrate", help="measure the decision code itself")
    calibrating.add_argument("--runs", type=int, default=12_000, help="runs of true laws")
    calibrating.add_argument("--seed", type=int, default=0, help="default 0")
    calibrating.add_argument("--jobs", type=int, help="processes (default: the cores)")
    calibrating.add_argument("--out", type=Path, help="folder (default reports/calibration)")
    calibrating.add_argument(
        "--results", type=Path, nargs="*", default=[], metavar="RUN",
        help="folders of finished runs whose mutants are counted (default: run both tiers)",
    )  # fmt: skip
    calibrating.add_argument(
        "--resume", action="store_true", help="keep what the folder holds, count mutants anew"
    )
    calibrating.set_defaults(command=calibrate)

    report = commands.add_parser("report", help="render the pages of a run again")
    report.add_argument("run", type=Path, metavar="RUN", help="a folder with results.json")
    report.set_defaults(command=render_report)
    return parser


# --- commands --------------------------------------------------------------------------------


def list_claims(options: argparse.Namespace) -> int:
    """Every item, tested or not, in the order of the documents; read without sympy."""
    from theory.index import index, not_tested, places, selects, unmatched

    missing = not_tested()
    rest = [p for p in options.patterns if not any(selects(p, i.id, i.document) for i in missing)]
    if message := unmatched(rest):
        raise UsageError(message)
    place = places()
    listed = [(e.id, e.expected, e.title, e.document) for e in index()]
    listed += [(i.id, "not-tested", f"{i.what} ({i.why})", i.document) for i in missing]
    listed.sort(key=lambda one: place.get(one[0], len(place)))
    _say_lines(
        (one, verdict, title)
        for one, verdict, title, document in listed
        if not options.patterns or any(selects(p, one, document) for p in options.patterns)
    )
    return OK


def search_claims(options: argparse.Namespace) -> int:
    """As `claims.search` in the REPL, and the items without a claim that have the words."""
    from theory import claims
    from theory.index import not_tested

    text = " ".join(options.values)
    found = [(c.id, c.expected, c.title) for c in claims.search(text)]
    words = text.lower().split()
    found += [
        (i.id, "not-tested", f"{i.what} ({i.why})")
        for i in not_tested()
        if words and all(w in f"{i.id} {i.what} {i.kind}".lower() for w in words)
    ]
    _say_lines(found)
    if not found:
        _note(f"no claim mentions all of: {text}; `depthlaws list` shows all")
    return OK


def show_claim(options: argparse.Namespace) -> int:
    """The claim as the REPL prints it, or why an item has none."""
    from theory.index import not_tested

    for item in not_tested():
        if item.id == options.id:
            _say(f"{item.id}  {item.what}\n{item.document}  [{item.kind}]")
            _say(f"\nnot-tested: {item.why}")
            return OK
    from theory import claim

    found = claim(options.id)
    _say(found.source.bibtex if options.bibtex else repr(found))
    return OK


def eval_claim(options: argparse.Namespace) -> int:
    """The value of a law at given arguments."""
    from theory import claim

    found = claim(options.id)
    law = found.law(options.law) if options.law else found.laws[0]
    domains = {p.name: p.domain for p in law.parameters}
    values = {}
    for pair in options.values:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise UsageError(f"arguments are key=value; got {pair!r}")
        if name == "digits":
            raise UsageError(f"digits are an option, --digits {value or 30}; got {pair!r}")
        if name in values:
            raise UsageError(f"argument {name!r} is given twice")
        values[name] = argument(value, domains.get(name))
    result = found.evaluate(law.name, digits=options.digits, **values)
    if callable(result):
        from theory.display import call

        raise UsageError(
            f"{found.id}: the law {law.name!r} is a distribution function; call it in Python:"
            f" {call(found, values, law)}(x)"
        )
    _say(_number(result, options.digits))
    return OK


def verify_claims(options: argparse.Namespace) -> int:
    """Run the checks, write the folder, say what was found."""
    _check_patterns(options.patterns)
    import os

    from verify.engine import verify
    from verify.progress import watcher

    folder = options.out or Path("reports") / options.tier
    with watcher(sys.stderr) as watching:
        results = verify(
            options.patterns,
            tier=options.tier,
            seed=options.seed,
            jobs=os.cpu_count() or 1 if options.jobs is None else options.jobs,
            device=options.device,
            dtype=options.dtype,
            folder=folder,
            resume=options.resume,
            watcher=watching,
        )
    _render(results, folder)
    if options.json:
        sys.stdout.write(results.to_json())
    else:
        for line in summary(results):
            _say(line)
        _say(f"report: {folder / 'report.html'}")
    return exit_code(results)


def plan_claims(options: argparse.Namespace) -> int:
    """A pilot of every row: what its margin costs, and what its budget would catch."""
    _check_patterns(options.patterns)
    from verify import plan
    from verify.design import design

    rows = design(
        plan.select(options.patterns), options.tier, margin=options.margin, seed=options.seed
    )
    if not rows:
        _say("nothing is sampled for these claims: their evidence is proofs")
        return OK
    width = max(len(row.check) for row in rows)
    _say(f"{'row':<{width}}  {'margin':>8}  {'draws needed':>12}  {'of budget':>9}  {'seconds':>8}"
         f"  {'would catch':>11}  sampler")  # fmt: skip
    for row in rows:
        share = f"{row.margin_relative:.2%}" if row.margin_relative == row.margin_relative else (
            f"{row.margin:.3g}")  # fmt: skip
        caught = f"{row.detectable:.2%}" if row.unit == "relative" else f"{row.detectable:.3g}"
        part = f"{row.needed / row.budget:.0%}"
        _say(f"{row.check:<{width}}  {share:>8}  {row.needed:>12,.0f}  {part:>9}"
             f"  {row.seconds:>8.2g}  {caught:>11}  {row.sampler}")  # fmt: skip
        if row.doubt:
            _say(f"{'':<{width}}  at least; the pilot has a {row.doubt}")
    _say("seconds: one core of this machine, at the speed of the pilot; would catch: the smallest"
         " error that the whole budget rejects with probability 0.999")  # fmt: skip
    return OK


def calibrate(options: argparse.Namespace) -> int:
    """Null runs, tails, mutants and planted faults; writes the calibration report."""
    import os

    from verify.calibration.page import in_short
    from verify.calibration.run import calibrate as run_it

    folder = options.out or Path("reports") / "calibration"
    report = run_it(
        folder,
        runs=options.runs,
        seed=options.seed,
        jobs=os.cpu_count() or 1 if options.jobs is None else options.jobs,
        results=options.results,
        resume=options.resume,
        say=_note,
    )
    for line in in_short(report):
        _say(line)
    _say(f"report: {folder / 'calibration.md'}")
    return OK


def render_report(options: argparse.Namespace) -> int:
    """Render again from results.json."""
    from verify.results import ResultsError, load

    folder = options.run
    try:
        folder = folder.parent if folder.is_file() else folder
    except (OSError, ValueError) as error:
        raise ResultsError(f"RUN must be the folder of a run; {str(folder)!r}: {error}") from None
    results = load(folder / "results.json")
    _render(results, folder)
    for line in summary(results):
        _say(line)
    _say(f"report: {folder / 'report.html'}")
    return exit_code(results)


def _check_patterns(patterns: Sequence[str]) -> None:
    """An unknown pattern is answered before anything heavy is imported."""
    from theory.index import unmatched

    if message := unmatched(patterns):
        raise UsageError(message)


def _render(results: Any, folder: Path) -> None:
    from verify.report import render
    from verify.store import StoppedError

    try:
        render(results, folder)
    except OSError as error:
        raise StoppedError(
            f"cannot write the pages in {folder}: {error.strerror or error}; results.json is whole,"
            f" render it again with `depthlaws report {folder}`"
        ) from None


# --- saying it -------------------------------------------------------------------------------


def summary(results: Any) -> list[str]:
    """What was found, unexpected verdicts first."""
    lines = [
        f"UNEXPECTED  {c.id}: {c.verdict}, expected {c.expected}: {c.verdict_reason}"
        for c in results.unexpected
    ]
    for verdict in ("holds", "holds-if", "false-as-stated", "undecided", "not-tested"):
        ids = [c.id for c in results.claims if c.verdict == verdict]
        if ids:
            lines.append(f"{verdict:<16} {len(ids):>3}  {' '.join(ids)}")
    undecided = results.undecided_rows
    if undecided:
        lines.append(f"{len(undecided)} undecided rows, the first: {undecided[0].check}:"
                     f" {undecided[0].reason}")  # fmt: skip
    survivors = results.surviving_mutants
    if survivors:
        names = ", ".join(f"{cid} '{m.name}'" for cid, m in survivors[:3])
        lines.append(f"{len(survivors)} mutants that no check rejected: {names}")
    rows = sum(len(c.rows) for c in results.claims)
    lines.append(f"{rows} rows in {results.timing['seconds']:.0f} s, tier {results.meta['tier']}")
    return lines


def exit_code(results: Any) -> int:
    """The worst of what happened."""
    from verify.verdict import contradicted

    if results.meta["errors"]:
        return INTERNAL
    if any(contradicted(c) for c in results.unexpected):
        return UNEXPECTED
    return UNDECIDED if results.unexpected or results.undecided_rows else OK


def argument(text: str, domain: Any) -> Any:
    """What is typed for a parameter of this domain; the text itself if there is no such parameter.

    An option of a choice as it is written, whatever is in it; else what `parse_value` reads. One
    number stands for a sequence of one.
    """
    from theory.schema import Choice, Tuples

    if domain is None:
        return text
    if isinstance(domain, Choice):
        return next((o for o in domain.options if str(o) == text.strip()), text)
    value = parse_value(text)
    return (value,) if isinstance(domain, Tuples) and isinstance(value, int) else value


def parse_value(text: str) -> Any:
    """An integer, an exact decimal or fraction, `10,20,30`, or `10*100` for a hundred tens."""
    text = text.strip().strip("()[]")
    if "," in text:
        return tuple(parse_value(part) for part in text.split(",") if part.strip())
    if "*" in text:
        value, _, times = (part.strip() for part in text.partition("*"))
        if not _is_whole(times) or int(times) > MOST_TIMES:
            raise UsageError(
                "value*times needs a whole number of times, at most 10^6; got " + _shown(text)
            )
        return (parse_value(value),) * int(times)
    from fractions import Fraction

    _check_exponent(text)
    try:
        number = Fraction(text)
    except (ValueError, ZeroDivisionError):
        if text.replace("_", "").replace("-", "").isalnum() and not text[:1].isdigit():
            return text  # a named choice
        raise UsageError(
            "a value must be a number of at most 4300 digits, a fraction or a sequence; got "
            + _shown(text)
        ) from None
    return number.numerator if number.denominator == 1 and "." not in text else number


def _is_whole(text: str) -> bool:
    return text.isdecimal() and len(text) <= 20


def _check_exponent(text: str) -> None:
    """Fraction("1e999999999") would compute all its digits."""
    exponent = text.lower().rpartition("e")[2].lstrip("+-").replace("_", "")
    if (
        "e" in text.lower()
        and exponent.isdecimal()
        and not (_is_whole(exponent) and int(exponent) <= MOST_EXPONENT)
    ):
        raise UsageError(f"the exponent of a value must lie in [-10^4, 10^4]; got {_shown(text)}")


def _shown(text: str) -> str:
    return repr(text) if len(text) <= 60 else repr(text[:57]) + "..."


def _number(value: Any, digits: int | None) -> str:
    if isinstance(value, tuple):
        return "between " + " and ".join(_number(v, digits) for v in value)
    if digits is None or isinstance(value, bool):
        return repr(value)
    import mpmath

    return str(mpmath.nstr(value, digits))


def _code_of(error: Exception) -> int | None:
    """The exit code of an error whose message is all that the reader needs; else None."""
    from simulate.setup import SetupError
    from theory.schema import ClaimError
    from verify.plan import PlanError
    from verify.results import ResultsError
    from verify.store import StoppedError, StoreError

    if isinstance(error, StoppedError):
        return INTERNAL
    usage = isinstance(error, ClaimError | PlanError | StoreError | ResultsError | SetupError)
    return USAGE if usage else None


def _reader_left() -> int:
    """The reader of our output (`| head`) has what it wanted: end without a word."""
    import contextlib
    import os

    with contextlib.suppress(OSError, ValueError):  # else the interpreter complains at its end
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
    return OK


def _fail(message: str, code: int) -> int:
    sys.stderr.write(f"depthlaws: {_printable(' '.join(message.split()))}\n")
    return code


def _printable(text: str) -> str:
    """A file name may hold bytes that are no text; a stream must not fail on them."""
    return text.encode("utf-8", "backslashreplace").decode()


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


def _say_lines(lines: Iterable[tuple[str, str, str]]) -> None:
    """Id, verdict and title of claims or items, one each line."""
    lines = list(lines)
    width = max((len(line[0]) for line in lines), default=0)
    for one, verdict, title in lines:
        _say(f"{one:<{width}}  {verdict:<15}  {title}")


def _note(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()

"""calibration.json as a page: what was measured of the decision code, in words and figures."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from scipy import stats

from verify import plan, trust
from verify.calibration import misses, nulls, thresholds
from verify.estimate import SKEW_FACTOR
from verify.report import figures
from verify.results import ClaimResult, CurveResult, LawInfo, Line

CONFIDENCE = 0.95


def upper(count: int, of: int) -> float:
    """Exact one-sided upper confidence bound of a rate."""
    if of == 0:
        return 1.0
    return 1.0 if count == of else float(stats.beta.ppf(CONFIDENCE, count + 1, of - count))


def share(count: int, of: int) -> float:
    """count/of; 0 of nothing is 0."""
    return count / of if of else 0.0


def text(report: dict[str, Any]) -> str:
    """The text of calibration.md."""
    meta = report["meta"]
    blocks = [
        "# Calibration: can the verdicts be believed?",
        "The decision code, measured on laws known to be true, on wrong laws and on wrong "
        f"simulators. Seed {meta['seed']}, code `{meta['git_revision']}`; "
        "`depthlaws calibrate` makes this page again.",
        "## In short",
        "\n".join(f"- {line}" for line in in_short(report)),
        "## True laws: false alarms",
        _false_alarms(report),
        "![Share of true laws rejected over depth/width](figures/false-alarms.svg)",
        "## Intervals: coverage",
        _coverage(report),
        "## Tails: where the doubts begin",
        _tails(report),
        "![Misses of intervals over the log-variance of the draws](figures/tails.svg)",
        "## Wrong laws: what is rejected, and how fast",
        _misses(report),
        "![Share of mutants rejected over seconds](figures/mutants.svg)",
        "## Wrong simulators",
        _faults(report),
        "## How it was made",
        _made(report),
    ]
    return "\n\n".join(blocks) + "\n"


# --- counting --------------------------------------------------------------------------------


def total(cells: Iterable[dict[str, Any]], key: str) -> Counter[tuple[Any, ...]]:
    """One counter of all cells."""
    found: Counter[tuple[Any, ...]] = Counter()
    for cell in cells:
        for *name, count in cell[key]:
            found[tuple(name)] += count
    return found


def rejected(cells: Sequence[dict[str, Any]], rule: str, kind: str) -> tuple[int, int]:
    """(rejected, of) under one of the rules in use."""
    rules = total(cells, "rules")
    no, yes = rules[rule, kind, False], rules[rule, kind, True]
    return no, no + yes


def in_short(report: dict[str, Any]) -> list[str]:
    """The findings a reader needs, first the one that matters most."""
    cells = report["nulls"]
    runs = sum(cell["runs"] for cell in cells)
    decided = total(cells, "decided")
    level = report["meta"]["report_level"]
    alarms = decided[level, "declared", "differs"]
    tolerance, of = rejected(cells, "tolerance", "true")
    errors, _ = rejected(cells, "standard errors", "true")
    deep = [cell for cell in cells if cell["depth"] >= nulls.WIDTH]
    deep_errors, deep_of = rejected(deep, "standard errors", "true")
    lines = [
        f"{runs:,} runs of true laws, depth/width from {min(nulls.DEPTHS) / nulls.WIDTH:g} to "
        f"{max(nulls.DEPTHS) / nulls.WIDTH:g}: {alarms} false alarms at the budget of a report "
        f"(rate below {upper(alarms, runs):.2g} with 95 % confidence; promised {level:.1e} a row)",
        f"On the same draws a relative tolerance of {nulls.TOLERANCE:g} on {nulls.FEW} networks "
        f"rejects {share(tolerance, of):.0%} of the true laws, "
        f"mean ± {nulls.ERRORS:g} standard errors {share(errors, of):.1%} "
        f"({share(deep_errors, deep_of):.0%} once depth ≥ width)",
    ]
    for tier in report["misses"]:
        alive = [m for m in tier["mutants"] if m["seconds"] is None]
        lines.append(
            f"{tier['tier']} tier: {len(tier['mutants']) - len(alive)} of {len(tier['mutants'])} "
            "wrong laws rejected" + (f"; alive: {_names(alive)}" if alive else "")
        )
    seen = [f for f in report["faults"] if f["fault"] != "none"]
    blind = [f["fault"] for f in seen if not f["red"]]
    lines.append(
        f"{len(seen) - len(blind)} of {len(seen)} planted faults of the simulator turn a row red"
        + (f"; not seen: {', '.join(blind)}" if blind else "")
    )
    return lines


def _names(mutants: Sequence[dict[str, Any]]) -> str:
    return ", ".join(f"{m['claim']} '{m['mutant']}'" for m in mutants)


# --- the parts -------------------------------------------------------------------------------


def _false_alarms(report: dict[str, Any]) -> str:
    cells = report["nulls"]
    decided = total(cells, "decided")
    runs = sum(cell["runs"] for cell in cells)
    rows = []
    for level in (*report["meta"]["levels"], report["meta"]["report_level"]):
        for margin in ("declared", "none"):
            alarms = decided[level, margin, "differs"]
            rows.append(
                [
                    f"{level:.2g}",
                    margin,
                    f"{runs:,}",
                    str(alarms),
                    f"{alarms / runs:.2g}",
                    f"{upper(alarms, runs):.2g}",
                    f"{decided[level, margin, 'agrees'] / runs:.0%}",
                    f"{decided[level, margin, 'undecided'] / runs:.0%}",
                ]
            )
    by_law = [
        [
            name,
            *(_cell(cells, name, depth) for depth in nulls.DEPTHS),
        ]
        for name in dict.fromkeys(cell["null"] for cell in cells)
    ]
    few, of_few = rejected(cells, "tolerance", "true")
    every, of_every = rejected(cells, "standard errors", "true")
    few_wrong, of_wrong = rejected(cells, "tolerance", "wrong")
    every_wrong, _ = rejected(cells, "standard errors", "wrong")
    wrong = total(cells, "wrong")
    level = report["meta"]["report_level"]
    ours = {o: wrong[level, o] for o in ("differs", "agrees", "undecided")}
    of_ours = sum(ours.values())
    alarms = decided[level, "declared", "differs"]
    return "\n\n".join(
        [
            "Every run samples networks on a seed of its own and goes through the looks, doubts "
            "and decisions of a report. *Budget* is the error probability that the row may spend. "
            "Without a margin (*none*) a true law can only be undecided or rejected: the hardest "
            "case, a law on the edge of its margin.",
            _table(
                ["budget of the row", "margin", "runs", "differs", "rate", "rate below (95 %)",
                 "agrees", "undecided"],
                rows,
            ),
            "False alarms at budget "
            f"{max(report['meta']['levels']):g} without a margin, of the runs of each cell:",
            _table(
                ["law", *(f"depth/width {d / nulls.WIDTH:g}" for d in nulls.DEPTHS)], by_law
            ),
            "The same draws under the rules in use, and what each makes of wrong laws (the "
            f"registered mutants that differ by a fifth or more, and '{nulls.WRONG}'). "
            f"Few networks ({nulls.REPLICATES:,} at most) and heavy tails are hard for all "
            "three; only one of them says so.",
            _table(
                ["rule", "true laws rejected", "wrong laws accepted"],
                [
                    [f"relative tolerance {nulls.TOLERANCE:g} on {nulls.FEW} networks",
                     f"{share(few, of_few):.1%}", f"{1 - share(few_wrong, of_wrong):.1%}"],
                    [f"mean ± {nulls.ERRORS:g} standard errors on {nulls.REPLICATES:,}",
                     f"{share(every, of_every):.1%}", f"{1 - share(every_wrong, of_wrong):.1%}"],
                    ["this suite, at the budget of a report",
                     f"{alarms / runs:.1%}",
                     f"{share(ours['agrees'], of_ours):.1%} "
                     f"({share(ours['differs'], of_ours):.0%} rejected, "
                     f"{share(ours['undecided'], of_ours):.0%} undecided)"],
                ],
            ),
        ]
    )  # fmt: skip


def _cell(cells: Sequence[dict[str, Any]], name: str, depth: int) -> str:
    cell = next(c for c in cells if c["null"] == name and c["depth"] == depth)
    decided = total([cell], "decided")
    alarms = decided[max(nulls.LEVELS), "none", "differs"]
    return f"{alarms} of {cell['runs']}"


def _coverage(report: dict[str, Any]) -> str:
    covered = total(report["nulls"], "covered")
    rows = []
    for method, level in sorted({key[:2] for key in covered}):
        held, missed, doubted = (
            covered[method, level, outcome] for outcome in ("held", "missed", "doubted")
        )
        if level < 1e-4 or held + missed == 0:
            continue
        every = held + missed + doubted
        rows.append(
            [method, f"{level:.2g}", f"{held + missed:,}", str(missed), f"{missed / every:.2g}",
             f"{upper(missed, every):.2g}", f"{doubted / every:.0%}"]
        )  # fmt: skip
    return "\n\n".join(
        [
            "Intervals of every look of the runs without a margin. *Promised* is the level of one "
            "look: the probability that the interval is believed and misses. Intervals in doubt "
            "decide nothing.",
            _table(
                ["interval", "promised", "believed", "missed", "rate", "rate below (95 %)",
                 "in doubt"],
                rows,
            ),
        ]
    )  # fmt: skip


def _tails(report: dict[str, Any]) -> str:
    rows = [
        [
            f"{f['family']} {f['parameter']:g}",
            f"{f['size']:,}",
            f"{f['missed'] / f['runs']:.2%}",
            f"{1 - f['trusted'] / f['runs']:.0%}",
            f"{f['trusted and missed'] / f['runs']:.2%}",
            f"{upper(f['trusted and missed'], f['runs']):.2%}",
        ]
        for f in report["thresholds"]
    ]
    parts = [
        f"Means of draws with mean 1, at level {thresholds.LEVEL:g} (paying for skewness up to a "
        f"factor {SKEW_FACTOR:g}). Log-normal by log-variance, which for a product of layers "
        "is what depth/width means; Pareto by shape (moments of order 1/shape and above are "
        "infinite).",
        _table(
            ["draws", "number", "intervals that miss", "in doubt", "believed and missed",
             "below (95 %)"],
            rows,
        ),
        "The same samples by what each diagnostic says, where the two others have no doubt: what "
        "each threshold adds. It belongs where the misses begin to exceed "
        f"{thresholds.LEVEL:g}.",
    ]  # fmt: skip
    for key, name, edges, chosen in (
        ("by_shape", "Pareto shape of the largest draws", thresholds.SHAPE_EDGES, trust.TAIL_INDEX),
        ("by_share", "share of the largest draw", thresholds.SHARE_EDGES, trust.LARGEST_SHARE),
        ("by_skew", "factor by skewness", thresholds.SKEW_EDGES, SKEW_FACTOR),
    ):
        counts = total(report["thresholds"], key)
        lines = []
        for k, (low, high) in enumerate(itertools.pairwise(edges)):
            hit, of = counts[k, True], counts[k, True] + counts[k, False]
            if of:
                lines.append(
                    [f"{low:.3g} to {high:.3g}", f"{of:,}", f"{hit / of:.2%}",
                     "in doubt" if low >= chosen else "believed"]
                )  # fmt: skip
        parts.append(_table([name, "samples", "miss", f"threshold {chosen:g}"], lines))
    return "\n\n".join(parts)


def _misses(report: dict[str, Any]) -> str:
    rows = []
    for tier in report["misses"]:
        mutants = tier["mutants"]
        killed = [m for m in mutants if m["seconds"] is not None]
        sampled = [m for m in mutants if m["sampled"] is not None]
        quickest = sorted(m["seconds"] for m in killed)
        rows.append(
            [tier["tier"], str(len(mutants)), f"{len(killed) / len(mutants):.1%}",
             f"{sum(m['proofs'] > 0 for m in mutants) / len(mutants):.1%}",
             f"{len(sampled) / len(mutants):.1%}",
             f"{quickest[len(quickest) // 2]:.2g} s", f"{quickest[-1]:.2g} s"]
        )  # fmt: skip
    by_document = []
    for prefix in dict.fromkeys(m["claim"].split(".")[0] for m in report["misses"][0]["mutants"]):
        line = [f"`{prefix}`"]
        for tier in report["misses"]:
            mine = [m for m in tier["mutants"] if m["claim"].startswith(prefix + ".")]
            line.append(f"{sum(m['seconds'] is not None for m in mine)} of {len(mine)}")
            line.append(f"{sum(m['sampled'] is not None for m in mine)} of {len(mine)}")
        by_document.append(line)
    alive = [
        f"- {tier['tier']}: {_names(left)}"
        for tier in report["misses"]
        if (left := [m for m in tier["mutants"] if m["seconds"] is None])
    ]
    return "\n\n".join(
        [
            "Every registered wrong version of every law, in the law's place. Most claims have "
            "proofs, which reject within milliseconds; *by sampling* counts what the Monte Carlo "
            "rows reject by themselves (laws that no network can be asked about have none).",
            _table(
                ["tier", "mutants", "rejected", "by a proof", "by sampling",
                 "quickest check, median", "slowest"],
                rows,
            ),
            _table(
                ["document", *(f"{tier['tier']}: {what}" for tier in report["misses"]
                               for what in ("rejected", "by sampling"))],
                by_document,
            ),
            "Alive:\n\n" + "\n".join(alive) if alive else "No mutant is alive at any tier.",
        ]
    )  # fmt: skip


def _faults(report: dict[str, Any]) -> str:
    rows = [
        [f["fault"], f"{len(f['red'])} of {f['rows']}", ", ".join(f"`{r}`" for r in f["red"][:3])]
        for f in report["faults"]
    ]
    return "\n\n".join(
        [
            "Mistakes that are made in practice, planted in the simulator one at a time; rows of a "
            "panel of claims of all documents, quick tier. *none* must have no red row.",
            _table(["fault", "rows that differ unexpectedly", "for example"], rows),
        ]
    )


def _made(report: dict[str, Any]) -> str:
    meta = report["meta"]
    versions = ", ".join(f"{k} {v}" for k, v in meta["versions"].items())
    return "\n".join(
        [
            f"- networks of width {meta['width']}, depths {', '.join(map(str, meta['depths']))}; "
            f"looks at up to {meta['replicates']:,} networks a run",
            f"- family-wise error budget of a report {plan.FAMILY_ALPHA:g}, of one of its rows "
            f"{meta['report_level']:.2e}",
            "- mutants: "
            + ", ".join(
                f"{tier['tier']} tier, seed {tier['seed']}, code `{tier['git_revision']}`"
                for tier in report["misses"]
            ),
            f"- {versions}; source digest `{meta['source_digest']}`",
            f"- {report['timing']['seconds']:.0f} s with {report['timing']['jobs']} processes",
        ]
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines)


# --- figures ---------------------------------------------------------------------------------


def figures_of(report: dict[str, Any]) -> dict[str, str]:
    """File name -> SVG."""
    return {
        "false-alarms.svg": _figure(
            "Share of true laws rejected", "depth/width", "share", _alarm_lines(report),
            log_x=True,
        ),
        "tails.svg": _figure(
            f"Intervals at level {thresholds.LEVEL:g} that miss, {thresholds.SIZES[0]:,} draws",
            "log-variance of the draws", "share that miss", _tail_lines(report), log_x=True,
        ),
        "mutants.svg": _figure(
            "Wrong laws rejected by checks of at most so many seconds", "seconds",
            "share of mutants", _score_lines(report), log_x=True,
        ),
    }  # fmt: skip


def _alarm_lines(report: dict[str, Any]) -> list[tuple[str, str, list[float], list[float]]]:
    cells = report["nulls"]
    depths = report["meta"]["depths"]
    xs = [depth / report["meta"]["width"] for depth in depths]
    at = {d: [c for c in cells if c["depth"] == d] for d in depths}
    lines = []
    for rule, role in (("tolerance", "proof-step"), ("standard errors", "stated")):
        ys = [share(no, of) for no, of in (rejected(at[d], rule, "true") for d in depths)]
        lines.append((rule, role, xs, ys))
    level = report["meta"]["report_level"]
    ours = [
        total(at[d], "decided")[level, "declared", "differs"] / sum(c["runs"] for c in at[d])
        for d in depths
    ]
    return [*lines, ("this suite", "corrected", xs, ours)]


def _tail_lines(report: dict[str, Any]) -> list[tuple[str, str, list[float], list[float]]]:
    chosen = [
        f for f in report["thresholds"]
        if f["family"] == "log-normal" and f["size"] == thresholds.SIZES[0]
    ]  # fmt: skip
    xs = [f["parameter"] for f in chosen]
    return [
        ("every interval", "stated", xs, [f["missed"] / f["runs"] for f in chosen]),
        ("believed", "corrected", xs, [f["trusted and missed"] / f["runs"] for f in chosen]),
        ("in doubt", "proof-step", xs, [1 - f["trusted"] / f["runs"] for f in chosen]),
    ]


def _score_lines(report: dict[str, Any]) -> list[tuple[str, str, list[float], list[float]]]:
    grid = [10 ** (k / 4) for k in range(-16, 13)]
    lines = []
    for tier, role in zip(report["misses"], ("corrected", "sharper", "stated"), strict=False):
        for key, name in (("seconds", "all checks"), ("sampled", "sampling alone")):
            times = [m[key] for m in tier["mutants"]]
            lines.append(
                (f"{tier['tier']}, {name}", role, grid, [misses.score(times, t) for t in grid])
            )
    return lines


def _figure(
    title: str, x: str, y: str, lines: Sequence[tuple[str, str, list[float], list[float]]],
    *, log_x: bool,
) -> str:  # fmt: skip
    laws = [LawInfo(name, role, "", "", "") for name, role, _, _ in lines]
    curve = CurveResult(
        "calibration", title, x, y, log_x, False,
        [Line(name, role, xs, list(ys)) for name, role, xs, ys in lines],
    )  # fmt: skip
    frame = ClaimResult(
        id="calibration", title=title, document="", where="", says="", kind="", module="",
        laws=laws, assumptions=[], expected="", verdict="", verdict_reason="", because="",
        remark="", strongest="", rows=[], mutants=[], curves=[curve],
    )  # fmt: skip
    return figures.standalone(frame, curve)

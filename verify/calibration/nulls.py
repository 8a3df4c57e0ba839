"""True laws through the real decision code, over a grid of depth/width from 0.1 to 10.

One run is one probe of one true law: networks are sampled on a seed of their own, and
`rows.Progress` looks, trusts and decides as in any report. Each run is decided under several error
budgets, and under two margins: the declared one, and none at all, the hardest case (a law that
lies on the edge of its margin). Without a margin `agrees` is impossible and every `differs` is a
false alarm. The same draws are put to the two rules that are in use elsewhere.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from simulate import run_blocks
from simulate.samples import Columns
from theory import claim
from theory.schema import EXACT_MARGIN, Claim, Estimand, Law, Mutant, Probe, absolute
from verify import plan
from verify.estimate import estimate
from verify.plan import Trial
from verify.rows import Progress

WIDTH = 10
DEPTHS = (1, 3, 10, 30, 100)
REPLICATES = 2048  # at the last look of a run
LEVELS = (0.05, 0.001)  # error budgets of one row that a count of runs can see
NO_MARGIN = absolute(1e-300, "none: the hardest case")
FEW, TOLERANCE = 100, 0.04  # the first rule in use: relative tolerance on a hundred networks
ERRORS = 5.0  # the second: mean +- five standard errors
WRONG = "half as much again"
METHODS = (  # as an interval names itself; the bounded mean first, which names two
    "empirical Bernstein", "delta", "Fieller", "Clopper-Pearson", "order statistics",
    "Dvoretzky-Kiefer-Wolfowitz",
)  # fmt: skip


@dataclass(frozen=True)
class Null:
    """A true law that can be measured at every depth. width: of its networks."""

    name: str
    build: Callable[[int], tuple[Claim, Probe]]


def cells() -> list[tuple[str, int]]:
    """(null, depth) of the grid."""
    return [(null.name, depth) for null in NULLS for depth in DEPTHS]


def report_level() -> float:
    """The error budget of one row of a whole standard report."""
    return plan.FAMILY_ALPHA / plan.count_rows(plan.select([]), "standard")


def run_cell(name: str, depth: int, first_seed: int, runs: int) -> dict[str, Any]:
    """`runs` runs of one cell, counted. Seeds are first_seed, first_seed + 1, ...

    decided: Counter of (level, margin, outcome). wrong: of (level, outcome), for the wrong versions
    of the law. rules: of (rule, true or wrong, accepted). covered: of (interval, level of the look,
    outcome).
    """
    null = next(n for n in NULLS if n.name == name)
    made, probe = null.build(depth)
    levels = (*LEVELS, report_level())
    trials = {
        (level, margin): _trial(made, dataclasses.replace(probe, margin=size), level)
        for level in levels
        for margin, size in (("declared", EXACT_MARGIN), ("none", NO_MARGIN))
    }
    law = made.laws[0]
    prediction = law(**probe.at)
    counts: dict[str, Counter[Any]] = {
        key: Counter() for key in ("decided", "wrong", "rules", "covered")
    }
    for seed in range(first_seed, first_seed + runs):
        columns = _draw(next(iter(trials.values())), seed)
        for (level, margin), trial in trials.items():
            progress = Progress(trial, _chunks(trial, columns))
            progress.predictions[law.name, ""] = prediction
            while not progress.done:
                progress.decide(seed)
                if margin == "none":
                    _cover(counts["covered"], progress, trial)
            outcome = progress.rows[0].outcome
            counts["decided"][level, margin, outcome] += 1
            if margin == "declared":
                _count_wrong(counts["wrong"], progress, law, level)
        _rules(counts["rules"], probe, law, columns)
    return {"null": name, "depth": depth, "runs": runs, "mutants": len(law.mutants), **counts}


def _trial(made: Claim, probe: Probe, level: float) -> Trial:
    trial = plan.plan_probe(made, probe, "quick", level)
    looks = tuple(n for n in trial.looks if n * trial.block <= REPLICATES)
    return dataclasses.replace(trial, looks=looks or trial.looks[:1], reserve=0)


def _draw(trial: Trial, seed: int) -> Columns:
    check = f"{trial.check} (calibration)"
    return run_blocks(
        trial.probe.experiment, trial.setup, seed=seed, check=check, first=0, count=trial.looks[-1]
    )


def _chunks(trial: Trial, columns: Columns) -> dict[int, Columns]:
    """The draws, cut at the looks."""
    starts = (0, *trial.looks)
    return {
        first: {k: v[first * trial.block : last * trial.block] for k, v in columns.items()}
        for first, last in itertools.pairwise(starts)
    }


def _cover(covered: Counter[Any], progress: Progress, trial: Trial) -> None:
    """Whether the interval of this look holds the truth."""
    row = progress.rows[0]
    method = next(name for name in METHODS if name in row.interval)
    if row.doubts:
        outcome = "doubted"
    else:
        assert isinstance(row.predicted, float)
        low, high = row.low, row.high
        held = (low if low is not None else -math.inf) <= row.predicted
        held = held and row.predicted <= (high if high is not None else math.inf)
        outcome = "held" if held else "missed"
    covered[method, trial.look_alpha, outcome] += 1


def _count_wrong(wrong: Counter[Any], progress: Progress, law: Law, level: float) -> None:
    """What became of the wrong versions at the look at which the law was decided."""
    for outcome in progress.mutants[law.name].values():
        wrong[level, outcome] += 1


def _rules(rules: Counter[Any], probe: Probe, law: Law, columns: Columns) -> None:
    """The two rules in use, on the true law and on its wrong versions."""
    if probe.estimand.kind == "distribution":
        return
    few = estimate(probe.estimand, {k: v[:FEW] for k, v in columns.items()}, 0.01)
    every = estimate(probe.estimand, columns, 0.01)
    for name, evaluate in (
        ("true", law.evaluate), *((m.name, m.evaluate) for m in law.mutants)
    ):  # fmt: skip
        assert evaluate is not None
        value = float(_number(evaluate(**probe.at)))
        kind = "true" if name == "true" else "wrong"
        with np.errstate(all="ignore"):
            accepted = abs(few.value - value) <= TOLERANCE * abs(value)
            rules["tolerance", kind, bool(accepted)] += 1
            accepted = abs(every.value - value) <= ERRORS * every.se
            rules["standard errors", kind, bool(accepted)] += 1


def _number(value: Any) -> float:
    from theory.schema import as_float

    return float(as_float(value))


# --- the true laws ---------------------------------------------------------------------------


def relu(depth: int, **more: Any) -> dict[str, Any]:
    """A He-initialised ReLU network whose input passes the activation, as plain data."""
    return {
        "widths": (WIDTH,) * (depth + 1),
        "weights": "gaussian",
        "gain": 2.0,
        "activation": "relu",
        "activate_input": True,
        **more,
    }


def linear(width: int, depth: int, **more: Any) -> dict[str, Any]:
    """A linear network that keeps variances, as plain data."""
    return {
        "widths": (width,) * (depth + 1),
        "weights": "gaussian",
        "gain": 1.0,
        "activation": "linear",
        "slope": 1.0,
        **more,
    }


def null(
    name: str,
    claim_id: str,
    law: str,
    experiment: str,
    estimand: Estimand,
    setup: Callable[[int], Mapping[str, Any]],
    at: Callable[[int], Mapping[str, Any]],
    evaluate: Callable[..., Any] | None = None,
) -> Null:
    """A null from a registered law; `evaluate` where another quantity follows from it exactly."""

    def build(depth: int) -> tuple[Claim, Probe]:
        registered = claim(claim_id)
        chosen = registered.law(law)
        value = evaluate or chosen.evaluate
        assert value is not None
        mutants = chosen.mutants if evaluate is None else ()
        at_depth = at(depth)
        chosen = dataclasses.replace(
            chosen, evaluate=value, mutants=_wrong(value, mutants, at_depth)
        )
        probe = Probe(
            name=f"{name}, depth {depth}", experiment=experiment, setup=setup(depth), at=at_depth,
            estimand=estimand, why="calibration", laws=(chosen.name,),
        )  # fmt: skip
        return (
            dataclasses.replace(registered, laws=(chosen,), proofs=(), probes=(probe,), curves=()),
            probe,
        )

    return Null(name, build)


def _wrong(
    value: Callable[..., Any], mutants: tuple[Mutant, ...], at: Mapping[str, Any]
) -> tuple[Mutant, ...]:
    """The registered mutants whose value is a fifth or more off here, and half as much again."""
    true = value(**at)
    if callable(true):
        return ()
    truth = _number(true)
    kept = []
    for mutant in mutants:
        try:
            other = _number(mutant.evaluate(**at))
        except Exception:  # a mutant without a value here
            continue
        if math.isfinite(other) and abs(other - truth) >= abs(truth) / 5:
            kept.append(mutant)
    return (*kept, Mutant(WRONG, lambda **v: 1.5 * _number(value(**v))))


def _layers(depth: int) -> dict[str, Any]:
    return {"widths": (WIDTH,) * depth, "slope": 0}


def _kurtosis_at(depth: int) -> dict[str, Any]:
    return {**_layers(depth), "weight_kurtosis": 3, "input_kurtosis": 3, "input_pair": 1}


def _growth(**at: Any) -> float:
    """Log growth of E y^4 over the last layer, from the recursion of the kurtosis."""
    from theory.schema import as_float

    recursion = claim("vev.prop4.3").law("stated")
    shorter = {**at, "widths": at["widths"][:-1]}
    return math.log(as_float(recursion(**at))) - math.log(as_float(recursion(**shorter)))


def _median(**at: Any) -> float:
    """Root of F = 1/2, by bisection on the law's distribution function."""
    cdf = claim("vev.law.product").law("distribution")(**at)
    low, high = -400.0, 100.0
    while high - low > 1e-9:
        middle = (low + high) / 2
        below = float(cdf(np.array([middle]))[0]) < 0.5
        low, high = (middle, high) if below else (low, middle)
    return (low + high) / 2


def _log_ratio(means: Any) -> float:
    return float(np.log(means[1] / means[0]))


FACTORS = tuple(f"{power}_{i}" for power in ("fourth", "second") for i in range(8))


def _by_factors(means: Any) -> float:
    return float(np.exp(np.log(means[:8]).sum() - 2 * np.log(means[8:]).sum()))


NULLS = (
    null(
        "mean square of a unit", "vev.prop3.2", "stated", "unit_moments",
        Estimand("mean", ("mean_sq",), "networks and inputs"),
        relu, lambda d: {"widths": (WIDTH,) * (d + 1), "slope": 0, "input_variance": 1},
    ),
    null(
        "kurtosis, directly", "vev.prop4.3", "stated", "unit_moments",
        Estimand("ratio_to_square", ("mean_fourth", "mean_sq"), "networks and inputs; annealed"),
        relu, _kurtosis_at,
    ),
    null(
        "kurtosis, by layer factors", "vev.est.product", "kurtosis", "layer_factors",
        Estimand("smooth", FACTORS, "layers, independently", function=_by_factors),
        lambda d: relu(d, extra={"draws": 16}), _layers,
    ),
    null(
        "growth of the fourth moment", "vev.prop4.3", "stated", "moment_growth",
        Estimand(
            "smooth", ("fourth_before", "fourth_after"), "networks; annealed", function=_log_ratio
        ),
        lambda d: relu(d + 1), lambda d: _kurtosis_at(d + 1), _growth,
    ),
    null(
        "drift of the log norm", "vev.quenched.drift", "drift", "norm_steps",
        Estimand("ratio", ("log_step", "alive"), "networks that are alive"),
        relu, lambda d: {"width": WIDTH, "slope": 0},
    ),
    null(
        "log growth of a vector", "dg.product.lyap", "mean", "product_frames",
        Estimand("mean", ("log_growth",), "products of matrices"),
        lambda d: linear(WIDTH, d, extra={"index": 1}),
        lambda d: {"width": WIDTH, "depth": d, "index": 1},
    ),
    null(
        "law of the log norm", "vev.law.product", "distribution", "norm_law",
        Estimand("distribution", ("log_norm_sq",), "networks that are alive"),
        relu, lambda d: {**_layers(d), "units": WIDTH},
    ),
    null(
        "median of the log norm", "vev.law.product", "distribution", "norm_law",
        Estimand("quantile", ("log_norm_sq",), "networks that are alive", level=0.5),
        relu, lambda d: {**_layers(d), "units": WIDTH}, _median,
    ),
    null(
        "networks above a threshold", "vev.law.product", "tail", "alive",
        Estimand("probability", ("above",), "networks and inputs"),
        lambda d: relu(d, extra={"threshold": 0.5}),
        lambda d: {**_layers(d), "threshold": Fraction(1, 2)},
    ),
    null(
        "networks alive", "vn.masklaw", "survival", "node_correlation",
        Estimand("mean", ("alive",), "networks and inputs"),
        lambda d: {
            "widths": (4,) * (max(1, round(0.4 * d)) + 1), "weights": "gaussian", "gain": 2.0,
            "activation": "relu",
        },
        lambda d: {"widths": (4,) * (max(1, round(0.4 * d)) + 1)},
    ),
    null(
        "annealed node indicator", "vn.rec", "sharper", "node_correlation",
        Estimand("ratio", ("sum_sq_cov", "sq_trace"), "networks; annealed"),
        lambda d: linear(WIDTH, d, extra={"readout": "post"}),
        lambda d: {"widths": (WIDTH,) * (d + 1), "slope": 1, "readout": "post"},
    ),
)  # fmt: skip

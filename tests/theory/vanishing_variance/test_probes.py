"""The rule for direct averages, held against every probe of the document."""

import math

import pytest

from theory import claims
from theory.schema import EXACT_MARGIN
from theory.vanishing_variance import probes
from verify.plan import plan_probe
from verify.trust import LARGEST_SHARE

DIRECT = [
    (claim.id, probe)
    for claim in claims
    if claim.id.startswith("vev.")
    for probe in claim.probes
    if probes.is_direct(probe)
]


@pytest.mark.parametrize(("claim_id", "probe"), DIRECT, ids=[f"{i}/{p.name}" for i, p in DIRECT])
def test_every_direct_average_obeys_the_rule(claim_id, probe):
    assert probes.obeys_the_rule(probe), f"{claim_id}: average this by particles or layer factors"


PARTICLES = [
    (claim, probe)
    for claim in claims
    if claim.id.startswith("vev.")
    for probe in claim.probes
    if probe.experiment == "particles"
]
# the largest of n normal draws carries about 2 log(n)/n of the sum of squares
FEWEST_RUNS = next(n for n in range(3, 10**6) if 2 * math.log(n) / n <= LARGEST_SHARE)


@pytest.mark.parametrize(
    ("claim", "probe"), PARTICLES, ids=[f"{c.id}/{p.name}" for c, p in PARTICLES]
)
def test_particles_run_often_enough_for_their_error_bar(claim, probe):
    """Below this many runs `verify.trust` finds one draw too large whatever the law of a run."""
    tier = probe.tiers[0]
    assert plan_probe(claim, probe, tier, 1e-5).most >= FEWEST_RUNS


def test_a_size_beyond_the_rule_is_refused():
    narrow = probes.kurtosis_probe("narrow", (10,) * 10, 0, ("gaussian", 3), why="too deep")
    assert not probes.obeys_the_rule(narrow)
    assert probes.obeys_the_rule(
        probes.kurtosis_probe("p", (10,) * 10, 0, ("rademacher", 1), why="", by="particles")
    )


def test_log_variance_by_hand():
    # ReLU, Gaussian: 5/w per layer, four times for y^4; linear: 2/w
    wide = probes.he_setup((10_000, 10_000, 10_000), 0, "gaussian", 3)
    assert probes.log_variance(wide, ("mean_fourth",)) == pytest.approx(
        4 * 10e-4 + 32 / 3e4, rel=1e-3
    )
    assert probes.log_variance(wide, ("mean_sq",)) == pytest.approx(10e-4 + 2e-4, rel=1e-3)
    linear = probes.he_setup((10_000, 10_000), 1, "gaussian", 3)
    assert probes.log_variance(linear, ("mean_sq",)) == pytest.approx(2e-4 + 2e-4, rel=1e-3)


def test_scale_moment_of_the_correlated_pair():
    # S = 8 with 1/10, 1 with 8/10, else 0: 7.2/1.6^2
    assert probes.scale_moment((2,), 0, 3, "correlated_pair") == pytest.approx(45 / 16)


def test_a_remainder_widens_the_precision_and_nothing_else_does():
    margin = probes.with_remainder(0.002, "the next term")
    assert margin.standard == pytest.approx(EXACT_MARGIN.standard + 0.002)
    kurtosis = ("vev.prop3", "vev.prop4", "vev.closed", "vev.ratio", "vev.lambda", "vev.thm4",
                "vev.lemma", "vev.setup", "vev.propB")  # fmt: skip
    for claim in claims:
        for probe in claim.probes if claim.id.startswith(kurtosis) else ():
            derived = probe.margin.why.startswith("precision of an exact law, plus")
            assert probe.margin == EXACT_MARGIN or derived, f"{claim.id}/{probe.name}"

"""Figure 1 drawn anew: the size rule by another density, what is drawn and what is marked."""

import math

import pytest
from scipy import integrate, optimize, stats

from theory import claim
from theory.schema import LATER
from theory.vanishing_variance import fig1_figures as figures
from theory.vanishing_variance.fig1_quantiles import LEVELS, PUBLISHED

FIG1 = claim("vev.fig1")


def test_the_size_rule_by_the_density_of_chi_squares() -> None:
    """One GSM layer: the mean square is chi^2_5/5 times chi^2_5/5, an integral over the first."""
    chi, level = stats.chi2(5), 0.9

    def below(x: float) -> float:
        return float(integrate.quad(lambda u: chi.pdf(u) * chi.cdf(25 * 10**x / u), 0, 80)[0])

    where = optimize.brentq(lambda x: below(x) - level, -2, 2)
    density = (below(where + 1e-3) - below(where - 1e-3)) / 2e-3
    expected = (figures.Z * math.sqrt(level * (1 - level)) / density / 0.2) ** 2
    assert figures.networks_needed("gsm", 1, level) == pytest.approx(expected, rel=0.02)


def test_rows_of_the_size_rule_are_left_to_later_tiers() -> None:
    assert {probe.tiers for probe in figures.NEAR} == {LATER}
    for probe in figures.NEAR:
        chosen = (probe.at[name] for name in ("initialiser", "depth", "level"))
        assert figures.networks_needed(*chosen) * probe.x <= figures.MOST_LAYERS


def test_far_rows_are_where_a_relative_precision_means_something() -> None:
    assert all(abs(FIG1.evaluate("quantile", **probe.at)) > 2 for probe in figures.FAR)


@pytest.mark.parametrize("name", PUBLISHED)
def test_every_initialiser_has_three_levels_points_and_the_printed_crossing(name: str) -> None:
    curve = next(c for c in FIG1.curves if c.name == name)
    (printed,) = curve.references
    assert (printed.x, printed.y) == (PUBLISHED[name] + 1, -3)  # the plots count from 0
    at_fifty = [float(curve.value(FIG1.law("quantile"), 50, member)) for member in curve.family]
    assert at_fifty == sorted(at_fifty)
    assert len(at_fifty) == len(LEVELS) == 3
    measured = {probe.at["level"] for probe in FIG1.probes if probe.curve == name}
    assert measured == set(LEVELS)

import math

from theory import claim
from theory.vanishing_variance.data_probes import log_variance
from theory.vanishing_variance.probes import MOST_LOG_VARIANCE


def test_the_rule_by_hand():
    """One ReLU layer of 5 units, squared twice: 4 log 2; and g^4 of a single unit."""
    assert math.isclose(log_variance((5,), 1, 0), 4 * math.log(2) + math.log(35 / 3))


def test_the_probes_obey_the_size_rule():
    for probe in claim("vev.sec5.shared").probes:
        widths = probe.setup["widths"]
        assert log_variance(widths[1:-1], widths[-1], 1) <= MOST_LOG_VARIANCE, probe.name


def test_the_other_averages_of_squares_obey_it():
    probe = next(p for p in claim("vev.sec5.var_s2").probes if p.name.startswith("40"))
    assert log_variance(probe.setup["widths"][1:-1], probe.setup["widths"][-1], 1) <= 1
    for probe in claim("vev.sec5.relu_pair").probes:
        read = probe.setup["widths"][1:]
        assert log_variance(read, 10**9, probe.setup["slope"]) <= MOST_LOG_VARIANCE, probe.name

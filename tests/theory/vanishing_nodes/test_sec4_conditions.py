from theory import claim
from theory.vanishing_nodes.scale_drift import leading_drift
from theory.vanishing_nodes.scales import log_variance
from theory.vanishing_nodes.sec4_conditions import EDGE


def test_probes_keep_their_rules():
    found = claim("vn.sec4.iff")
    for probe in found.probes:
        if probe.experiment == "signal_scales":
            assert log_variance(probe.setup) <= 1
        if probe.laws == ("each network",) and not probe.curve:
            at = probe.at
            assert leading_drift(at["width"], at["depth"], at["slope"]) <= EDGE
            assert found.admits(probe.point) == "needed"

from theory import claim
from theory.vanishing_nodes.vni_variance import bounds


def test_rows_stay_where_the_bounds_are_narrow():
    """The bounds add less than half a percent to the margin of an exact law."""
    probes = [p for p in claim("vn.quenched.spread").probes if "finite width" in p.laws]
    assert probes
    for probe in probes:
        found = bounds(**probe.at)
        assert found.high - found.low < 0.005 * found.low

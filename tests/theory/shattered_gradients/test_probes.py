from simulate import Setup
from theory.shattered_gradients.probes import (
    batch_net,
    direct_width,
    equivalent_depth,
    highway_net,
    model_net,
    residual_width,
    wide,
)


def test_set_ups_can_be_built():
    for net in (batch_net(8, 2, 0.5, 6), highway_net(8, 2, 0.5, "own"), model_net(3, 1.0)):
        assert Setup(**net).n_inputs >= 2


def test_wide_keeps_the_network_and_drops_the_readouts():
    net = wide(batch_net(8, 2, 0.5, 6), directions=1)
    assert net["extra"] == {"directions": 1}
    assert net["norm"] == "batch_frozen"


def test_log_variance_rule():
    assert direct_width([1] * 8) == 40
    assert direct_width([0.5] * 8) == 18
    assert direct_width([0.1]) == 16


def test_half_shares_count_half():
    assert equivalent_depth([0.5] * 4) == 2
    assert residual_width([0.5] * 4) == residual_width([1.0] * 2)

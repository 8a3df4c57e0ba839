from fractions import Fraction

import pytest
import sympy as sp

from theory.maths import power_sums, zonal
from theory.vanishing_nodes.rec_finite_width import expected_traces

ONE = Fraction(1)


def test_shapes_are_counted_by_the_partition_numbers():
    assert [len(list(zonal.shapes(k))) for k in range(9)] == [1, 1, 2, 3, 5, 7, 11, 15, 22]


def test_start_weights_sum_to_one():
    for degree in range(1, 9):
        assert sum(zonal.start_weight(s) for s in zonal.shapes(degree)) == 1


def test_zonal_polynomials_of_degree_two():
    # Z_(2) = (p_1^2 + 2 p_2)/3, Z_(1,1) = (2 p_1^2 - 2 p_2)/3
    parts = zonal.projections((2, ()))
    third = Fraction(1, 3)
    assert parts[(2,)] == {(2, ()): third, (0, (2,)): 2 * third}
    assert parts[(1, 1)] == {(2, ()): 2 * third, (0, (2,)): -2 * third}


def test_value_at_the_start_is_the_weight():
    for degree in (3, 4, 5):
        for shape, part in zonal.projections((degree, ())).items():
            assert zonal.value(part, (1, 0, 0, 0, 0)) == zonal.start_weight(shape)


def test_degree_six_is_refused():
    with pytest.raises(ValueError, match="at most 5"):
        zonal.projections((6, ()))


def test_fourth_road_to_the_series():
    assert zonal.mean_ratio(12) == power_sums.mean_ratio(12)


def test_extrapolation_is_exact_for_polynomials():
    values = [Fraction(k**3 - 5 * k + 7) for k in range(2, 8)]
    assert zonal.at_degree_zero(values) == 7


def test_next_order_of_one_linear_layer():
    # E R = (2N+1)/(N^2+2) = 2/N + 1/N^2 + ..: f_2 (2/N)^2 + g_1 (2/N)/N has coefficient 1
    f, g = zonal.mean_ratio(2), zonal.next_order(2, 1)
    assert 4 * f[2] + 2 * g[1] == 1


def test_next_order_of_one_relu_layer():
    # E (r+N+1)/(rN+2): exponent 3 rho/N + (2 rho - 2 S)/N^2 of the layer, - S/(2 N^2) of the input
    n = sp.Symbol("n", positive=True)
    x = sp.Symbol("x")  # r = n (1+x)/2 with E x^2 = 1/n
    r = n * (1 + x) / 2
    ratio = sp.series(((r + n + 1) / (r * n + 2)), x, 0, 3).removeO()
    mean = sp.expand(ratio.coeff(x, 0) + ratio.coeff(x, 2) / n)
    second = sp.limit(n**2 * (mean - 3 / n), n, sp.oo)
    f, linear = zonal.mean_ratio(2), zonal.next_order(1, 1)[1]  # <rho> = f_1, <S> = -2 linear
    assert 9 * f[2] + 2 * f[1] + 5 * linear == second


@pytest.mark.parametrize("slope", [Fraction(1), Fraction(0), Fraction(3, 10)])
def test_degree_two_is_the_recursion_of_two_traces(slope):
    widths = (7, 11, 5, 13)
    sum_sq, sq_trace = expected_traces(widths, slope)
    scale = sp.Integer(13) ** 2
    assert sp.Rational(zonal.mean((0, (2,)), widths, slope)) == sum_sq / scale
    assert sp.Rational(zonal.mean((2, ()), widths, slope)) == sq_trace / scale


def test_degree_four_of_one_column():
    # C = w w^T with w in R^2: every p has |w|^8, E |w|^8 = 2 4 6 8 and E |w|^2 = 2
    for monomial in ((4, ()), (2, (2,)), (0, (2, 2)), (0, (4,))):
        assert zonal.mean(monomial, (1, 2), ONE) == Fraction(2 * 4 * 6 * 8, 2**4)


def test_degree_four_of_relu_by_the_active_units():
    # one column, r of 3 units active: |w|^2 is chi^2_r; scaled by E |w|^2 = 3/2
    chi = {r: r * (r + 2) * (r + 4) * (r + 6) for r in range(4)}
    mean = sum(Fraction(n, 8) * chi[r] for r, n in enumerate((1, 3, 3, 1)))
    assert zonal.mean((0, (2, 2)), (1, 3), Fraction(0)) == mean / Fraction(3, 2) ** 4


def test_orthogonal_layers_change_nothing_without_masks():
    assert zonal.mean((0, (2, 2)), (6, 6, 6), ONE, "haar") == Fraction(1, 6**2)


def test_pre_activation_readout_drops_the_last_mask():
    pre = zonal.mean((2, ()), (5, 4), Fraction(0), readout="pre")
    assert pre == zonal.mean((2, ()), (5, 4), ONE)


def test_a_gaussian_layer_by_all_pairings():
    """Degree <= 4, every width: the layer multiplies G's eigenvectors by prod (1 + c/N)."""
    n = sp.Symbol("N", positive=True)
    for degree in (2, 3, 4):
        for shape, part in zonal.projections((degree, ())).items():
            after = sum(
                c * zonal_step((*parts, *(1,) * power), n) for (power, parts), c in part.items()
            )
            factor = sp.prod([1 + c / n for c in zonal.contents(shape)])
            before = sum(
                c * power_sums.P[0] ** power * sp.prod([power_sums.P[k - 1] for k in parts])
                for (power, parts), c in part.items()
            )
            assert sp.expand(after - factor * before) == 0


def zonal_step(parts, n):
    """E prod p_k(W C W^T), entries of variance 1/N, from all pairings: every power of 1/N."""
    degree = sum(parts)
    follows, at = [], 0
    for size in parts:
        follows += [*range(at + 1, at + size), at]
        at += size
    total = 0
    for pairing in power_sums.pairings(2 * degree):
        row = [j // 2 if j % 2 == 0 else follows[j // 2] for j in range(2 * degree)]
        loops = len(power_sums.cycle_lengths([(row[u], row[v]) for u, v in pairing]))
        columns = [(2 * j, 2 * j + 1) for j in range(degree)]
        kind = power_sums.cycle_lengths(columns + pairing)
        total += n ** (loops - degree) * sp.prod([power_sums.P[s // 2 - 1] for s in kind])
    return total


def test_shares_of_the_square_in_degree_four():
    """p_2^2 itself, from the projections onto the eigenspaces: their values at the start."""
    for shape, part in zonal.projections((0, (2, 2))).items():
        boxes = zonal.contents(shape)
        share = zonal.square_share(4, sum(boxes), sum(c * c for c in boxes))
        assert zonal.value(part, (1, 0, 0, 0)) == share * zonal.start_weight(shape)


def test_square_by_another_road_and_its_next_order():
    assert zonal.mean_square(10) == power_sums.mean_square(10)
    # one linear layer: E R^2 = 4/N^2 + 4/N^3 + ..
    f, g = zonal.mean_square(3), zonal.next_order_square(2, 1)
    assert 8 * f[3] + 4 * g[2] == 4

import torch

from simulate.quantities.spectrum import (
    effective_rank,
    eigenvalue_moment,
    participation_ratio,
    qm_norm,
    singular_values,
)


def test_of_a_diagonal_matrix():
    s = singular_values(torch.diag(torch.tensor([3.0, 1.0, 0.0], dtype=torch.float64)))
    assert s.tolist() == [3.0, 1.0, 0.0]
    torch.testing.assert_close(participation_ratio(s), torch.tensor(100 / 82, dtype=torch.float64))
    torch.testing.assert_close(eigenvalue_moment(s, 2), torch.tensor(82 / 3, dtype=torch.float64))
    torch.testing.assert_close(qm_norm(s).square(), torch.tensor(10 / 3, dtype=torch.float64))
    assert effective_rank(s, 0.1) == 2

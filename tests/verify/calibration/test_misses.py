import dataclasses

from verify.calibration.misses import Miss, misses, score


def test_a_mutant_takes_as_long_as_the_quickest_check_that_rejects_it(fake):
    found = {m.mutant: m for m in misses(fake)}
    for claim in fake.claims:
        for mutant in claim.mutants:
            miss = found[mutant.name]
            assert (miss.seconds is None) == (not mutant.rejected_by)
            assert miss.checks == len(mutant.rejected_by)


def test_the_score_counts_what_is_rejected_in_time():
    times = [0.1, 0.5, None, 2.0]
    assert score(times, 0.05) == 0
    assert score(times, 0.5) == 0.5
    assert score(times, 1e9) == 0.75
    assert dataclasses.is_dataclass(Miss)

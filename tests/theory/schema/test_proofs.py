"""Proofs are functions of a candidate law."""

from __future__ import annotations

from theory.schema import Evaluate, Finding, Proof


def test_a_proof_judges_the_law_it_is_handed() -> None:
    """The same check on a law and on a wrong version of it; nothing else is looked at."""

    def is_two(law: Evaluate) -> Finding:
        value = law(n=1)
        return Finding(agrees=value == 2, predicted=str(value), found="2")

    proof = Proof("p", "exact", "f(1) = 2", is_two)
    assert proof.check(lambda n: 2 * n).agrees
    assert proof.check(lambda n: 3 * n).agrees is False
    assert (proof.law, dict(proof.point)) == ("stated", {})

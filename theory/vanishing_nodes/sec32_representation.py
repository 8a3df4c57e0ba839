"""A VNI of 1 does not limit what a network represents: every labelling of its inputs is possible.

    vn.collapse.repr  VNI = 1 means no XOR and no task of more than two classes

R_sq = 1 says that the centred nodes of the layer span one dimension, x = v s(x_0) + const. It says
nothing about s, which the layers below may make any function of the input; a readout reads it off:
with logits 2 k s - k^2 the largest is at k = s, for s = 0, 1, 2, ... What is true concerns a
perceptron that sees the raw bits, not a layer of VNI 1 (one_projection.py).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import prove
from theory.schema import (
    LATER,
    Claim,
    Curve,
    Finding,
    Integers,
    Law,
    Mutant,
    Parameter,
    Proof,
    Tuples,
)
from theory.vanishing_nodes import PAPER, one_projection
from theory.vanishing_nodes.effective_nodes import NODES, R_sq
from theory.vanishing_nodes.eq03_vni import from_values
from theory.vanishing_nodes.one_projection import AND4, ONE_PROJECTION, TASK

Vector = tuple[Any, ...]
Matrix = tuple[Vector, ...]
right, told, task = sp.symbols("n_right n_told task")
LABELS = Parameter(
    "labels", Tuples(Integers(0, 9), min_size=2), "the class of each input, in order"
)
C = sp.Symbol("C", integer=True, positive=True)
CLASSES = Parameter("classes", Integers(2), "C, number of equally frequent classes", C)
BITS = one_projection.points("XOR")
XOR = tuple(a ^ b for a, b in BITS)


def forward(
    inputs: Sequence[Vector], layers: Sequence[tuple[Matrix, Vector]]
) -> list[list[Vector]]:
    """Nodes of every layer for every input of a ReLU network with biases; layer by layer."""
    found, x = [], [tuple(map(Fraction, values)) for values in inputs]
    for weights, biases in layers:
        x = [
            tuple(
                max(
                    sum((w * v for w, v in zip(row, values, strict=True)), Fraction(b)), Fraction(0)
                )
                for row, b in zip(weights, biases, strict=True)
            )
            for values in x
        ]
        found.append(x)
    return found


def vni_of(nodes: Sequence[Vector]) -> Any:
    """R_sq of a layer over equally likely inputs, eq. (3)."""
    return from_values(tuple(itertools.chain(*nodes)), len(nodes[0]))


def read_off(value: Fraction, most: int) -> int:
    """argmax over k = 0..most of the linear logits 2 k s - k^2."""
    return max(range(most + 1), key=lambda k: 2 * k * value - k**2)


def rank_one_xor(nodes: int) -> tuple[tuple[Matrix, Vector], ...]:
    """Two ReLU layers of rank-one weights: every node of the second is |x_0 - x_1|."""
    return (
        (((1, -1), (-1, 1)), (0, 0)),
        (((1, 1),) * nodes, (0,) * nodes),
    )


def counted_xor(nodes: int) -> tuple[tuple[Matrix, Vector], ...]:
    """Two ReLU layers: every node of the second is relu(x_0 + x_1) - 2 relu(x_0 + x_1 - 1)."""
    return (
        (((1, 1), (1, 1)), (0, -1)),
        (((1, -2),) * nodes, (0,) * nodes),
    )


def on_a_line(labels: Sequence[int], nodes: int) -> tuple[tuple[Matrix, Vector], ...]:
    """Two ReLU layers from the place t = 0, 1, 2, ... of an input to `nodes` copies of its label.

    s(t) = s_0 + sum_j c_j relu(t - j), c the second differences: linear between whole t.
    """
    steps = [b - a for a, b in itertools.pairwise(labels)]
    bends = [steps[0], *(b - a for a, b in itertools.pairwise(steps))]
    first = tuple((1,) for _ in bends), tuple(-j for j in range(len(bends)))
    return first, ((tuple(bends),) * nodes, (labels[0],) * nodes)


# --- proofs ----------------------------------------------------------------------------------


def xor_right(law: Any) -> Finding:
    """The four inputs through the network of rank-one weights, and another, for 1 to 5 nodes."""

    def rows() -> Iterator[tuple[str, Any, Any]]:
        for nodes in (1, 2, 3, 5):
            for weights, _ in rank_one_xor(nodes):
                yield f"{nodes} nodes: rank", 1, sp.Matrix(weights).rank()
            for layers in (rank_one_xor(nodes), counted_xor(nodes)):
                last = forward(BITS, layers)[-1]
                yield f"{nodes} nodes: R_sq", 1, vni_of(last)
                correct = sum(read_off(x[0], 1) == y for x, y in zip(last, XOR, strict=True))
                yield f"{nodes} nodes, R_sq = 1: right answers", law(nodes=nodes), correct

    return prove.cases(rows(), detail="R_sq is 5/9 after the first layer of rank one")


def every_labelling(law: Any) -> Finding:
    """All labellings of four inputs by 0..3, and some longer ones, told apart at R_sq = 1."""
    longer = ((0, 1, 2, 3, 4, 5, 6, 7, 8, 9), (3, 1, 4, 1, 5, 9, 2, 6), (0, 9, 0, 9, 0))

    def rows() -> Iterator[tuple[str, Any, Any]]:
        for labels in (*itertools.product(range(4), repeat=4), *longer):
            if len(set(labels)) == 1:
                continue
            inputs = tuple((t,) for t in range(len(labels)))
            last = forward(inputs, on_a_line(labels, 3))[-1]
            yield f"labels {labels}: R_sq", 1, vni_of(last)
            read = tuple(read_off(x[0], max(labels)) for x in last)
            told_apart = {
                y
                for y in labels
                if all(r == y for r, own in zip(read, labels, strict=True) if own == y)
            }
            yield f"labels {labels}: classes told apart", law(labels=labels), len(told_apart)

    return prove.cases(rows())


def balanced(law: Any) -> Finding:
    """One node a class, 1 for its own inputs: R_sq of the one-hot nodes over C equal classes."""
    return prove.cases(
        (f"{c} classes", law(classes=c),
         vni_of([tuple(int(i == j) for j in range(c)) for i in range(c)]))
        for c in (2, 3, 4, 7, 10)
    )  # fmt: skip


def separable(law: Any) -> Finding:
    """Two scores are one affine function h, and h(00) + h(11) = h(01) + h(10): no XOR.

    The signs of h would have to be -, +, +, -. Three answers are reached by x_0 + x_1 - 1/2. For
    4-class AND the scores are written out; their C has two equal eigenvalues.
    """
    a, b, c = sp.symbols("a b c")

    def h(x: Vector) -> Any:
        return a * x[0] + b * x[1] + c

    contradiction = sp.expand(h((0, 0)) + h((1, 1)) - h((0, 1)) - h((1, 0))) == 0
    own = tuple(map(one_projection.and4_scores, one_projection.points(AND4)))
    facts = [
        ("h(00) + h(11) = h(01) + h(10) for every affine h", contradiction),
        ("R_sq of the four scores is 1/2", vni_of(own) == Fraction(1, 2)),
        *(
            (f"{task}: {right} right", right == law(task=task))
            for task in one_projection.LABELS
            for right in [one_projection.right_of(task)]
        ),
    ]
    return prove.truth(facts, predicted=f"{law(task=AND4)} of 16 for {AND4}", found="16, and XOR 3")


# --- the claim -------------------------------------------------------------------------------


def _constant(value: int) -> Callable[..., int]:
    return lambda nodes: value


def n_classes(labels: Any) -> int:
    """How many classes there are: all of them can be told apart at R_sq = 1."""
    return len(set(labels))


CLAIM = Claim(
    id="vn.collapse.repr",
    title="with a VNI of 1 a network cannot solve XOR or tell more than two classes apart",
    source=PAPER.at(
        "sec. 3.2, before Theorem 1 and after its proof",
        "the representation power is not sufficient for tasks with more than two classes, or "
        "non-linearly separable ones, once the VNI is 1",
    ),
    kind="statement",
    laws=(
        Law(
            role="stated",
            formula=sp.Le(told, 2),
            parameters=(LABELS,),
            words="classes that a layer with R_sq = 1 tells apart, at most two",
            evaluate=lambda labels: min(2, n_classes(labels)),
            mutants=(Mutant("one class", lambda labels: 1),),
        ),
        Law(
            role="stated",
            name="XOR",
            formula=sp.Le(right, 3),
            parameters=(NODES,),
            words="inputs of XOR that a layer with R_sq = 1 gets right: a perceptron's 3 of 4",
            evaluate=_constant(3),
            mutants=(Mutant("chance", _constant(2)),),
        ),
        Law(
            role="corrected",
            formula=sp.Eq(told, C),
            parameters=(LABELS,),
            words="classes that a layer with R_sq = 1 can tell apart: all, for any labelling",
            evaluate=n_classes,
            mutants=(
                Mutant("one less", lambda labels: n_classes(labels) - 1),
                Mutant("two", lambda labels: 2),
            ),
        ),
        Law(
            role="corrected",
            name="XOR, corrected",
            formula=sp.Eq(right, 4),
            parameters=(NODES,),
            words="inputs of XOR that a layer with R_sq = 1 can get right, any number of nodes",
            evaluate=_constant(4),
            mutants=(Mutant("R_sq > 0.99 means accuracy < 0.9", _constant(3)),),
        ),
        Law(
            role="sharper",
            name="solved task",
            formula=sp.Eq(R_sq, 1 / (C - 1)),
            parameters=(CLASSES,),
            words="R_sq of features that have collapsed onto C balanced classes, a simplex",
            evaluate=lambda classes: Fraction(1, int(classes) - 1),
            mutants=(Mutant("1/C", lambda classes: Fraction(1, int(classes))),),
        ),
        Law(
            role="sharper",
            name="one perceptron",
            formula=sp.Le(right, sp.Function("n_1")(task)),
            parameters=(TASK,),
            words="most inputs that affine scores of one projection of the bits get right",
            evaluate=one_projection.of_projection,
            mutants=(
                Mutant("all", lambda task: len(one_projection.points(task))),
                Mutant("chance", lambda task: len(one_projection.points(task)) // 2),
                Mutant("one less", lambda task: ONE_PROJECTION[task] - 1),
            ),
        ),
        Law(
            role="sharper",
            name="one score a class",
            formula=sp.Le(right, sp.Function("n_C")(task)),
            parameters=(TASK,),
            words="most inputs that one affine score of the bits a class gets right",
            evaluate=one_projection.of_scores,
            mutants=(
                Mutant("all", lambda task: len(one_projection.points(task))),
                Mutant("as one projection", one_projection.of_projection),
            ),
        ),
    ),
    assumptions=(),
    expected="false-as-stated",
    because=(
        "Two ReLU layers whose weight matrices both have rank one make every node |x_0 - x_1|: the "
        "VNI is 1 and XOR is solved. On a line any labelling by any number of classes is solved at "
        "VNI 1. Only a perceptron that sees the raw bits is limited: one projection of them solves "
        "AND, 3 of 4 of XOR and 15 of 16 of 4-class AND, which one affine score a class solves."
    ),
    proofs=(
        Proof("labellings", "exact", "networks with R_sq = 1 that tell classes apart",
              every_labelling),
        Proof("XOR", "exact", "rank-one weights, R_sq = 1", xor_right, law="XOR"),
        Proof("labellings, corrected", "exact", "every labelling of four inputs by four classes",
              every_labelling, law="corrected"),
        Proof("XOR, corrected", "exact", "rank-one weights, R_sq = 1", xor_right,
              law="XOR, corrected"),
        Proof("simplex", "exact", "one-hot nodes", balanced, law="solved task"),
        Proof("every order", "exact", "all 8 and 5376 orders of the inputs by a projection",
              one_projection.every_order, law="one perceptron", tiers=LATER),
        Proof("certificates", "exact", "Farkas: each order of the classes", law="one perceptron",
              check=one_projection.certificates),
        Proof("scores", "symbolic", "two scores are one affine function; four written out",
              separable, law="one score a class"),
    ),
    curves=(
        Curve(
            "classes",
            "VNI of features that solve a task of C balanced classes",
            "classes C",
            "VNI",
            range(2, 21),
            lambda x: {"classes": int(x)},
            laws=("solved task",),
        ),
    ),
    remark=(
        "R_sq = 1 is what solving a balanced two-class task produces: features collapsed onto two "
        "classes have R_sq = 1/(C - 1) = 1, onto ten classes 1/9, next to the smallest VNI of the "
        "document's successful runs, 0.1224."
    ),
    see=("vn.thm1", "vn.thm1.converse", "vn.table1"),
)  # fmt: skip

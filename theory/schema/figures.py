"""Figures: curves of laws over an axis, and maps of single networks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from theory.schema.laws import Law
from theory.schema.probes import TIERS


@dataclass(frozen=True)
class Reference:
    """A value that a document prints, marked in a figure beside the laws: no check, no law."""

    x: float
    y: float
    words: str


@dataclass(frozen=True)
class Curve:
    """A figure: laws over an axis; the probes that name it add measured points.

    at: abscissa -> arguments of the laws. laws: which laws are drawn, each as a line.
    family: label -> arguments in place of those of `at`; each law is drawn once for each.
    references: what the document prints.
    """

    name: str
    title: str
    x_label: str
    y_label: str
    xs: Sequence[float]
    at: Callable[[Any], Mapping[str, Any]]
    laws: tuple[str, ...] = ("stated",)
    log_y: bool = False
    log_x: bool = False
    family: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: {"": {}})
    references: tuple[Reference, ...] = ()

    def value(self, law: Law, x: Any, member: str = "") -> Any:
        """One of the laws at an abscissa, from those of the arguments that it takes.

        member: label of the family; needed where there is one.
        """
        at = {**self.at(x), **self.family[member]}
        return law(**{p.name: at[p.name] for p in law.parameters if p.name in at})


@dataclass(frozen=True)
class Panel:
    """One network of a `Maps` figure: what `simulate` runs, and the arguments of the law there."""

    setup: Mapping[str, Any]
    at: Mapping[str, Any]
    tiers: tuple[str, ...] = TIERS


@dataclass(frozen=True)
class Maps:
    """A figure: the squared correlations of the last layer's nodes, of one network a panel.

    Over each map stand the VNI of that very network and the value of `law`. A picture, no check:
    one network decides nothing. words: what a reader needs beside the title.
    """

    name: str
    title: str
    law: str
    words: str
    panels: tuple[Panel, ...]

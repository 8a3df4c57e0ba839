"""Laws as numpy functions: fast where the formula is numpy's, else value by value; never nan."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef

from theory.schema import ClaimError, Integers, Law, Parameter, Reals, as_float, plain_number


def lambdify(law: Law) -> Callable[..., Any]:
    """The law as a function of its parameters in order; arguments are not checked."""
    symbols = [p.symbol for p in law.parameters]
    free = {str(s) for s in law.rhs.free_symbols}
    # numpy has no sums of varying length, and knows no function that only has a name
    foreign = law.rhs.has(sp.Sum, sp.Product, AppliedUndef)
    if all(symbols) and free <= {str(s) for s in symbols} and not foreign:
        function: Callable[..., Any] = sp.lambdify(symbols, law.rhs, modules=["scipy", "numpy"])
        return function
    return one_by_one(law)


def one_by_one(law: Law) -> Callable[..., Any]:
    """The law's own evaluation, for each member of the arrays."""

    def value(*args: Any) -> Any:
        pairs = zip(law.parameters, args, strict=True)
        whole = {p.name: int(a) if isinstance(p.domain, Integers) else a for p, a in pairs}
        return as_float(law(**whole))

    elementwise: Callable[..., Any] = np.frompyfunc(value, len(law.parameters), 1)
    return elementwise


def checked(claim_id: str, law: Law) -> Callable[..., Any]:
    """As `lambdify`, with ClaimError for an argument outside its domain or a value that is nan.

    Where numpy over- or underflows on the way (Gamma(200)/Gamma(199)), the law is evaluated value
    by value instead.
    """
    fast, slow = lambdify(law), one_by_one(law)

    def function(*arrays: Any) -> Any:
        if len(arrays) != len(law.parameters):
            names = [p.name for p in law.parameters]
            raise ClaimError(f"{claim_id}: the law takes {names}; got {len(arrays)} arguments")
        members = [
            _members(claim_id, parameter, array)
            for parameter, array in zip(law.parameters, arrays, strict=True)
        ]
        try:
            with np.errstate(all="ignore"):
                try:
                    found = fast(*members)
                except ArithmeticError:  # 1/0 of plain numbers: the law may have a limit there
                    found = math.nan
                if any(value == 0 or not math.isfinite(value) for value in _numbers(found)):
                    found = slow(*members)
        except ArithmeticError as error:
            raise ClaimError(f"{claim_id}: the law cannot be computed: {error}") from None
        except ValueError as error:
            if isinstance(error, ClaimError):
                raise
            shapes = [np.shape(array) for array in members]
            raise ClaimError(f"{claim_id}: arguments of shapes {shapes}: {error}") from None
        if any(math.isnan(value) for value in _numbers(found)):
            raise ClaimError(f"{claim_id}: the law has no value (nan) at some of the arguments")
        return found

    return function


def _numbers(found: Any) -> list[float]:
    """All numbers in a result: an array of them, or of pairs (bounds)."""
    if isinstance(found, tuple | list):
        return [number for member in found for number in _numbers(member)]
    if isinstance(found, np.ndarray):
        return _numbers(found.ravel().tolist())
    return [float(found)]


def _members(claim_id: str, parameter: Parameter, array: Any) -> Any:
    """An argument, its members checked; whole numbers may come as floats."""
    domain = parameter.domain
    if not isinstance(domain, Integers | Reals):  # one sequence or name, not an array of them
        parameter.check(claim_id, array)
        one = np.empty((), dtype=object)
        one[()] = plain_number(array)
        return one
    try:
        values = np.asarray(array)
    except (TypeError, ValueError):  # a ragged list
        values = np.array(None)
    if values.dtype.kind not in "iuf":
        parameter.check(claim_id, array)  # a Fraction, say
        return float(array)
    values = values.astype(float)
    integers = isinstance(domain, Integers)
    for value in np.unique(values):
        whole = integers and math.isfinite(value) and value == math.floor(value)
        parameter.check(claim_id, int(value) if whole else float(value))
    if values.ndim:
        return values
    return int(values) if integers else float(values)

"""What five documents say about very deep networks, and what is true.

>>> from theory import claim, claims
>>> claim("vev.prop4.3").source.where
'Proposition 4.3'
>>> [c.id for c in claims.search("kurtosis recursion")]
['vev.prop4.3']

`claims` is the registry: iterate it, search it, index it (`claims["vn.eq6"]`); a `Claim` prints its
formula, assumptions, source and verdict, and evaluates. Importing this package imports no torch.
"""

from theory.registry import claim, claims
from theory.schema import Claim, ClaimError

__all__ = ["Claim", "ClaimError", "claim", "claims"]

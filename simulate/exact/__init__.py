"""Samplers that draw no weight and are exact in law: what they leave out, they integrate out.

`radial` follows the norms of one input and of its gradient, `gram_chain` several inputs and their
gradients. Both hold for Gaussian weights only: a set-up they are not exact for is refused.
tests/simulate/test_exact.py compares them with literal networks, and shows that the comparison
rejects samplers that are wrong in one place.
"""

"""Heads on stored vectors: what each part of a model learns. Begin in `comparison` or `attribution`.

The spaces in which works by one hand lie close follow scikit-learn's contract: each takes standardised
vectors and artists and returns unit rows, so that the cosine of two works is a dot product.
"""

from morelli.learn.heads.spaces import ContrastiveSpace, DiscriminantSpace, SoftmaxSpace

__all__ = ["ContrastiveSpace", "DiscriminantSpace", "SoftmaxSpace"]

"""Back-ends: spaces in which works by one hand lie close, as estimators with scikit-learn's contract.

Each takes standardised vectors and artists and returns unit rows, so that the cosine of two works is a dot
product.
"""

from morelli.learn.backends.discriminants import DiscriminantSpace
from morelli.learn.backends.gradients import ContrastiveSpace, SoftmaxSpace
from morelli.learn.backends.two_covariance import TwoCovariance
from morelli.learn.backends.whitening import WhiteningSpace

__all__ = ["ContrastiveSpace", "DiscriminantSpace", "SoftmaxSpace", "TwoCovariance", "WhiteningSpace"]

"""Are these two by the same hand: a likelihood ratio, and the probability it gives under a stated prior."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from morelli.errors import UsageError
from morelli.judge.results import Comparison
from morelli.judge.words import describe_evidence
from morelli.model.artefact import Model
from morelli.model.likelihood_ratio import posterior_probability


def compare_vectors(
    model: Model,
    left: NDArray[np.float32],
    right: NDArray[np.float32],
    *,
    names: tuple[str, str],
    prior: float = 0.5,
) -> Comparison:
    """Return the evidence that two pictures are by one hand.

    Parameters
    ----------
    model
        Gives the comparison space and its calibration.
    left, right
        (d,) float32 each, under the model's encoder.
    names
        The two pictures, for the answer.
    prior
        Probability of one hand before looking, between 0 and 1, both excluded.

    Raises
    ------
    UsageError
        When the prior is not between 0 and 1.
    """
    if not 0 < prior < 1:
        raise UsageError(
            "--prior",
            expected="a probability between 0 and 1, both excluded",
            found=str(prior),
            remedy="give 0.5 when nothing is known, less when most artists could be meant",
        )
    rows = model.comparison.transform(np.stack([left, right]))
    score = float(rows[0] @ rows[1])
    evidence = float(model.comparison.log10_likelihood_ratio(np.array(score)))
    return Comparison(
        left=names[0],
        right=names[1],
        score=score,
        log10_likelihood_ratio=evidence,
        prior=prior,
        probability=float(posterior_probability(evidence, prior)),
        sentence=describe_evidence(evidence),
    )

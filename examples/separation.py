"""A metric of one's own: how far apart the scores of pairs by one hand and by two lie."""

import numpy as np


class Separation:
    """What `morelli evaluate` asks for."""

    name = "Separation"
    meaning = "Distance of the mean scores of pairs by one hand and by two, in standard deviations."
    unit = "sd"
    direction = "higher"
    task = "comparison"

    @staticmethod
    def measure(scores, is_same, weights):
        """Return the value of some pairs; each counts as often as its weight says."""
        means = [np.average(scores[kind], weights=weights[kind]) for kind in (is_same, ~is_same)]
        spreads = (scores - np.where(is_same, *means)) ** 2
        variances = [np.average(spreads[kind], weights=weights[kind]) for kind in (is_same, ~is_same)]
        return (means[0] - means[1]) / np.sqrt(np.mean(variances))

"""Name and meaning of every metric and subset, for a reader who has never heard of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from morelli.evaluate.rows import Row


@dataclass(frozen=True)
class Wording:
    """Name and meaning of a metric.

    Parameters
    ----------
    name
        A few words.
    meaning
        One sentence.
    is_share
        Whether it is written as a percentage.
    is_error
        Whether lower is better.
    has_no_direction
        Whether neither higher nor lower is better.
    """

    name: str
    meaning: str
    is_share: bool = True
    is_error: bool = False
    has_no_direction: bool = False


METRICS: Final[dict[str, Wording]] = {
    "accuracy": Wording("First name right", "Works whose artist is the model's first answer."),
    "top_5_accuracy": Wording(
        "Among five names", "Works whose artist is among the model's first five answers."
    ),
    "balanced_accuracy": Wording(
        "First name right, per artist",
        "The same for each artist, then averaged: a prolific artist counts once.",
    ),
    "f1_macro": Wording(
        "F1, per artist",
        "Balances the works an artist loses to others against those wrongly given to the artist.",
        is_share=False,
    ),
    "log_loss": Wording(
        "Logarithmic loss",
        "How surprised the model's probabilities are by the truth; lower is better.",
        is_share=False,
        is_error=True,
    ),
    "roc_auc": Wording(
        "Area under the ROC curve",
        "Of a pair by one hand and a pair by two, how often the first scores higher; 0.5 is chance.",
        is_share=False,
    ),
    "average_precision": Wording(
        "Average precision",
        "Going down the list from the highest score: how pure it is where pairs by one hand are met.",
        is_share=False,
    ),
    "equal_error_rate": Wording(
        "Equal error rate",
        "Errors at the threshold that misses as often as it cries wolf; lower is better.",
        is_error=True,
    ),
    "tar_at_far_0.01": Wording(
        "Found at 1 % false alarms",
        "Pairs by one hand above the threshold that lets one in a hundred of the others through.",
    ),
    "tar_at_far_0.001": Wording(
        "Found at 0.1 % false alarms",
        "The same where one in a thousand of the others is let through.",
    ),
    "cllr": Wording(
        "Cost of the likelihood ratios",
        "In bits, whatever the prior: 0 is perfect, 1 is what saying nothing costs; lower is better.",
        is_share=False,
        is_error=True,
    ),
    "cllr_min": Wording(
        "Least cost",
        "The cost with the best calibration in hindsight: how well the two kinds are told apart.",
        is_share=False,
        is_error=True,
    ),
    "cllr_calibration": Wording(
        "Cost of the calibration",
        "The difference: what is lost because likelihood ratios are too strong or too weak.",
        is_share=False,
        is_error=True,
    ),
    "ece": Wording(
        "Calibration error, even chances",
        "Mean distance of the probability of one hand from what is so; half of the weight on each kind.",
        is_error=True,
    ),
    "ece_prior_0.013": Wording(
        "Calibration error, prior 1.3 %",
        "The same where 1.3 % of the weight is on pairs by one hand, as in a contest.",
        is_error=True,
    ),
    "brier": Wording(
        "Brier score, even chances",
        "Mean squared error of the probability of one hand; always saying 50 % has 0.25.",
        is_share=False,
        is_error=True,
    ),
    "brier_prior_0.013": Wording(
        "Brier score, prior 1.3 %",
        "The same at a prior of 1.3 %; always saying 1.3 % has 0.0128.",
        is_share=False,
        is_error=True,
    ),
    "triplet_accuracy": Wording(
        "Right one of two",
        "Given a work, one by the same hand and one by another: how often the first is closer.",
    ),
    "recall_at_1": Wording("Nearest work right", "Queries whose nearest work is by the same artist."),
    "recall_at_5": Wording(
        "One of five right", "Queries with a work by the same artist among the five nearest."
    ),
    "recall_at_10": Wording(
        "One of ten right", "Queries with a work by the same artist among the ten nearest."
    ),
    "map_at_10": Wording(
        "Mean average precision at 10",
        "Rewards right works among the ten nearest, more so the earlier they stand.",
        is_share=False,
    ),
    "r_precision": Wording(
        "R-precision",
        "With R works by the artist in the gallery: the share of right ones among the R nearest.",
    ),
    "precision_at_10": Wording("Right ones of ten", "The share of right works among the ten nearest."),
    "share_found_at_10": Wording(
        "Found among ten",
        "Of all works by the artist in the gallery: the share that is among the ten nearest.",
    ),
    "mean_average_precision": Wording(
        "Mean average precision",
        "The same over the whole gallery: every work by the artist counts, however late it is found.",
        is_share=False,
    ),
    "hubness_skewness": Wording(
        "Hubness",
        "Whether a few works are near to everything: skewness of how often a work is found; lower is better.",
        is_share=False,
        is_error=True,
    ),
    "top_label_calibration_error": Wording(
        "Calibration error",
        "How far the probability of the first name is from the share of right names; lower is better.",
        is_error=True,
    ),
    "multiclass_brier_score": Wording(
        "Brier score",
        "Squared distance between all probabilities and the truth, 0 to 2; lower is better.",
        is_share=False,
        is_error=True,
    ),
    "set_coverage": Wording(
        "Sets that hold the artist",
        "The model lists all artists it cannot rule out; promised are 90\u202f%.",
        has_no_direction=True,
    ),
    "set_size": Wording(
        "Artists in a set",
        "How many names such a list has on average; lower is better.",
        is_share=False,
        is_error=True,
    ),
    "k_shot_top_1": Wording(
        "New artist named rightly",
        "With k works shown of each of some new artists: how often a further work goes to its own artist.",
    ),
    "open_set_roc_auc": Wording(
        "Known told from unknown",
        "Of a work by a known and one by an unknown artist, how often the first seems more familiar.",
        is_share=False,
    ),
    "oscr": Wording(
        "Named rightly while strangers are refused",
        "Area under the share of known works named rightly over the share of unknown works let in.",
        is_share=False,
    ),
    "open_set_roc_auc_max_probability": Wording(
        "The same by the highest probability",
        "The usual baseline: a work is let in by the probability of its first name.",
        is_share=False,
    ),
    "oscr_max_probability": Wording(
        "Named rightly, by the highest probability",
        "The usual baseline: a work is let in by the probability of its first name.",
        is_share=False,
    ),
}
"""By the name in the rows, without suffix."""


_SUBSETS: Final[dict[str, str]] = {
    "within_style": "both of one style",
    "across_source": "from two sources",
    "kept_back": "works kept back",
}
"""By the name in the rows; those with a number are named by `name_subset`."""


def name_subset(subset: str) -> str:
    """Return a subset in words.

    Examples
    --------
    >>> name_subset("century_17"), name_subset("sets_of_3"), name_subset("sets_of_1"), name_subset("k_5")
    ('both of century 17', 'sets of 3 works', 'single works, as for the sets', 'k = 5')
    """
    if subset == "sets_of_1":
        return "single works, as for the sets"
    if subset.startswith("sets_of_"):
        return f"sets of {subset.removeprefix('sets_of_')} works"
    if subset.startswith("century_"):
        return f"both of century {int(subset.removeprefix('century_'))}"
    if subset.startswith("k_"):
        return f"k = {subset.removeprefix('k_')}"
    return _SUBSETS.get(subset, subset)


# How numbers are printed: with the name of their metric, as shares or with decimals, and with a verdict.

NARROW_SPACE = "\u202f"
_MINUS = "\u2212"

RAW_SUFFIX = "_raw_cosine"
GAIN_SUFFIX = "_gain"


def _strip_suffix(metric: str) -> str:
    """Return the metric without ``_raw_cosine`` or ``_gain``."""
    return metric.removesuffix(RAW_SUFFIX).removesuffix(GAIN_SUFFIX)


def find_wording(metric: str) -> Wording:
    """Return name and meaning; a metric without an entry goes by its own name."""
    base = _strip_suffix(metric)
    return METRICS.get(base, Wording(base, "", is_share=False))


def write_value(metric: str, value: float, *, digits: int = 1) -> str:
    """Return a value as it is printed.

    Shares are percentages, all other numbers have two decimals more; gains carry their sign.

    Examples
    --------
    >>> write_value("roc_auc", 0.9421), write_value("roc_auc_gain", -0.0312)
    ('0.942', '−0.031')
    """
    wording = find_wording(metric)
    is_gain = metric.endswith(GAIN_SUFFIX)
    text = f"{100 * value:.{digits}f}" if wording.is_share else f"{value:.{digits + 2}f}"
    sign = "+" if is_gain and value > 0 else ""
    unit = "" if not wording.is_share else NARROW_SPACE + ("points" if is_gain else "%")
    return sign + text.replace("-", _MINUS) + unit


def write_interval(row: Row, *, digits: int = 1) -> str:
    """Return the interval of a row as it is printed, without a unit: ``[92.1, 96.0]``."""
    bounds = (write_value(row.metric, bound, digits=digits) for bound in (row.low, row.high))
    return "[" + ", ".join(bound.split(NARROW_SPACE)[0] for bound in bounds) + "]"


def judge_gain(row: Row) -> str:
    """Return "better", "worse", or "not clear" where the interval holds zero."""
    return judge_difference(row.metric, row.low, row.high)


def judge_difference(metric: str, low: float, high: float) -> str:
    """Return "better", "worse", or "not clear" where the interval of a difference holds zero.

    Examples
    --------
    >>> judge_difference("accuracy", 0.01, 0.05), judge_difference("log_loss", 0.01, 0.05)
    ('better', 'worse')
    """
    wording = find_wording(metric)
    if wording.has_no_direction:
        return "not clear" if low <= 0 <= high else "different"
    if wording.is_error:
        low, high = -high, -low
    return "better" if low > 0 else "worse" if high < 0 else "not clear"

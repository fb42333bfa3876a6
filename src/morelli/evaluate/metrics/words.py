"""Name and meaning of every metric and subset, for a reader who has never heard of them.

A `Metric` also prints its values and judges differences. Other packages may offer metrics of their own under
the entry point group ``morelli.metrics``; see `OwnMetric`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from inspect import signature
from typing import Any, Final, Literal, get_args

from numpy.typing import NDArray

from morelli.errors import EvaluationError

_Direction = Literal["higher", "lower", "neither"]
_OwnTask = Literal["comparison", "attribution", "retrieval"]

_GROUP = "morelli.metrics"
"""Of entry points."""

_NARROW_SPACE = "\u202f"
_MINUS = "\u2212"

RAW_SUFFIX = "_raw_cosine"
GAIN_SUFFIX = "_gain"


@dataclass(frozen=True)
class Metric:
    """What a number says, in words; it prints values and judges differences.

    Parameters
    ----------
    name, meaning
        A few words, and one sentence.
    unit
        "%" for a share, which is printed as a percentage; else what stands behind the number, or nothing.
    direction
        Whether a higher or a lower value is better, or neither.
    is_difference
        Whether values are differences: they carry their sign, and those of shares are points.
    """

    name: str
    meaning: str
    unit: str = "%"
    direction: _Direction = "higher"
    is_difference: bool = False

    def write(self, value: float, *, digits: int = 1) -> str:
        """Return a value as it is printed; what is no percentage has two decimals more.

        >>> find_metric("roc_auc").write(0.9421), find_metric("roc_auc_gain").write(-0.0312)
        ('0.942', '−0.031')
        """
        unit = "points" if self.unit == "%" and self.is_difference else self.unit
        return self._write_number(value, digits) + (_NARROW_SPACE + unit if unit else "")

    def write_interval(self, low: float, high: float, *, digits: int = 1) -> str:
        """Return an interval as it is printed, without a unit: ``[92.1, 96.0]``."""
        return f"[{self._write_number(low, digits)}, {self._write_number(high, digits)}]"

    def judge(self, low: float, high: float) -> str:
        """Return "better", "worse", or "not clear" where the interval of a difference holds zero.

        Without a direction a clear difference is "different".

        >>> find_metric("accuracy").judge(0.01, 0.05), find_metric("log_loss").judge(0.01, 0.05)
        ('better', 'worse')
        """
        if not (low > 0 or high < 0):
            return "not clear"
        if self.direction == "neither":
            return "different"
        return "better" if (low > 0) == (self.direction == "higher") else "worse"

    def _write_number(self, value: float, digits: int) -> str:
        text = f"{100 * value:.{digits}f}" if self.unit == "%" else f"{value:.{digits + 2}f}"
        return ("+" if self.is_difference and value > 0 else "") + text.replace("-", _MINUS)


@dataclass(frozen=True, kw_only=True)
class OwnMetric(Metric):
    """A metric that another package offers as an entry point; its rows are called `key`.

    `measure` takes scores, whether each stands for the same hand, and, if it has such a parameter, `weights`:
    how often each counts in a resample of artists. For a *comparison* these are the pairs, (p,); for an
    *attribution* the probabilities of the works and whether each artist is the true one, (q, c), with (q,)
    weights; for a *retrieval* one query with all works it could find, (g,), without weights, averaged over
    queries.
    """

    key: str
    package: str
    task: _OwnTask
    measure: Callable[..., Any]

    @property
    def takes_weights(self) -> bool:
        """Whether `measure` weighs; else it is given each pair or work as often as it counts."""
        return "weights" in signature(self.measure).parameters

    def call(self, *arrays: NDArray[Any], **weights: NDArray[Any]) -> float:
        """Return what `measure` makes of arrays; refuse what is no number."""
        try:
            return float(self.measure(*arrays, **weights))
        except Exception as error:  # another's code may raise anything
            raise _refuse(self.key, self.package, "a number", _describe(error)) from None


METRICS: Final[dict[str, Metric]] = {
    "accuracy": Metric("First name right", "Works whose artist is the model's first answer."),
    "top_5_accuracy": Metric(
        "Among five names", "Works whose artist is among the model's first five answers."
    ),
    "balanced_accuracy": Metric(
        "First name right, per artist",
        "The same for each artist, then averaged: a prolific artist counts once.",
    ),
    "f1_macro": Metric(
        "F1, per artist",
        "Balances the works an artist loses to others against those wrongly given to the artist.",
        unit="",
    ),
    "log_loss": Metric(
        "Logarithmic loss",
        "How surprised the model's probabilities are by the truth; lower is better.",
        unit="",
        direction="lower",
    ),
    "roc_auc": Metric(
        "Area under the ROC curve",
        "Of a pair by one hand and a pair by two, how often the first scores higher; 0.5 is chance.",
        unit="",
    ),
    "average_precision": Metric(
        "Average precision",
        "Going down the list from the highest score: how pure it is where pairs by one hand are met.",
        unit="",
    ),
    "equal_error_rate": Metric(
        "Equal error rate",
        "Errors at the threshold that misses as often as it cries wolf; lower is better.",
        direction="lower",
    ),
    "tar_at_far_0.01": Metric(
        "Found at 1 % false alarms",
        "Pairs by one hand above the threshold that lets one in a hundred of the others through.",
    ),
    "tar_at_far_0.001": Metric(
        "Found at 0.1 % false alarms",
        "The same where one in a thousand of the others is let through.",
    ),
    "cllr": Metric(
        "Cost of the likelihood ratios",
        "In bits, whatever the prior: 0 is perfect, 1 is what saying nothing costs; lower is better.",
        unit="",
        direction="lower",
    ),
    "cllr_min": Metric(
        "Least cost",
        "The cost with the best calibration in hindsight: how well the two kinds are told apart.",
        unit="",
        direction="lower",
    ),
    "cllr_calibration": Metric(
        "Cost of the calibration",
        "The difference: what is lost because likelihood ratios are too strong or too weak.",
        unit="",
        direction="lower",
    ),
    "recalibration_slope": Metric(
        "Slope of recalibration",
        "By what log likelihood ratios would have to be multiplied: 1 is right, below it they are too bold.",
        unit="",
        direction="neither",
    ),
    "recalibration_shift": Metric(
        "Shift of recalibration",
        "What log10 likelihood ratios then lack: 0 is right, above it they lean towards two hands.",
        unit="",
        direction="neither",
    ),
    "devpav": Metric(
        "Distance from the best calibration",
        "Mean distance of log10 likelihood ratios from the best rising ones in hindsight; lower is better.",
        unit="",
        direction="lower",
    ),
    "expected_calibration_error": Metric(
        "Calibration error, even chances",
        "Mean distance of the probability of one hand from what is so; half of the weight on each kind.",
        direction="lower",
    ),
    "expected_calibration_error_prior_0.013": Metric(
        "Calibration error, prior 1.3 %",
        "The same where 1.3 % of the weight is on pairs by one hand, as in a contest.",
        direction="lower",
    ),
    "brier": Metric(
        "Brier score, even chances",
        "Mean squared error of the probability of one hand; always saying 50 % has 0.25.",
        unit="",
        direction="lower",
    ),
    "brier_prior_0.013": Metric(
        "Brier score, prior 1.3 %",
        "The same at a prior of 1.3 %; always saying 1.3 % has 0.0128.",
        unit="",
        direction="lower",
    ),
    "triplet_accuracy": Metric(
        "Right one of two",
        "Given a work, one by the same hand and one by another: how often the first is closer.",
    ),
    "recall_at_1": Metric("Nearest work right", "Queries whose nearest work is by the same artist."),
    "recall_at_5": Metric(
        "One of five right", "Queries with a work by the same artist among the five nearest."
    ),
    "recall_at_10": Metric(
        "One of ten right", "Queries with a work by the same artist among the ten nearest."
    ),
    "map_at_10": Metric(
        "Mean average precision at 10",
        "Rewards right works among the ten nearest, more so the earlier they stand.",
        unit="",
    ),
    "r_precision": Metric(
        "R-precision",
        "With R works by the artist in the gallery: the share of right ones among the R nearest.",
    ),
    "precision_at_10": Metric("Right ones of ten", "The share of right works among the ten nearest."),
    "share_found_at_10": Metric(
        "Found among ten",
        "Of all works by the artist in the gallery: the share that is among the ten nearest.",
    ),
    "mean_average_precision": Metric(
        "Mean average precision",
        "The same over the whole gallery: every work by the artist counts, however late it is found.",
        unit="",
    ),
    "hubness_skewness": Metric(
        "Hubness",
        "Whether a few works are near to everything: skewness of how often a work is found; lower is better.",
        unit="",
        direction="lower",
    ),
    "top_label_calibration_error": Metric(
        "Calibration error",
        "How far the probability of the first name is from the share of right names; lower is better.",
        direction="lower",
    ),
    "multiclass_brier_score": Metric(
        "Brier score",
        "Squared distance between all probabilities and the truth, 0 to 2; lower is better.",
        unit="",
        direction="lower",
    ),
    "set_coverage": Metric(
        "Sets that hold the artist",
        "The model lists all artists it cannot rule out; promised are 90\u202f%.",
        direction="neither",
    ),
    "set_size": Metric(
        "Artists in a set",
        "How many names such a list has on average; lower is better.",
        unit="",
        direction="lower",
    ),
    "k_shot_top_1": Metric(
        "New artist named rightly",
        "With k works shown of each of some new artists: how often a further work goes to its own artist.",
    ),
    "enrolled_top_1": Metric(
        "Enrolled artist named rightly",
        "With some new artists enrolled from k works each: how often a further work by one is given that "
        "name first, among all artists that the model knows.",
    ),
    "enrolled_mistaken": Metric(
        "Known artist's work given to an enrolled one",
        "The same enrolments: how often a work by a known artist is given the name of a new one; lower is "
        "better.",
        direction="lower",
    ),
    "open_set_roc_auc": Metric(
        "Known told from unknown",
        "Of a work by a known and one by an unknown artist, how often the first seems more familiar.",
        unit="",
    ),
    "oscr": Metric(
        "Named rightly while strangers are refused",
        "Area under the share of known works named rightly over the share of unknown works let in.",
        unit="",
    ),
    "open_set_roc_auc_max_probability": Metric(
        "The same by the highest probability",
        "The usual baseline: a work is let in by the probability of its first name.",
        unit="",
    ),
    "oscr_max_probability": Metric(
        "Named rightly, by the highest probability",
        "The usual baseline: a work is let in by the probability of its first name.",
        unit="",
    ),
}
"""By the name in the rows, without suffix."""


_SUBSETS: Final[dict[str, str]] = {
    "within_style": "both of one style",
    "within_style_calibrated": "both of one style, calibrated on such pairs",
    "across_source": "from two sources",
    "kept_back": "works kept back",
}
"""By the name in the rows; those with a number are named by `name_subset`."""


def name_subset(subset: str) -> str:
    """Return a subset in words.

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


def _strip_suffix(key: str) -> str:
    return key.removesuffix(RAW_SUFFIX).removesuffix(GAIN_SUFFIX)


_RENAMED: Final = {
    "ece": "expected_calibration_error",
    "ece_prior_0.013": "expected_calibration_error_prior_0.013",
}
"""Metrics by their names in earlier reports; in this field "ECE" is the empirical cross-entropy."""


def rename_metric(key: str) -> str:
    """Return what a metric of an earlier report is called now.

    >>> rename_metric("ece"), rename_metric("cllr")
    ('expected_calibration_error', 'cllr')
    """
    return _RENAMED.get(key, key)


def find_metric(key: str) -> Metric:
    """Return the metric of a row; one without an entry goes by its own name."""
    base = _strip_suffix(key)
    own = () if base in METRICS else (metric for metric in _load_metrics() if metric.key == base)
    metric = METRICS.get(base) or next(iter(own), Metric(base, "", unit=""))
    return replace(metric, is_difference=True) if key.endswith(GAIN_SUFFIX) else metric


def find_own_metrics(task: _OwnTask) -> list[OwnMetric]:
    """Return the metrics of a task that other packages offer."""
    return [metric for metric in _load_metrics() if metric.task == task]


@cache
def _load_metrics() -> tuple[OwnMetric, ...]:
    """Return the metrics that other packages offer, by name; refuse what is none."""
    found = sorted(entry_points(group=_GROUP), key=lambda entry: entry.name)
    names = [*METRICS, *(entry.name for entry in found)]
    return tuple(_read_entry(entry, is_free=names.count(entry.name) == 1) for entry in found)


def _read_entry(entry: EntryPoint, *, is_free: bool) -> OwnMetric:
    package = entry.dist.name if entry.dist else entry.value
    try:
        found = entry.load()
    except Exception as error:  # another's code may raise anything
        raise _refuse(entry.name, package, "an object", _describe(error)) from None
    if not is_free or entry.name.endswith((RAW_SUFFIX, GAIN_SUFFIX)):
        wanted = f"a name that no other metric has, without {RAW_SUFFIX} or {GAIN_SUFFIX}"
        raise _refuse(entry.name, package, wanted, f"{entry.name!r}")
    choices = {"direction": get_args(_Direction), "task": get_args(_OwnTask)}
    for field in ("name", "meaning", "unit", *choices):
        value, allowed = getattr(found, field, None), choices.get(field, ())
        if not isinstance(value, str) or (allowed and value not in allowed):
            wanted = " or ".join(map(repr, allowed)) or "a text"
            raise _refuse(entry.name, package, f"{wanted} as {field}", f"{value!r}")
    if not callable(getattr(found, "measure", None)):
        raise _refuse(entry.name, package, "a function as measure", "none")
    fields = {field: getattr(found, field) for field in ("name", "meaning", "unit", *choices, "measure")}
    return OwnMetric(**fields, key=entry.name, package=package)


def _describe(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"


def _refuse(key: str, package: str, expected: str, found: str) -> EvaluationError:
    remedy = f"mend the package {package}, or uninstall it"
    return EvaluationError(f"metric {key!r} of {package}", expected=expected, found=found, remedy=remedy)

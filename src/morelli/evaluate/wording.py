"""How numbers are printed: with the name of their metric, as shares or with decimals, and with a verdict.

`page` prints with these; `metric_words` says what each metric is called and means. Every metric that is made
has its entry there; a test sees to it.
"""

from __future__ import annotations

from morelli.evaluate.metric_words import METRICS, Wording
from morelli.evaluate.rows import Row

NARROW_SPACE = "\u202f"
MINUS = "\u2212"

RAW_SUFFIX = "_raw_cosine"
GAIN_SUFFIX = "_gain"


def strip_suffix(metric: str) -> str:
    """Return the metric without ``_raw_cosine`` or ``_gain``."""
    return metric.removesuffix(RAW_SUFFIX).removesuffix(GAIN_SUFFIX)


def find_wording(metric: str) -> Wording:
    """Return name and meaning; a metric without an entry goes by its own name."""
    base = strip_suffix(metric)
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
    return sign + text.replace("-", MINUS) + unit


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

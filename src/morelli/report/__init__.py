"""What a person opens: pages, drawings and the files behind them.

Nothing is measured here: `evaluate` finds the numbers. Begin in `folder`, which writes a report; `page` makes
its HTML, `plots` draws, `audit`, `model_card`, `explanation` and `training` are the other pages.
"""

from morelli.report.folder import read_report, write_report

__all__ = ["read_report", "write_report"]

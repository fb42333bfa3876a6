"""What a person opens: pages, drawings and the files behind them.

Nothing is measured here: `evaluate` finds the numbers. Begin in `folder`, which writes a report and reads it
whole; `page` makes its HTML and `plots` draws its tables. The other pages are in `audit`, `model_card`,
`explanation` and `training`. All of them go through `render` and `drawing`.
"""

from morelli.report.folder import read_report, redraw_report, write_report

__all__ = ["read_report", "redraw_report", "write_report"]

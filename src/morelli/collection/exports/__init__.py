"""Splits for other tools: folders of pictures, Parquet shards for Hugging Face `datasets`, WebDataset shards.

`plan` says what belongs where and `place` whose folder it is; `folders`, `parquet_shards` and `tar_shards`
write, the latter two by `shards`; `writing` chooses between them.
"""

from morelli.collection.exports.summary import ExportSummary
from morelli.collection.exports.writing import LAYOUTS, export_split

__all__ = ["LAYOUTS", "ExportSummary", "export_split"]

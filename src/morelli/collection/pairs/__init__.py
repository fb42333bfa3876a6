"""Pairs and triplets of works.

`samples` draws them, `streams` makes millions, `files` reads and writes them, `official` takes
published lists.
"""

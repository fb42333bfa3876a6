"""Seconds and memory that `evaluate --pairs` takes on 22 million random pairs: 24,000 works, 1,024 dimensions.

The gallery, the model and the pair file are made first, each in a process of its own, so that the memory told is that of
the evaluation alone.
"""

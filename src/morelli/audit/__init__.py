"""What is wrong with a collection before anything is learnt from it.

Begin in `run`, which audits a gallery. `inspection` measures each picture once, `findings` names the doubts
about it and holds what an audit found, `shortcuts` says what can be told from everything but paint, and what
a split lets through.
"""

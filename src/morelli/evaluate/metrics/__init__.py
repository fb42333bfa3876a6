"""What is measured: arrays in, numbers out.

Begin with `curves`, what a falling threshold lets through, and `intervals`, how a number moves with the
artists. Each question has its file: `attribution`, `prediction_sets`, `comparison` and `evidence` (pairs and
their likelihood ratios), `retrieval` and `neighbours`, `open_set`. `words` has names, meanings and
directions.
"""

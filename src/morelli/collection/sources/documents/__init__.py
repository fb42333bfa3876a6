"""Records that museums exchange, one document or part of one for each work: LIDO, Linked Art.

Begin in `lido`; `linked_art` is the same for JSON-LD.
"""

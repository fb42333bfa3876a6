"""Which recipe is best on the same works, and how our numbers stand beside published ones.

Begin in `run`, which trains and measures recipes cell by cell. `cells` is one of them on disk, `board` sets
them beside each other, `tables` prints and writes the board. `published` lists the protocols that can be run
again with their figures, `reproduction` runs one, `legacy` holds the measures of an earlier project.
"""

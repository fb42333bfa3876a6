"""What is wrong with a collection before anything is learnt from it.

In the order of the work: `looks` and `measures` take each picture's appearance and doubts in one reading,
`words` and `alignment` find which works show the same painting, `links` joins them to groups, `flags` names
the doubts, `shortcuts` asks what can be told from everything but paint, `leaks` what a split lets through.
"""

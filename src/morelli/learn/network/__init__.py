"""Training a network by a recipe, on stored vectors or on pictures.

Begin in `course`, which is the whole. `data` divides the works, `plans` and `inputs` say what is seen when,
`learner` and `losses` what learns; `loop` goes through the epochs, in `processes`, with `state` and `history`
kept, and `export` makes the model of what was learnt.
"""

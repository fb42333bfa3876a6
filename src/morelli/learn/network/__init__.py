"""Training a network on pictures: `course` is the whole, `loop` the steps, `export` the model it leaves."""

"""Learning heads from stored vectors."""

from morelli.learn.training import train_model

__all__ = ["train_model"]

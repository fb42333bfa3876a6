"""The batches of an epoch as one process goes through them: its share of each, and when the weights move."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from morelli.learn.plan import Batch


@dataclass(frozen=True, eq=False)
class Turn:
    """One batch of an epoch.

    Parameters
    ----------
    number
        Counted from 1.
    share
        What this process sees of it; never empty.
    does_count
        False where the batch is too small for all processes and this one sees an item that another counts.
    weight
        Share of the batch in the step that it belongs to; the weights of a step sum to 1.
    moves
        Whether the weights move after it.
    moment
        Middle of its step, in epochs since the beginning.
    where
        Epoch and batch, for messages.
    """

    number: int
    share: Batch
    does_count: bool
    weight: float
    moves: bool
    moment: float
    where: str


def list_turns(
    batches: Sequence[Batch], epoch: int, *, accumulate: int, place: int, n_shares: int
) -> list[Turn]:
    """Return the turns of an epoch, in order.

    Parameters
    ----------
    batches
        Of all processes, none empty.
    epoch
        Counted from 0.
    accumulate
        Batches of a step; the last step may have fewer.
    place, n_shares
        Which process this is, and of how many.
    """
    n, n_steps = len(batches), -(-len(batches) // accumulate)
    turns = []
    for at, batch in enumerate(batches):
        step = at // accumulate
        n_items = sum(len(one) for one in batches[step * accumulate : (step + 1) * accumulate])
        turns.append(
            Turn(
                number=at + 1,
                share=batch.take_share(place % len(batch), n_shares),
                does_count=place < len(batch),
                weight=len(batch) / n_items,
                moves=(at + 1) % accumulate == 0 or at + 1 == n,
                moment=epoch + (step + 0.5) / n_steps,
                where=f"epoch {epoch + 1}, batch {at + 1} of {n}",
            )
        )
    return turns

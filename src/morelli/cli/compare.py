"""``morelli compare``: are these by one hand, and how sure is that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from morelli.cli.console import out, print_json
from morelli.cli.details import ExplainOption, explain_pair
from morelli.cli.options import DeviceOption, GalleryOption, JsonFlag, ModelOption, WeightsOption
from morelli.errors import UsageError

if TYPE_CHECKING:
    from morelli.judge import Comparison

_SETS = ("--left", "--right")


class SetCommand(TyperCommand):
    """A command whose options for sets take all values up to the next option: ``--left a b --right c``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments with the option repeated before each of its values."""
        return super().parse_args(ctx, repeat_options(args))


def repeat_options(arguments: list[str]) -> list[str]:
    """Return arguments with ``--left`` and ``--right`` before each of the values that follow them.

    Examples
    --------
    >>> repeat_options(["--left", "a", "b", "--right", "c", "-m", "model"])
    ['--left', 'a', '--left', 'b', '--right', 'c', '-m', 'model']
    """
    told: list[str] = []
    option = ""
    for argument in arguments:
        if argument.startswith("-"):
            option = argument if argument in _SETS else ""
            told += [] if option else [argument]
        else:
            told += [option, argument] if option else [argument]
    return told


def compare(
    model: ModelOption,
    pair: Annotated[
        list[str] | None, typer.Argument(metavar="A B", help="Two pictures, or work ids with --gallery.")
    ] = None,
    left: Annotated[
        list[str] | None, typer.Option(help="Works by one hand, instead of A; several after one another.")
    ] = None,
    right: Annotated[
        list[str] | None, typer.Option(help="Works by one hand, instead of B; several after one another.")
    ] = None,
    gallery: GalleryOption = None,
    prior: Annotated[float, typer.Option(help="Probability of one hand before looking.")] = 0.5,
    crops: Annotated[int, typer.Option(help="Crops of each picture to measure doubt on, 0 to 5.")] = 4,
    weights: WeightsOption = None,
    device: DeviceOption = None,
    explain: ExplainOption = None,
    json: JsonFlag = False,
) -> None:
    """Say how strongly two pictures, or two sets of pictures, speak for one hand, and how sure that is.

    Example: morelli compare a.jpg b.jpg --model demo/model-unseen
    """
    import numpy as np

    from morelli.cli.profile import attach_profile, print_profile
    from morelli.cli.session import Session
    from morelli.cli.sides import read_side
    from morelli.judge import compare_sides
    from morelli.judge.comparison import check_prior

    check_prior(prior)
    names = choose_sides(pair or [], left or [], right or [])
    session = Session.open(model, gallery, weights=weights, device=device)
    sides = [read_side(session, side, n_crops=crops) for side in names]
    answer = compare_sides(session.model, sides[0], sides[1], prior=prior)
    if answer.n_left == answer.n_right == 1:
        vectors = np.concatenate([side.vectors for side in sides])
        answer = attach_profile(session, answer, (names[0][0], names[1][0]), vectors)
    if explain is not None:
        explain_pair(session, _require_single(names[0]), _require_single(names[1]), explain)
    if json:
        print_json(answer.to_dict())
        return
    print_comparison(answer)
    if answer.profile is not None:
        out.print()
        print_profile(answer.profile)


def choose_sides(pair: list[str], left: list[str], right: list[str]) -> tuple[list[str], list[str]]:
    """Return the works of both sides, named either as A and B or with the options.

    Raises
    ------
    UsageError
        When they are named neither way, or both ways.
    """
    if left and right and not pair:
        return left, right
    if len(pair) == 2 and not left and not right:
        return pair[:1], pair[1:]
    raise UsageError(
        "compare",
        expected="two works, or --left and --right with works after each",
        found=f"{len(pair)} works, {len(left)} after --left, {len(right)} after --right",
        remedy="write 'morelli compare A B', or 'morelli compare --left A1 A2 --right B1 B2'",
    )


def _require_single(side: list[str]) -> str:
    if len(side) != 1:
        raise UsageError(
            "--explain",
            expected="one picture on each side",
            found=f"{len(side)} on one",
            remedy="explain them pair by pair",
        )
    return side[0]


def print_comparison(answer: Comparison) -> None:
    """Print a comparison: the answer, what stands against it, the numbers, and what they rest on."""
    from morelli.judge.words import RANDOM_PAIR_PRIOR, describe_ratio
    from morelli.model.likelihood_ratio import posterior_probability

    out.print(answer.sentence)
    for reason in answer.reasons:
        out.print(f"  because {reason}")
    out.print()
    evidence = answer.log10_likelihood_ratio
    out.print(f"likelihood ratio {describe_ratio(evidence)}; log10 likelihood ratio {evidence:+.2f}")
    if answer.interval is not None:
        low, high = answer.interval
        ratios = f"{describe_ratio(low)} to {describe_ratio(high)}"
        out.print(f"95 % interval {ratios}; log10 {low:+.2f} to {high:+.2f}")
    for part in answer.parts:
        error = f"log10 ±{part.standard_error:.2f} (standard error over {part.n} answers)"
        out.print(f"  {_PARTS[part.name]}: {error}")
    for omission in answer.omissions:
        out.print(
            f"  without {omission.kind} {omission.left_out} ({omission.side}): "
            f"log10 {omission.log10_likelihood_ratio:+.2f}; no other {omission.kind} changes more"
        )
    out.print(f"probability of one hand {answer.probability:.1%} at your prior of {answer.prior:.1%}")
    other = float(posterior_probability(evidence, RANDOM_PAIR_PRIOR))
    out.print(f"at a prior of {RANDOM_PAIR_PRIOR:.1%} (two random works of a big collection): {other:.1%}")


_PARTS = {"crops": "had the pictures been cropped", "artists": "had other artists been learnt from"}

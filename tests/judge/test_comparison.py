"""Comparisons of sets with crops, sources and an ensemble: each number against a loop, and what is enough."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from types import SimpleNamespace

import numpy as np
import pytest

from morelli.errors import UsageError
from morelli.judge import Side, compare_sides, compare_vectors
from morelli.judge.words import INSUFFICIENT
from morelli.model import Rule
from morelli.model.likelihood_ratio import Calibration, LikelihoodRatioMap
from morelli.model.standardisation import merge_rows


@dataclass(frozen=True)
class FakeEnsemble:
    """Answers that differ from the first by fixed amounts."""

    answers: tuple[float, ...]

    def log10_likelihood_ratios(self, left, right):
        assert left.ndim == right.ndim == 2
        return np.array(self.answers)


@pytest.fixture(scope="module")
def vectors(gallery):
    return gallery.embeddings(gallery.encoder().fingerprint).vectors


def ask(model, ensemble=None):
    """Return what `compare_sides` reads of a model, with an ensemble or none, and no count of draws."""
    head = model.comparison
    head = replace(head, calibration=replace(head.calibration, draws=None))
    return SimpleNamespace(comparison=head, ensemble=ensemble)


def answer_alone(model, left, right, *, bounded=True):
    """Return the log10 likelihood ratio of two sets, from the head alone."""
    head = model.comparison
    rows = [merge_rows(head.transform(part)) for part in (left, right)]
    score = np.array(float(np.dot(*rows)))
    return float(head.log10_likelihood_ratio(score, len(left), len(right), bounded=bounded))


def make_side(vectors, **more):
    return Side(tuple(f"work {place}" for place in range(len(vectors))), vectors, **more)


def test_a_rule_compares_sets_by_the_mean_over_their_pairs(unseen_model, vectors):
    calibration = Calibration({1: LikelihoodRatioMap.linear(0.1, 3.0, bounds=(-90.0, 0.0))})
    head = replace(unseen_model.comparison, rule=Rule("euclidean"), calibration=calibration)
    model = replace(unseen_model, comparison=head, ensemble=None)
    left, right = vectors[:3], vectors[20:22]
    answer = compare_vectors(model, left, right, names=("a", "b"))
    one, other = (head.standardisation.transform(side) for side in (left, right))
    distances = [np.linalg.norm(row - column) for row in one for column in other]
    assert answer.score == pytest.approx(-np.mean(distances), abs=1e-4)
    expected = (0.1 * answer.score + 3.0) / np.log(10)
    assert answer.diagnostics.log10_likelihood_ratio == pytest.approx(expected, abs=1e-6)
    assert answer.omissions  # without each work in turn, by the same rule


def test_sets_equal_their_merged_rows(unseen_model, vectors):
    left, right = vectors[:3], vectors[20:22]
    answer = compare_vectors(ask(unseen_model), left, right, names=("a", "b"), prior=0.2)
    assert (answer.n_left, answer.n_right) == (3, 2)
    assert (answer.left, answer.right) == ("a 1, a 2, a 3", "b 1, b 2")
    evidence = answer.diagnostics.log10_likelihood_ratio
    assert evidence == pytest.approx(answer_alone(unseen_model, left, right), abs=1e-6)
    shuffled = compare_vectors(ask(unseen_model), left[::-1], right, names=("a", "b"), prior=0.2)
    assert shuffled.score == pytest.approx(answer.score, abs=1e-6)
    assert json.loads(json.dumps(answer.to_dict()))["n_left"] == 3


def test_the_doubt_over_crops_equals_a_loop_over_views(unseen_model, vectors):
    left, right = vectors[:2], vectors[30:31]
    crops = vectors[40:46].reshape(2, 3, -1), vectors[50:52].reshape(1, 2, -1)
    sides = make_side(left, crops=crops[0]), make_side(right, crops=crops[1])
    answer = compare_sides(ask(unseen_model), *sides)
    (part,) = answer.parts
    views = [[side.vectors, *(side.crops[:, k] for k in range(side.crops.shape[1]))] for side in sides]
    evidences = [
        answer_alone(unseen_model, one, other, bounded=False) for one in views[0] for other in views[1]
    ]
    squares = [(evidence - evidences[0]) ** 2 for evidence in evidences[1:]]
    assert (part.name, part.n) == ("crops", 11)
    assert part.standard_error == pytest.approx(np.sqrt(sum(squares) / 11), rel=1e-4)


def test_crops_on_one_side_alone_count(unseen_model, vectors):
    sides = make_side(vectors[:1], crops=vectors[None, 1:4]), make_side(vectors[5:6])
    assert compare_sides(ask(unseen_model), *sides).parts[0].n == 3


def test_both_doubts_are_added_in_quadrature(unseen_model, vectors):
    sides = make_side(vectors[:1], crops=vectors[None, 1:4]), make_side(vectors[5:6])
    answer = compare_sides(ask(unseen_model, FakeEnsemble((1.0, 1.2, 0.8, 1.0))), *sides)
    crops, artists = answer.parts
    assert (artists.name, artists.n) == ("artists", 4)
    assert artists.standard_error == pytest.approx(np.sqrt(0.75 * 0.08))
    half = np.hypot(1.959964 * crops.standard_error, 3.182446 * artists.standard_error)  # t, 3 degrees
    middle, bounds = answer.diagnostics.unbounded, answer.diagnostics.bounds
    expected = np.clip([middle - half, middle + half], *bounds)
    assert answer.diagnostics.interval == pytest.approx(expected, abs=1e-5)


def test_evidence_is_enough_when_the_interval_stays_on_one_side(unseen_model, vectors):
    sides = make_side(vectors[:1]), make_side(vectors[5:6])
    evidence = answer_alone(unseen_model, vectors[:1], vectors[5:6])
    sure = compare_sides(ask(unseen_model, FakeEnsemble((evidence, evidence))), *sides)
    assert sure.sufficient
    assert sure.reasons == ()
    assert sure.sentence != INSUFFICIENT
    spread = abs(evidence)
    unsure = compare_sides(ask(unseen_model, FakeEnsemble((evidence - spread, evidence + spread))), *sides)
    assert not unsure.sufficient
    assert unsure.sentence == INSUFFICIENT
    assert unsure.reasons == ("the range under re-cropping and re-learning reaches from two hands to one",)
    assert unsure.log10_likelihood_ratio is unsure.probability is unsure.interval is None
    assert unsure.diagnostics.log10_likelihood_ratio == sure.log10_likelihood_ratio


def bounded_model(model, **more):
    """Return what is read of a model whose answers lie between 1/20 and 100, about a score of 0.2."""
    line = LikelihoodRatioMap.linear(0, 0)
    line = replace(line, scores=np.array([0.1, 0.4]), values=np.array([-np.log10(20), 2.0]))
    head = replace(model.comparison, calibration=Calibration({1: line}, "logistic", **more))
    return SimpleNamespace(comparison=head, ensemble=FakeEnsemble((9.0, 9.0)))


def test_an_answer_at_the_limit_says_so(unseen_model, vectors):
    answer = compare_sides(
        bounded_model(unseen_model), make_side(vectors[:1]), make_side(vectors[:1] * 1.001)
    )
    assert answer.log10_likelihood_ratio == 2.0
    assert answer.diagnostics.unbounded > 2.0
    assert answer.at_limit
    assert answer.interval == (2.0, 2.0)
    assert answer.sentence.endswith(
        "100 times likelier if one artist made both. This is at the limit of what this model can support."
    )


def test_sets_that_were_not_calibrated_are_refused_with_the_number_that_is_missing(unseen_model, vectors):
    model = bounded_model(unseen_model, draws={2: 12, 3: 4})
    with pytest.raises(
        UsageError, match=r"at most 1 on each side.* 12 independent pairs of sets of 2 .* 18 too few"
    ):
        compare_sides(model, make_side(vectors[:2]), make_side(vectors[4:6]))
    with pytest.raises(UsageError, match=r" 4 independent pairs of sets of 3 .* 26 too few"):
        compare_sides(model, make_side(vectors[:9]), make_side(vectors[10:19]))
    assert compare_sides(model, make_side(vectors[:1]), make_side(vectors[5:6])).n_left == 1


def test_an_answer_without_an_interval_is_not_enough(unseen_model, vectors):
    answer = compare_sides(ask(unseen_model), make_side(vectors[:1]), make_side(vectors[5:6]))
    assert answer.interval is None
    assert not answer.sufficient
    assert "neither crops nor models" in answer.reasons[0]


def test_what_is_unsuitable_is_said_first(unseen_model, vectors):
    evidence = answer_alone(unseen_model, vectors[:1], vectors[5:6])
    sides = make_side(vectors[:1]), make_side(vectors[5:6], unsuitable=("b: a page of writing",))
    answer = compare_sides(ask(unseen_model, FakeEnsemble((evidence, evidence))), *sides)
    assert answer.reasons == ("b: a page of writing",)
    assert not answer.sufficient


def test_a_picture_on_both_sides_is_no_evidence(unseen_model, vectors):
    answer = compare_sides(ask(unseen_model), make_side(vectors[:3]), make_side(vectors[[7, 2]]))
    assert answer.reasons[0] == "work 2: the same picture stands on both sides"
    assert not answer.sufficient


def test_leaving_out_works_and_sources_equals_comparing_without_them(unseen_model, vectors):
    left, right = vectors[[0, 1, 2, 60]], vectors[3:5]
    sides = make_side(left, sources=("x", "x", "y", "y")), make_side(right, sources=("x", None))
    answer = compare_sides(ask(unseen_model), *sides)
    whole = answer.diagnostics.log10_likelihood_ratio
    works = [answer_alone(unseen_model, np.delete(left, place, axis=0), right) for place in range(4)]
    works += [answer_alone(unseen_model, left, np.delete(right, place, axis=0)) for place in range(2)]
    sources = {
        name: answer_alone(unseen_model, left[kept], right) for name, kept in (("x", [2, 3]), ("y", [0, 1]))
    }
    work, source = answer.omissions
    assert (work.kind, source.kind, source.side) == ("work", "source", "left")
    assert work.log10_likelihood_ratio == pytest.approx(
        max(works, key=lambda one: abs(one - whole)), abs=1e-5
    )
    assert source.log10_likelihood_ratio == pytest.approx(sources[source.left_out], abs=1e-5)
    assert abs(source.change) == pytest.approx(max(abs(one - whole) for one in sources.values()), abs=1e-5)


def test_one_work_that_turns_the_answer_is_a_reason(unseen_model, vectors):
    head = unseen_model.comparison
    rows = head.transform(vectors)
    scores = rows @ rows[0]
    near, far = int(np.argsort(-scores)[1]), int(np.argmin(scores))
    middle = [float(rows[0] @ merge_rows(rows[[near, far]])), float(scores[near]), float(scores[far])]
    between = (middle[0] + middle[1]) / 2  # the near one alone speaks for one hand, both together for two
    turned = replace(head, calibration=Calibration.linear(10, -10 * between))
    answer = compare_sides(
        SimpleNamespace(comparison=turned, ensemble=None),
        make_side(vectors[[near, far]]),
        make_side(vectors[:1]),
    )
    assert "without the work 'work 1' the evidence would point the other way" in answer.reasons


@pytest.mark.parametrize(
    "more", [{"crops": np.zeros((1, 2, 3), np.float32)}, {"sources": ("a",)}], ids=["crops", "sources"]
)
def test_a_side_whose_parts_differ_in_number_is_refused(more):
    with pytest.raises(UsageError, match="expected at least one work, and a vector for each"):
        Side(("a", "b"), np.zeros((2, 3), np.float32), **more)


def test_an_empty_side_is_refused(unseen_model, vectors):
    with pytest.raises(UsageError, match="found 0 works"):
        compare_vectors(unseen_model, vectors[:0], vectors[:1], names=("a", "b"))

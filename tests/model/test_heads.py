"""Heads as plain arrays: standardisation, probabilities, the fused cosine, Bayes' rule."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from morelli.model import (
    AttributionHead,
    Calibration,
    Cohort,
    ComparisonHead,
    Layers,
    Rule,
    Standardisation,
    Step,
)
from morelli.model.comparison import ArtistSpace
from morelli.model.likelihood_ratio import posterior_probability
from morelli.model.standardisation import _CLIP_SD, merge_rows, unit_rows

vectors = arrays(np.float32, (5, 4), elements=st.floats(-100, 100, width=32))


def make_comparison(raw_weight: float, *names: str, seed: int = 0) -> ComparisonHead:
    rng = np.random.default_rng(seed)
    standardisation = Standardisation(
        rng.normal(size=4).astype(np.float32), rng.uniform(0.5, 2, 4).astype(np.float32)
    )
    projections = {name: rng.normal(size=(4, 3)).astype(np.float32) for name in names}
    return ComparisonHead(standardisation, projections, raw_weight, calibration=Calibration.linear(3.0, -1.0))


def cosine(first, second) -> float:
    lengths = math.sqrt(sum(x * x for x in first)) * math.sqrt(sum(x * x for x in second))
    return sum(x * y for x, y in zip(first, second, strict=True)) / lengths


def test_standardisation_by_hand():
    fitted = Standardisation.fit(np.array([[1, 5], [3, 5]], dtype=np.float32))
    assert fitted.mean.tolist() == [2, 5]
    assert fitted.scale.tolist() == [1, 1]  # the second dimension is constant
    assert fitted.transform(np.array([[4, 5], [-99, 7]], dtype=np.float32)).tolist() == [
        [2, 0],
        [-_CLIP_SD, 2],
    ]


@given(vectors)
def test_standardised_works_are_centred_unless_clipped(values):
    fitted = Standardisation.fit(values)
    standard = fitted.transform(values)
    assert standard.dtype == np.float32
    assert np.abs(standard).max() <= _CLIP_SD
    assert np.isfinite(standard).all()
    varied = values.std(axis=0) > 0.01  # of five values none is further from the mean than two deviations
    np.testing.assert_allclose(standard[:, varied].mean(axis=0), 0, atol=0.02)
    np.testing.assert_allclose(standard[:, varied].std(axis=0), 1, atol=0.02)


@pytest.mark.parametrize("clip", [1.0, _CLIP_SD, math.inf])
def test_a_standardisation_clips_where_it_is_told_and_comes_back(clip):
    standard = Standardisation(np.ones(2, dtype=np.float32), np.full(2, 2, dtype=np.float32), clip)
    values = np.array([[21, -1.5]], dtype=np.float32)
    assert standard.transform(values).tolist() == [[min(10, clip), max(-1.25, -clip)]]
    held = standard.to_arrays()
    assert ("clip" in held) == (clip != _CLIP_SD)  # models written earlier have none
    assert vars(Standardisation.from_parts({}, held)) == vars(standard)


@given(vectors)
def test_the_identity_leaves_vectors_as_they_are(values):
    identity = Standardisation.identity(4)
    np.testing.assert_array_equal(identity.transform(values), values)
    again = Standardisation.from_parts({}, identity.to_arrays())
    np.testing.assert_array_equal(again.transform(values), values)


def make_attribution(temperature: float = 1.0) -> AttributionHead:
    rng = np.random.default_rng(1)
    return AttributionHead(
        Standardisation(np.zeros(4, dtype=np.float32), np.ones(4, dtype=np.float32)),
        ("A", "B", "C"),
        rng.normal(size=(4, 3)).astype(np.float32),
        rng.normal(size=3).astype(np.float32),
        temperature,
    )


@given(vectors, st.floats(0.05, 20))
def test_probabilities_are_the_softmax_of_the_logits(values, temperature):
    head = make_attribution(temperature)
    probabilities = head.predict_proba(values)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    for vector, row in zip(values, probabilities, strict=True):
        clipped = [max(-_CLIP_SD, min(_CLIP_SD, float(x))) for x in vector]
        logits = [
            (sum(x * w for x, w in zip(clipped, column, strict=True)) + intercept) / temperature
            for column, intercept in zip(head.coefficients.T.tolist(), head.intercepts.tolist(), strict=True)
        ]
        exponents = [math.exp(logit - max(logits)) for logit in logits]
        np.testing.assert_allclose(row, [value / sum(exponents) for value in exponents], atol=2e-4)


@given(vectors)
def test_temperature_changes_confidence_and_not_the_order(values):
    cool, warm = (make_attribution(temperature).predict_proba(values) for temperature in (1.0, 3.0))
    assert (warm.max(axis=1) <= cool.max(axis=1) + 1e-6).all()
    assert (warm[np.arange(5), cool.argmax(axis=1)] >= warm.max(axis=1) - 1e-6).all()


def make_layers() -> Layers:
    """Return layers from four numbers to three."""
    rng = np.random.default_rng(8)
    weights, biases = rng.normal(size=(4, 3)).astype(np.float32), rng.normal(size=3).astype(np.float32)
    return Layers((Step("affine", weights, biases), Step("relu")))


@given(vectors, st.lists(st.integers(0, 2), min_size=3, max_size=6))
def test_an_artist_has_the_highest_logit_of_the_works_owned(values, extra):
    owners = np.array([2, 0, 1, *extra], dtype=np.int32)
    rng = np.random.default_rng(len(extra))
    head = AttributionHead(
        Standardisation.identity(4),
        ("A", "B", "C"),
        rng.normal(size=(3, len(owners))).astype(np.float32),
        rng.normal(size=len(owners)).astype(np.float32),
        2.0,
        layers=make_layers(),
        owners=owners,
    )
    columns = make_layers().transform(values) @ head.coefficients + head.intercepts
    logits = head.predict_logits(values)
    for row, of_columns in zip(logits.tolist(), columns.tolist(), strict=True):
        for artist, logit in enumerate(row):
            own = [value for value, owner in zip(of_columns, owners, strict=True) if owner == artist]
            assert logit == pytest.approx(max(own))
    probabilities = head.predict_proba(values)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    again = AttributionHead.from_parts(head.to_facts(), head.to_arrays())
    np.testing.assert_array_equal(again.predict_proba(values), probabilities)


def test_the_nearest_reference_names_the_artist():
    """Coefficients 2 r and intercepts -|r|^2: minus the squared distance, up to what all artists share."""
    rng = np.random.default_rng(3)
    references, works = (
        rng.normal(size=(9, 4)).astype(np.float32),
        rng.normal(size=(20, 4)).astype(np.float32),
    )
    owners = np.array([0, 1, 2] * 3, dtype=np.int32)
    head = AttributionHead(
        Standardisation.identity(4),
        ("A", "B", "C"),
        2 * references.T,
        -(references**2).sum(axis=1),
        1.0,
        owners=owners,
    )
    distances = np.linalg.norm(works[:, None] - references, axis=2)
    assert head.predict_proba(works).argmax(axis=1).tolist() == owners[distances.argmin(axis=1)].tolist()


@pytest.mark.parametrize("owners", [[0, 1], [0, 1, 1, 1], [0, 1, 3], [0, 0, 1]])
def test_owners_that_do_not_fit_are_refused(owners):
    weights = np.zeros((4, 3), dtype=np.float32)
    with pytest.raises(ValueError, match="'owners' does not name"):
        AttributionHead(
            Standardisation.identity(4),
            ("A", "B", "C"),
            weights,
            weights[0],
            1.0,
            owners=np.array(owners, np.int32),
        )


def test_layers_come_before_the_coefficients():
    rng = np.random.default_rng(4)
    values = rng.normal(size=(6, 4)).astype(np.float32)
    weights = rng.normal(size=(3, 2)).astype(np.float32)
    head = AttributionHead(
        Standardisation.fit(values), ("A", "B"), weights, weights[0, :2], 1.0, layers=make_layers()
    )
    rows = make_layers().transform(head.standardisation.transform(values))
    np.testing.assert_allclose(head.predict_logits(values), rows @ weights + weights[0, :2], atol=1e-6)
    assert head.to_facts()["layers"]["steps"] == ["affine", "relu"]


@pytest.mark.parametrize("names", [(), ("lda", "softmax")])
def test_a_comparison_embeds_before_it_projects(names):
    rng = np.random.default_rng(5)
    values = rng.normal(size=(6, 4)).astype(np.float32)
    projections = {name: rng.normal(size=(3, 2)).astype(np.float32) for name in names}
    head = ComparisonHead(Standardisation.fit(values), projections, layers=make_layers())
    embedded = make_layers().transform(head.standardisation.transform(values))
    plain = ComparisonHead(Standardisation.identity(3), projections)
    np.testing.assert_allclose(head.transform(values), plain.transform(embedded), atol=1e-6)
    np.testing.assert_array_equal(head.read_rows(values), head.transform(values))


def test_without_another_rule_scores_are_dot_products_of_rows():
    head = make_comparison(0.5, "lda")
    rows = head.read_rows(np.random.default_rng(6).normal(size=(7, 4)).astype(np.float32))
    rule = head.rule
    np.testing.assert_allclose(rule.score_all(rows[:3], rows), rows[:3] @ rows.T, atol=1e-6)
    np.testing.assert_allclose(
        rule.score_pairs(rows[:3], rows[4:]), (rows[:3] * rows[4:]).sum(axis=1), atol=1e-6
    )
    left, right = np.random.default_rng(0).integers(7, size=(2, 1200))
    np.testing.assert_allclose(rule.score_at(rows, left, right), (rows @ rows.T)[left, right], atol=1e-6)
    merged = [merge_rows(part) for part in (rows[:3], rows[3:])]
    assert rule.score_sets(rows[:3], rows[3:]) == pytest.approx(float(merged[0] @ merged[1]))
    sets = rows[[[0, 1], [2, 3], [4, 5]]]
    table = [[rule.score_sets(one, other) for other in sets] for one in sets]
    np.testing.assert_allclose(rule.score_all_sets(sets, sets), table, atol=1e-6)
    assert "rule" not in head.to_facts()


@pytest.mark.parametrize("kind", ["euclidean", "pearson"])
def test_a_rule_scores_what_the_layers_give(kind):
    values = np.random.default_rng(7).normal(size=(7, 4)).astype(np.float32)
    rule = Rule(kind)
    head = ComparisonHead(Standardisation.fit(values), layers=make_layers(), rule=rule)
    rows = rule.to_rows(make_layers().transform(head.standardisation.transform(values)))
    np.testing.assert_array_equal(head.read_rows(values), rows)
    places = np.arange(7), np.arange(7)[::-1]
    np.testing.assert_array_equal(rule.score_at(rows, *places), rule.score_pairs(rows, rows[::-1]))
    assert rule.score_sets(rows[:2], rows[2:]) == rule.score_all(rows[:2], rows[2:]).mean()
    assert head.method == kind
    lengths = np.linalg.norm(head.transform(values), axis=1)  # one row for a search
    assert np.all((np.abs(lengths - 1) < 1e-4) | (lengths == 0))
    again = ComparisonHead.from_parts(head.to_facts(), head.to_arrays())
    np.testing.assert_array_equal(again.read_rows(values), rows)
    np.testing.assert_array_equal(again.transform(values), head.transform(values))


@pytest.mark.parametrize("raw_weight", [0.0, 0.25, 1.0, 3.0])
@pytest.mark.parametrize("names", [["lda"], ["lda", "softmax"], ["lda", "contrastive", "softmax"]])
def test_the_score_is_the_weighted_mean_of_cosines(names, raw_weight):
    head = make_comparison(raw_weight, *names)
    assert head.method == "+".join(names + (["raw"] if raw_weight else []))
    values = np.random.default_rng(2).normal(size=(6, 4)).astype(np.float32)
    rows = head.transform(values)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    mean, scale = head.standardisation.mean, head.standardisation.scale
    standard = [
        [
            max(-_CLIP_SD, min(_CLIP_SD, (float(x) - float(m)) / float(s)))
            for x, m, s in zip(vector, mean, scale, strict=True)
        ]
        for vector in values
    ]
    projected = [
        [[sum(x * float(w) for x, w in zip(row, column, strict=True)) for column in projection.T]
         for row in standard]
        for projection in head.projections.values()
    ]  # fmt: skip
    for i in range(6):
        for j in range(6):
            learnt = sum(cosine(space[i], space[j]) for space in projected) / len(names)
            expected = (learnt + raw_weight * cosine(standard[i], standard[j])) / (1 + raw_weight)
            assert float(rows[i] @ rows[j]) == pytest.approx(expected, abs=1e-5)


def test_the_space_of_artists_takes_part_by_its_weight():
    plain = make_comparison(0.25, "lda", "softmax")
    directions = unit_rows(np.random.default_rng(4).normal(size=(5, 3)).astype(np.float32)).T
    artists = ArtistSpace("softmax", directions, temperature=0.5, weight=3.0)
    head = replace(plain, artists=artists)
    assert head.method == "lda+softmax+raw+artists"
    values = np.random.default_rng(2).normal(size=(6, 4)).astype(np.float32)
    rows, others = head.transform(values), plain.transform(values)
    softmax_rows = unit_rows(plain.embed(values) @ plain.projections["softmax"])
    for i in range(6):
        for j in range(6):
            likely = []
            for place in (i, j):
                powers = [
                    math.exp(float(softmax_rows[place] @ directions[:, artist]) / 0.5) for artist in range(5)
                ]
                likely.append([power / sum(powers) for power in powers])
            overlap = sum(math.sqrt(p * q) for p, q in zip(*likely, strict=True))
            expected = (1.25 * float(others[i] @ others[j]) + 3 * overlap) / 4.25
            assert float(rows[i] @ rows[j]) == pytest.approx(expected, abs=1e-5)
    again = ComparisonHead.from_parts(head.to_facts(), head.to_arrays())
    np.testing.assert_array_equal(again.transform(values), rows)


def test_without_a_space_the_score_is_the_standardised_cosine():
    head = make_comparison(0)
    assert head.method == "cosine"
    values = np.random.default_rng(3).normal(size=(2, 4)).astype(np.float32)
    rows = head.transform(values)
    standard = head.standardisation.transform(values)
    assert float(rows[0] @ rows[1]) == pytest.approx(cosine(*standard.tolist()), abs=1e-6)


def test_a_cohort_by_hand():
    """Two works on a right angle; one has the cohort's two nearest works at cosines 1 and 0.6."""
    cohort = Cohort(np.array([[1, 0], [0.6, 0.8], [-1, 0]], dtype=np.float32), n_neighbours=2, weight=2.0)
    first, second = cohort.extend(np.array([[1, 0], [0, -1]], dtype=np.float32)).tolist()
    lonely_first, lonely_second = 1 - (1 + 0.6) / 2, 1 - (0 + 0) / 2  # the second's cosines: 0, -0.8, 0
    lengths = [math.sqrt(1 + 2 * lonely**2) for lonely in (lonely_first, lonely_second)]
    assert first == pytest.approx([1 / lengths[0], 0, math.sqrt(2) * lonely_first / lengths[0]])
    assert second == pytest.approx([0, -1 / lengths[1], math.sqrt(2) * lonely_second / lengths[1]])
    score = sum(a * b for a, b in zip(first, second, strict=True))
    assert score == pytest.approx(2 * lonely_first * lonely_second / (lengths[0] * lengths[1]))


def test_a_cohort_takes_works_block_by_block(monkeypatch):
    rng = np.random.default_rng(4)
    cohort = Cohort(unit_rows(rng.normal(size=(9, 4)).astype(np.float32)), n_neighbours=3, weight=2.0)
    rows = unit_rows(rng.normal(size=(20, 4)).astype(np.float32))
    whole = cohort.extend(rows)
    monkeypatch.setattr("morelli.model.comparison._BLOCK_ROWS", 7)
    np.testing.assert_allclose(cohort.extend(rows), whole, atol=1e-6)
    assert cohort.extend(rows[:0]).shape == (0, 5)


def test_works_in_a_crowd_score_less_than_lonely_ones_at_the_same_angle():
    crowd = np.array([[1, 0, 0, 0], [0.8, 0.6, 0, 0]], dtype=np.float32)
    lonely = np.array([[0, 0, 1, 0], [0, 0, 0.8, 0.6]], dtype=np.float32)
    cohort = Cohort(crowd, n_neighbours=1, weight=2.0)
    for rows in (crowd, lonely):
        assert float(rows[0] @ rows[1]) == pytest.approx(0.8)
    crowded, apart = (cohort.extend(rows) for rows in (crowd, lonely))
    assert crowded[0] @ crowded[1] < apart[0] @ apart[1]


@given(vectors, st.sampled_from([0.0, 0.5]))
def test_rows_of_the_comparison_space_have_length_one_or_none(values, raw_weight):
    lengths = np.linalg.norm(make_comparison(raw_weight, "lda").transform(values), axis=1)
    assert np.all((np.abs(lengths - 1) < 1e-4) | (lengths == 0))


def test_the_likelihood_ratio_is_a_line_in_tens():
    head = make_comparison(0)
    assert head.log10_likelihood_ratio(np.array([0.0, 1.0])) == pytest.approx(
        [-1 / math.log(10), 2 / math.log(10)]
    )
    assert head.log10_likelihood_ratio(np.zeros((2, 3))).shape == (2, 3)


def test_a_zero_row_stays_zero():
    assert unit_rows(np.zeros((1, 3), dtype=np.float32)).tolist() == [[0, 0, 0]]


@pytest.mark.parametrize(
    ("evidence", "prior", "expected"),
    [
        (0, 0.3, 0.3),
        (1, 0.5, 10 / 11),
        (2, 0.01, 100 / 199),
        (-1, 0.5, 1 / 11),
        (400, 0.5, 1),
        (-400, 0.5, 0),
    ],
)
def test_bayes_rule_by_hand(evidence, prior, expected):
    assert float(posterior_probability(evidence, prior)) == pytest.approx(expected)


@given(st.floats(-20, 20), st.floats(0.001, 0.999))
def test_bayes_rule_in_odds(evidence, prior):
    odds = prior / (1 - prior) * 10**evidence
    assert float(posterior_probability(evidence, prior)) == pytest.approx(odds / (1 + odds), rel=1e-6)
    opposite = float(posterior_probability(-evidence, 1 - prior))
    assert float(posterior_probability(evidence, prior)) == pytest.approx(1 - opposite, abs=1e-9)

"""A model and a gallery, opened once, and what they answer about works named by file or by work id.

The command line prints what a `Session` returns; a service or a notebook asks the same object.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from morelli.collection.duplicates.links import MEANINGS
from morelli.collection.reading import FILE_FACTS
from morelli.collection.work import Skip
from morelli.encode.encoder import Encoder
from morelli.encode.spec import EncoderCard
from morelli.encode.views import cut_crops
from morelli.errors import GalleryError, PictureError, UsageError
from morelli.gallery import Gallery, Match, search_gallery
from morelli.gallery.blocks import Space
from morelli.judge.attribution import attribute_vectors
from morelli.judge.comparison import Side, check_prior, compare_sides, withhold
from morelli.judge.enrolment import enrol_artist
from morelli.judge.explanation import Explanation, explain_comparison
from morelli.judge.results import Attribution, Comparison, Matches
from morelli.judge.search import (
    References,
    check_signal,
    choose_space,
    find_row,
    open_references,
    require_head,
    search_same_work,
)
from morelli.judge.signals import (
    Sight,
    SignalProfile,
    link_sights,
    profile_linked,
    profile_pair,
    read_look,
    read_pixels,
)
from morelli.judge.suitability import (
    find_outside,
    find_unsuitable,
    list_clauses,
    list_doubts,
    require_sight,
)
from morelli.judge.works import (
    Names,
    Queries,
    SideWork,
    check_query,
    entitle_work,
    identify_work,
    is_work_id,
    list_names,
    locate_work,
    open_folders,
    read_labels,
)
from morelli.model import BACKBONE_WEIGHTS, Model, read_model
from morelli.model.prediction_sets import LEVEL
from morelli.model.signals import (
    DESCRIPTORS,
    ENCODER,
    SignalHead,
    SignalName,
    Sources,
    join_sources,
    slice_descriptors,
)
from morelli.settings import load_settings

_Float = NDArray[np.float32]


class Session:
    """A model and a gallery, opened once, and what they answer; either may be missing.

    A work is named by its file or, where there is a gallery, by its id in it.

    Parameters
    ----------
    model
        Needed for everything but searches by an encoder's vectors, by palette or for the same work.
    gallery
        Reference works.
    weights
        Files with the weights of the encoder's networks, in order.
    device
        As the setting; None: that of the settings.
    """

    def __init__(
        self,
        model: Model | None = None,
        gallery: Gallery | None = None,
        *,
        weights: Sequence[Path] = (),
        device: str | None = None,
    ) -> None:
        self._model = model
        self.gallery = gallery
        self._weights = tuple(weights)
        self._device = device

    @classmethod
    def open(
        cls,
        model: str | Path | None = None,
        gallery: str | Path | None = None,
        *,
        weights: Sequence[Path] | None = None,
        device: str | None = None,
    ) -> Session:
        """Read the model and open the gallery; a model of a tuned network has its weights beside it."""
        own = [] if model is None else [Path(model, BACKBONE_WEIGHTS)]
        return cls(
            None if model is None else read_model(Path(model)),
            Gallery(gallery) if gallery else None,
            weights=weights or [path for path in own if path.is_file()],
            device=device,
        )

    @property
    def model(self) -> Model:
        """The model; `UsageError` without one."""
        if self._model is None:
            raise UsageError("session", expected="a model", found="none", remedy="add --model")
        return self._model

    @cached_property
    def encoder(self) -> Encoder:
        """The model's encoder, built when first needed."""
        return self._build_encoder(self.model.encoder)

    @cached_property
    def references(self) -> References | None:
        """The gallery in the model's space, or None without a gallery."""
        return References.open(self.gallery, self.model) if self.gallery is not None else None

    def attribute(self, pictures: Names | Queries, *, k: int = 5, level: float = LEVEL) -> list[Attribution]:
        """Return the k likeliest artists of each picture, and the reference works nearest to it.

        Of what `read` returned, the works that can be used are answered; of names, all or none.

        Prediction sets hold the right artist in this share of cases, between 0 and 1, both excluded.
        """
        works = pictures if isinstance(pictures, Queries) else self.read(pictures)
        if works is not pictures and works.skips:
            first = works.skips[0]
            raise PictureError(
                first.path, expected="a picture to judge", found=first.reason, remedy="leave it out"
            )
        answers = attribute_vectors(
            self.model,
            works.vectors,
            works.names,
            references=self.references,
            ids=works.ids,
            k=k,
            level=level,
        )
        return [replace(answer, doubts=doubts) for answer, doubts in zip(answers, works.doubts, strict=True)]

    def compare(self, left: Names, right: Names, *, prior: float = 0.5, n_crops: int = 4) -> Comparison:
        """Return the evidence that two sets of works are by one hand; of two single works, with a profile.

        The prior, of one hand before looking, lies between 0 and 1, both excluded. Doubt is measured on 0 to
        5 crops of each picture; where one of a set is not at hand, on none of the set.
        """
        check_prior(prior)
        sides = [self.read_side(list_names(names), n_crops=n_crops) for names in (left, right)]
        answer = compare_sides(self.model, sides[0], sides[1], prior=prior)
        is_pair = answer.n_left == answer.n_right == 1
        seen = [
            [self._see(*work, is_described=is_pair) for work in zip(side.names, side.vectors, strict=True)]
            for side in sides
        ]
        links = [link_sights(*sights) for sights in product(*seen)]
        repeats = [
            f"{one} and {other} show the same work: {MEANINGS[link.relation]}"
            for (one, other), link in zip(product(sides[0].names, sides[1].names), links, strict=True)
            if link is not None
        ]
        if repeats:
            answer = withhold(answer, *repeats)
        if is_pair:
            profile = profile_linked(self.model, seen[0][0], seen[1][0], links[0])
            answer = replace(answer, profile=profile if answer.sufficient else profile.withhold_hand())
        return answer

    def profile(self, left: str | Path, right: str | Path) -> SignalProfile:
        """Return what each signal says of two works."""
        sights = [self._see(name, self._encode_work(name)) for name in (str(left), str(right))]
        return profile_pair(self.model, sights[0], sights[1])

    def explain(self, left: str, right: str, *, answer: Comparison | None = None) -> Explanation:
        """Return where the evidence of a comparison of two works lies; the answer is that of `compare`."""
        paths = [self.find_file(name) for name in (left, right)]
        return explain_comparison(
            self.model,
            self.encoder,
            *paths,
            answer=answer or self.compare([left], [right]),
            names=(entitle_work(self.gallery, left, paths[0]), entitle_work(self.gallery, right, paths[1])),
            seed=load_settings().seed,
        )

    def search(
        self,
        query: str | Path,
        *,
        k: int = 10,
        where: str | None = None,
        by: str | None = None,
        encoder: str | None = None,
    ) -> Matches:
        """Return the k works of the gallery most like another, best first and without itself.

        They are compared by a signal: by default the hand with a model, else the vectors of an encoder, given
        by name or fingerprint. The condition `where` is SQL over the works table.
        """
        found = self._search(str(query), k=k, where=where, by=by, encoder=encoder)
        return Matches(str(query), found, signal=by)

    def _search(
        self, query: str, *, k: int, where: str | None, by: str | None, encoder: str | None
    ) -> list[Match]:
        gallery = self.gallery
        if gallery is None:
            raise UsageError("search", expected="a gallery", found="none", remedy="add --gallery")
        check_query(gallery, query, where)
        if encoder is not None and self._model is not None:
            raise UsageError(
                "--encoder", expected="none beside a model", found=encoder, remedy="leave one of them out"
            )
        if by is not None and (name := check_signal(by, has_model=self._model is not None)) != "hand":
            return self._search_signal(gallery, query, name, k=k, where=where)
        card = gallery.encoder(encoder) if self._model is None else self._model.encoder
        if is_work_id(query):
            vector = gallery.find_vectors(card.fingerprint, [query])[0]
        else:
            built = self._build_encoder(card) if self._model is None else self.encoder
            vector = self._read_picture(Path(query), 0, built)[0][0]
        own, place = identify_work(query), (gallery, card.fingerprint)
        return search_gallery(*place, vector, k=k, where=where, without=own, space=self._space)

    @cached_property
    def _space(self) -> Space:
        return choose_space(self._model)

    def enrol(self, artist: str, works: Names | Queries, **options: bool) -> Model:
        """Return the model with an artist added, or with more works; options are those of `enrol_artist`."""
        works = works if isinstance(works, Queries) else self.read(works)
        return enrol_artist(self.model, artist, works.vectors, works.ids, **options)

    def read(self, works: Names) -> Queries:
        """Return works as vectors; pictures that cannot be used are skips, a folder stands for its pictures.

        Raises
        ------
        PictureError
            When none can be used.
        """
        names, skips = open_folders(list_names(works))
        n_named = len(skips) + len(names)
        found, vectors, doubts = [], [], []
        for name in names:
            try:
                vector, seen = self._read_vector(name)
                vectors.append(vector)
                doubts.append(self._describe_doubts(name, vector, seen))
                found.append(name)
            except PictureError as error:
                skips.append(Skip.of_fault(name, error))
                if len(skips) == n_named:
                    raise
        return Queries(
            tuple(found), tuple(map(identify_work, found)), np.stack(vectors), tuple(skips), tuple(doubts)
        )

    def read_side(self, names: Sequence[str], *, n_crops: int) -> Side:
        """Return works as a side of a comparison."""
        works = [self._read_work(name, n_crops) for name in names]
        vectors = np.stack([work.vector for work in works])
        crops = [work.crops for work in works if work.crops is not None]
        doubts = {name: work.doubts for name, work in zip(names, works, strict=True)}
        outside = find_outside(self.model, read_labels(self.gallery, names))
        return Side(
            names=tuple(names),
            vectors=vectors,
            crops=np.stack(crops) if n_crops and len(crops) == len(works) else None,
            sources=tuple(work.source for work in works),
            unsuitable=find_unsuitable(self.model, vectors, names, doubts),
            doubts=tuple(
                f"{name}: {clause}"
                for name, work, further in zip(names, works, outside, strict=True)
                for clause in filter(None, (*list_clauses(work.doubts, is_suitable=True), further))
            ),
            in_domain=None if None in outside else not any(outside),
        )

    def with_model(self, model: Model) -> Session:
        """Return a session of another model of the same encoder."""
        return Session(model, self.gallery, weights=self._weights, device=self._device)

    def find_file(self, name: str) -> Path:
        """Return the file of a work.

        Raises `GalleryError` when the gallery has no work of that id, `PictureError` when its file is no
        longer the one that was collected.
        """
        if self.gallery is None or not is_work_id(name):
            return Path(name)
        row = self._find_row(name)
        if not row:
            raise GalleryError(
                f"work {name}",
                expected=f"a work of {self.gallery.address}",
                found="no work of that id",
                remedy="look ids up with 'morelli search'",
            )
        return locate_work(name, row)

    def _build_encoder(self, card: EncoderCard) -> Encoder:
        return Encoder.from_card(card, load_settings(device=self._device), weights=self._weights)

    def _encode_work(self, name: str) -> _Float:
        """Return (d,) the vector of a file, or the stored one of a work of the gallery."""
        return self._read_vector(name)[0]

    def _read_vector(self, name: str) -> tuple[_Float, tuple[str, ...]]:
        """Return (d,) the vector of a work, and of a file what stands against judging it.

        Of a work of the gallery the stored vector is enough, whatever has become of its file.
        """
        if not is_work_id(name):
            vectors, doubts = self._read_picture(Path(name), 0)
            return vectors[0], doubts
        if self.gallery is None:
            raise UsageError(
                name, expected="a picture", found="a work id without a gallery", remedy="add --gallery"
            )
        return self.gallery.find_vectors(self.model.encoder.fingerprint, [name])[0], ()

    def _describe_doubts(self, name: str, vector: _Float, doubts: Sequence[str]) -> tuple[str, ...]:
        unsuitable = find_unsuitable(self.model, vector[None], [name], {name: doubts})
        heard = tuple(clause.removeprefix(f"{name}: ") for clause in unsuitable)
        return (*heard, *list_clauses(doubts, is_suitable=True))

    def _read_work(self, name: str, n_crops: int) -> SideWork:
        if not is_work_id(name):
            vectors, doubts = self._read_picture(Path(name), n_crops, is_strict=False)
            return SideWork(vectors[0], vectors[1:], self._find_row(name).get("source"), doubts)
        vector, row = self._encode_work(name), self._find_row(name)
        if not row or not Path(row["path"]).is_file():
            return SideWork(vector, None, row.get("source"), ())
        vectors, doubts = self._read_picture(locate_work(name, row), n_crops, is_strict=False)
        return SideWork(vector, vectors[1:], row.get("source"), doubts)

    def _read_picture(
        self, path: Path, n_crops: int, encoder: Encoder | None = None, *, is_strict: bool = True
    ) -> tuple[_Float, tuple[str, ...]]:
        """Return (1 + k, d) vectors of a picture and its crops, and what stands against judging it.

        The one entrance of pictures. Strictly: `PictureError` where there is nothing to see.
        """
        encoder = encoder or self.encoder
        picture = encoder.open_picture(path)
        doubts = list_doubts(picture)
        if is_strict:
            require_sight(picture, path, doubts)
        images = [picture.image, *(cut_crops(picture.image, n_crops) if n_crops else ())]
        vectors = encoder.encode_images(images)
        if not np.isfinite(vectors).all():
            raise PictureError(
                path, expected="a finite vector", found="one that is not", remedy="try --precision fp32"
            )
        return vectors, doubts

    def _find_row(self, name: str) -> dict[str, Any]:
        """Return source and file of a work of the gallery, by id or by the content of its file."""
        if self.gallery is None:
            return {}
        works = self.gallery.find_works([identify_work(name)])
        rows = works.select("source", "path", *FILE_FACTS).to_dicts()
        return rows[0] if rows else {}

    def _see(self, name: str, vector: _Float, *, is_described: bool = True) -> Sight:
        """Return a work as the signals see it; where its file cannot be read, its vector alone.

        Not described: with its look, and without the descriptors that a profile reads.
        """
        try:
            path = self.find_file(name)
            return Sight(vector, *read_pixels(path)) if is_described else Sight(vector, look=read_look(path))
        except (PictureError, GalleryError):
            return Sight(vector)  # the profile says which signals that leaves without an answer

    def _search_signal(
        self, gallery: Gallery, query: str, name: SignalName, *, k: int, where: str | None
    ) -> list[Match]:
        if name == "work":
            look = read_look(self.find_file(query))
            return search_same_work(gallery, look, k=k, where=where, without=identify_work(query))
        head = require_head(self._model, name)
        if is_work_id(query):
            row = find_row(gallery, head, self._model, query)
        else:
            row = head.transform(self._read_sources(Path(query), head))[0]
        references = open_references(gallery, head, self._model, where=where)
        return references.nearest(row, k=k, without=identify_work(query))

    def _read_sources(self, path: Path, head: SignalHead) -> Sources:
        """Return (1, d) of each source of a picture that a signal reads."""
        needed = {space.source for space in head.spaces}
        if ENCODER not in needed:
            return {DESCRIPTORS: read_pixels(path)[0][None]}
        card, vectors = self.model.encoder, self._read_picture(path, 0)[0]
        has_own = DESCRIPTORS not in needed or slice_descriptors(card, vectors) is not None
        return join_sources(card, vectors, None if has_own else read_pixels(path)[0][None])


def open_session(
    gallery: str | Path | None = None,
    model: str | Path | None = None,
    *,
    weights: Sequence[Path] | None = None,
    device: str | None = None,
) -> Session:
    """Return a session with a gallery, a model or both, as `morelli.open` is called.

    Parameters
    ----------
    gallery, model
        Their folders; a gallery may have an address such as ``s3://...``.
    weights, device
        As `Session.open` takes them.
    """
    return Session.open(model, gallery, weights=weights, device=device)

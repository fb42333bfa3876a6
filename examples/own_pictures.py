"""The whole journey in one script: collect, embed, split, train, attribute, compare, search, evaluate.

``python examples/own_pictures.py`` draws a small collection of invented painters into a temporary folder.
So it needs neither pictures, nor weights, nor a network. ``python examples/own_pictures.py PICTURES OUTPUT``
takes a folder or table of your own instead, and leaves what it makes in OUTPUT.

Ten painters with twelve works each show how the parts fit together. They are far too few to say how well
anything works.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import morelli
from morelli.demo.collection import draw_collection


def main() -> None:
    """Work on the source of the command line, or on a collection drawn for the purpose."""
    if len(sys.argv) == 3:
        run_journey(Path(sys.argv[1]), Path(sys.argv[2]))
        return
    with tempfile.TemporaryDirectory() as folder:
        pictures = draw_collection(Path(folder) / "pictures", n_painters=10, n_works=12, n_processes=1)
        run_journey(pictures, Path(folder) / "output")


def run_journey(source: Path, output: Path) -> None:
    """Take one source through all steps and print what each gives back."""
    settings = morelli.Settings(
        workers=0
    )  # few pictures are decoded sooner here than in processes of their own

    print("1. Collect: read each picture once, list what cannot be read.")
    gallery = morelli.Gallery(output / "gallery", is_new=True)
    collected = morelli.collect_source(gallery, morelli.recognise(source), settings)
    print(f"   {collected.works} works, layout {collected.layout}, {len(collected.skips)} skipped")

    print("2. Embed: one vector for each work. The descriptors need no weights.")
    encoder = morelli.Encoder(morelli.parse_encoder("descriptors"), settings)
    embedded = morelli.embed_gallery(gallery, encoder, settings)
    embeddings = gallery.embeddings(encoder.card.fingerprint)
    print(f"   {embedded.embedded} new vectors; {embeddings}")

    print("3. Split and train, once for seen and once for unseen artists.")
    models = {}
    for kind in ("seen", "unseen"):
        split = morelli.draw_split(gallery.works(), kind, seed=settings.seed)
        model = morelli.train_model(embeddings, encoder.card, split, collection=gallery.name)
        morelli.write_model(model, output / f"model-{kind}")
        models[kind] = morelli.read_model(output / f"model-{kind}")
        parts = ", ".join(f"{part} {split.count(part)}" for part in ("train", "val", "test"))
        print(f"   {kind}: {parts}; {models[kind]}")

    test = models["seen"].split.part("test")
    works = gallery.works().filter(gallery.works()["id"].is_in(test["id"].to_list()))
    first, second = works.row(0, named=True), works.row(1, named=True)

    print(f"4. Attribute a test work by {first['artist']}.")
    [answer] = morelli.attribute_vectors(
        models["seen"],
        embeddings.select([first["id"]]),
        [first["path"]],
        references=morelli.References.open(gallery, models["seen"]),
        ids=[first["id"]],
        k=3,
    )
    for candidate in answer.candidates:
        print(f"   {candidate.probability:6.1%}  {candidate.artist}")
    nearest = answer.references[0]
    print(f"   nearest reference work: {nearest.title} by {nearest.artist}, score {nearest.score:.2f}")

    print(f"5. Compare it with a work by {second['artist']}.")
    left, right = embeddings.select([first["id"], second["id"]])
    comparison = morelli.compare_vectors(
        models["unseen"], left, right, names=(first["path"], second["path"]), prior=0.1
    )
    print(f"   {comparison.sentence}")
    if comparison.log10_likelihood_ratio is None or comparison.probability is None:
        print(f"   because {comparison.reasons[0]}")
    else:
        print(
            f"   log10 likelihood ratio {comparison.log10_likelihood_ratio:+.2f}; "
            f"at a prior of {comparison.prior:g} the probability of one hand is {comparison.probability:.1%}"
        )

    print("6. Search by the stored vectors alone; no model is needed.")
    for match in morelli.search_gallery(gallery, encoder.card.fingerprint, left, k=3, without=first["id"]):
        print(f"   {match.score:.3f}  {match.title} by {match.artist}")

    print("7. Evaluate on test works only, seen and unseen artists apart.")
    report = morelli.evaluate_models(gallery, list(models.values()))
    page = morelli.write_report(report, output / "report")
    for row in report.rows:
        if row.metric in {"accuracy", "roc_auc", "recall_at_5"}:
            print(
                f"   {row.part:6} {row.metric:12} {row.value:.2f}  [{row.low:.2f}, {row.high:.2f}]  n={row.n}"
            )
    print(f"   {page.name} is written")


if __name__ == "__main__":
    main()

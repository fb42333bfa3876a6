"""The demo: a collection of invented painters, drawn by the package itself.

A fresh clone has no pictures and may have no network, yet its whole journey must run. Invented painters in
five schools paint here, each with a hand that shows in colour, stroke and composition, and that varies from
work to work and over the years as a real one does.

Begin in `collection`, which writes the folder that every other chapter reads. `hands` says who paints,
`subjects` what is painted, `sight` what the painter sees of it, and `painting` how.
"""

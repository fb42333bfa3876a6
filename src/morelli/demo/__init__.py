"""The painters: a collection of synthetic artists, drawn by the package itself.

A fresh clone has no pictures and may have no network, yet its whole journey must run. This room draws a
collection to run it on: invented painters in five schools, each with a hand that shows in colour, stroke and
composition, and that varies from work to work and over the years as a real one does.

Read in this order: `palettes`, `schools` and `hands` say who paints; `layout`, `shapes`, `scenery`, `props`
and `subjects` what is painted; `sight`, `strokes`, `canvas` and `painting` how. `signatures` gives names and
titles, `commissions` decides about each work, `stamps` knows whether a file is whole, and `collection` writes
the folder that every other room reads.
"""

from __future__ import annotations

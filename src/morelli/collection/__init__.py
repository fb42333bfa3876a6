"""From a source of pictures to a table of works, and to splits that can be trusted.

In the order of the work: `sources` recognise a layout and name the works, `reading` opens each picture once
(through `pictures`), `table` holds what was found, `duplicates` and `splits` divide it, `exports` hands it
on.
"""

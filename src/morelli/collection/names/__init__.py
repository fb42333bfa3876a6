"""How a name is read.

`text` cleans it, `people` parts it from life dates, `catalogue` turns "Surname, Forename" around.
`qualifiers` reads "workshop of" and its kin; `twins` finds two spellings of one artist.
"""

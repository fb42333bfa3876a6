"""A table or records of the user's own: which column is which field, who made a work, where its picture is.

Begin in `table`; `records` reads JSON, `columns` finds the columns, `makers` the people.
"""

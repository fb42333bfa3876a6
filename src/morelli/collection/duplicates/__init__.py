"""Which works show the same painting.

`hashes` are quick fingerprints, `looks` compares pictures, `candidates` finds pairs worth a look, `links`
joins them to groups.
"""

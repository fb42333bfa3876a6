"""From a picture to a vector, by an encoder of one part or several.

Begin in `encoder`, which prepares pictures and joins what its parts say of them; `spec` is what a user asks
for, and the card that tells encoders apart. A part is a network (`backbone`, which looks through `features`
at the layers that `pooling` sums up, with `weights` from a file or timm), the `descriptors`, which need no
weights, or a plug-in of another package (`plugins`).
"""

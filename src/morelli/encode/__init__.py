"""Encoders: from a picture to a vector."""

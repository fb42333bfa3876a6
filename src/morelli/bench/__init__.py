"""Protocols and recipes beside each other, each cell measured once; begin in `run`."""

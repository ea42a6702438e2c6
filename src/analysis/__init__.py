"""Countersignal: how far a strong Step 2 CK outweighs early trouble, and where to apply."""

__version__ = "0.2.0"

"""Frames in, frames out: no files, no clock, no randomness without a seed.

The equations, with worked examples, are in docs/methods.md; functions name their section.
"""

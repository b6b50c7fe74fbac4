"""Tests of the Graph client and of what Meta posts."""

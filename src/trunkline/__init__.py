"""Trunkline: one self-hosted line between AI agents and the chat networks people use."""

__version__ = "0.1.0"

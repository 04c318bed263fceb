"""Platewarden: a license plate reader system that can prove that its policy was kept."""

__version__ = "0.1.0"

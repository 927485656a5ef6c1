"""Synthetic inputs to try things with, and the demonstration that uses them."""

"""Drawings for reading copies, as SVG that needs no script and no other file."""

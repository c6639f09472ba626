"""Layouts in which arms differ in more than treatment: in plate, place on it, or acquisition.

Such a layout is a note. It becomes a caution where the study's own data show that it matters:
plates that differ in what is on both, edge wells that differ from other wells of the same material,
readings that drift during the acquisition. One file for each layout.
"""

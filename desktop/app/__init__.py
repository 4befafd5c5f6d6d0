"""Builds everything and hands it to each other: first windows, station, main window.

The first window is on screen before the slow imports; the store opens on another thread meanwhile.
`program` runs the whole, `entrance` leads a person in, `desk` builds the main window, `background` what runs by itself.
"""

"""Camera tiles: supervised workers that play into the windows of the wall.

There are none yet.
"""

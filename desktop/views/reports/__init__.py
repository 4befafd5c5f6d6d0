"""Documents of the centre: what to print, for which time, and where the file goes."""

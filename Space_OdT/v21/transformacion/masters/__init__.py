"""The master files of a site: read, matched to parameters, and walked row by row."""

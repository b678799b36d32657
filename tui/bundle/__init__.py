"""The outside world: bundle directories on disk, read while they grow, and written.

Everything that touches a file of a bundle is here. Reading never changes a bundle and opens nothing but regular
files inside it; what cannot be read comes back as a value that says why.
"""

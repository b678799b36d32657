"""The bundle as its bytes say it: manifest, event envelope, event kinds, payload references.

Everything here is a plain value; nothing opens a file. Importing this room costs msgspec and no more.
"""

"""The bundles of a folder, and each at a glance."""

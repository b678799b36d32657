"""The outside world: reading, tailing and writing bundles on disk. A bundle that is read is never written to."""

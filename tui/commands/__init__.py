"""What `rtrace-tui` does, one file per command. Each is imported only when it is asked for."""

"""What went wrong, object by object and sorted."""

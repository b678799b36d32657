"""Many recordings as one: what is known of each at a glance, kept in an index of the user's own, and found again."""

"""Lists that lie over the panes, or take their place: to look at, to narrow, to choose from."""

"""The recordings of a folder as rows: columns, order, filter, totals. For the folder screen and for `ls`."""

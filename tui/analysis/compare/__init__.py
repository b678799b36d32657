"""Two recordings held against each other: where they part, and whether the model or the world did it. Pure."""

"""What keeps the folder screen current: looking at the folder, having recordings read, searching all of them."""

"""Files opened safely: confined, regular, unpacked as they grow."""

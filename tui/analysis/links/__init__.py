"""What an object is linked with, both ways, and why it is here."""

"""What goes on behind the panes of one recording: each part is an object with one owner, the main screen."""

"""How the recording, the session and each agent are, by evidence."""

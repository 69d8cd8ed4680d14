"""The author's side: what waits lies in trays, and one press of a button decides it."""

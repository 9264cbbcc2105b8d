"""How to follow a view: its feed, its calendar, and the command that sends its digest."""

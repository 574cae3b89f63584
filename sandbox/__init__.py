"""A pretend class group that speaks real OneBot to the bot (`python -m sandbox`)."""

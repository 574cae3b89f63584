"""Builds the application and runs it: `.venv/bin/python bot.py`, `nb run`, or `qungui run`."""

from src.application import run

if __name__ == "__main__":
    run()

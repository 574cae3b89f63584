"""Measurements against plain NoneBot2, over one real WebSocket; see README.md."""

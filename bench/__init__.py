"""Measurements beside plain NoneBot2 and nonebot-plugin-admin, over a real WebSocket; see README.md."""

"""Measurements against plain NoneBot2 and nonebot-plugin-admin, over one real WebSocket each; see README.md."""

"""管理命令: what teachers and the class committee on duty order."""

from nonebot.plugin import PluginMetadata

from . import cases, orders, pause, record, requests, roles, tasks

__plugin_meta__ = PluginMetadata(
    name="管理命令",
    description="警告、禁言、移出、撤回、案件、待办、要人做的事",
    usage="在群里发送 /帮助",
    type="application",
    config=None,
    supported_adapters={"~onebot.v11", "~onebot.v12"},
)

__all__ = ["cases", "orders", "pause", "record", "requests", "roles", "tasks"]

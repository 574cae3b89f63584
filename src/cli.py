"""The command line `qungui`."""

from __future__ import annotations

import argparse
from importlib import import_module
import io
import json
import os
from pathlib import Path
import sys
from typing import TYPE_CHECKING

from . import texts
from .application import home, plugin_names, read_settings, run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .core.policy import Policy

_LINE_BREAKS = str.maketrans({char: f"\\u{ord(char):04x}" for char in "\x85\u2028\u2029"})
"""What some programs take for the end of a line, as JSON can also write it."""


def main() -> None:
    """Entry point of the console script."""
    parser = argparse.ArgumentParser(prog="qungui", description="群规：让班级群的制度自己运行")
    commands = parser.add_subparsers(dest="command", required=True, metavar="命令")
    commands.add_parser("run", help="启动机器人")
    policy = commands.add_parser("policy", help="检查制度文件")
    check = policy.add_subparsers(dest="action", required=True).add_parser("check", help="检查")
    check.add_argument("file", type=Path, metavar="FILE")
    judge = commands.add_parser("judge", help="逐行判断一个文件里的消息，每行输出一个 JSON")
    judge.add_argument("--policy", metavar="NAME", help="按哪个制度；不写就用全部类别")
    judge.add_argument("file", type=Path, metavar="FILE")
    backup = commands.add_parser("backup", help="备份数据库（可在运行时做）")
    backup.add_argument("target", type=Path, metavar="FILE")
    restore = commands.add_parser("restore", help="恢复数据库（要先停下机器人）")
    restore.add_argument("source", type=Path, metavar="FILE")
    audit = commands.add_parser("audit", help="核对审计记录（可在运行时做）")
    audit.add_argument("file", nargs="?", type=Path, metavar="FILE", help="核对一个备份文件")
    audit.add_argument(
        "--head", default="", metavar="HEAD", help="以前的记录尾还在不在，如 120:0123456789abcdef"
    )
    audit.add_argument("--list", action="store_true", help="列出记录")
    audit.add_argument("--group", type=int, metavar="N", help="只列一个群的（群编号）")
    audit.add_argument("--since", metavar="DATE", help="只列这一天以来的，如 2026-11-03")
    audit.add_argument("--personal", action="store_true", help="连个人信息一起列出")
    case = commands.add_parser("case", help="一个案件的处理说明（可在运行时看）")
    case.add_argument("item", metavar="N", help="案件编号，如 3-12")
    case.add_argument("--group", type=int, metavar="G", help="群编号，编号里没有写的时候")
    case.add_argument("--json", action="store_true", help="输出 JSON")
    roster = commands.add_parser("roster", help="班级名册（要先停下机器人）")
    _add_actions(roster)
    inspect = commands.add_parser("inspect", help="把各群的情况写成 .xlsx（要先停下机器人）")
    inspect.add_argument("file", type=Path, metavar="FILE")
    arguments = parser.parse_args()
    if arguments.command == "run":
        run()
    elif arguments.command == "policy":
        sys.exit(_check(arguments.file))
    elif arguments.command == "judge":
        sys.exit(_judge(arguments.policy, arguments.file))
    elif arguments.command == "backup":
        sys.exit(_backup(arguments.target.resolve()))
    elif arguments.command == "audit":
        sys.exit(_audit(arguments))
    elif arguments.command == "case":
        sys.exit(_case(arguments))
    elif arguments.command == "roster":
        sys.exit(_roster(arguments))
    elif arguments.command == "inspect":
        sys.exit(_inspect(arguments.file.resolve()))
    else:
        sys.exit(_restore(arguments.source.resolve()))


def _add_actions(roster: argparse.ArgumentParser) -> None:
    """The actions of `qungui roster`, and what each takes."""
    actions = roster.add_subparsers(dest="action", required=True, metavar="动作")
    for action, title in texts.ROSTER_ACTIONS.items():
        one = actions.add_parser(action, help=title)
        one.add_argument("--class", dest="name", required=True, metavar="NAME", help="班级的名称")
        if action == "import":
            one.add_argument("--dry-run", action="store_true", help="只看，不写")
        if action == "export":
            one.add_argument("--person", metavar="WHO", help="只要一个人（一家）的全部资料，JSON")
        if action == "erase":
            one.add_argument("--yes", action="store_true", help="确定删除")
        if action == "codes":
            one.add_argument("--days", type=int, help="有效天数")
        if action in ("import", "export"):
            one.add_argument("file", type=Path, metavar="FILE")
        if action in ("close", "erase"):
            one.add_argument("who", metavar="WHO", help="学号或姓名")


def _import_plugins() -> None:
    """Import every plugin's area without NoneBot: no platform, no database."""
    for name in plugin_names():
        import_module(f"src.plugins.{name}")


def _check(file: Path) -> int:
    from .core.policy import check, compile_policy, load_pack

    _import_plugins()
    errors = check(file)
    for error in errors:
        print(error, file=sys.stderr)
    if errors:
        return 1
    policy = compile_policy(load_pack(file), version=0, policy_id=None)
    print(
        texts.POLICY_FINE.format(file=file, clauses=len(policy.clauses), running=len(policy.bound))
    )
    return 0


def _judge(name: str | None, file: Path) -> int:
    from .core.judging import judge_line, policy_of_everything
    from .core.policy import PackError, compile_policy, load_pack

    _import_plugins()
    if isinstance(sys.stdout, io.TextIOWrapper):
        # JSON is UTF-8, whatever the terminal is set to.
        sys.stdout.reconfigure(encoding="utf-8")
    policy: Policy
    try:
        if name is None:
            policy = policy_of_everything()
        else:
            path = Path(name)
            pack = load_pack(path if path.suffix == ".toml" else name)
            policy = compile_policy(pack, version=0, policy_id=None)
        for line in _lines(file):
            answer = json.dumps(judge_line(line, policy), ensure_ascii=False)
            print(answer.translate(_LINE_BREAKS))
        sys.stdout.flush()
    except PackError as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Whoever reads our lines has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        print(texts.NO_FILE.format(file=file, error=error.strerror), file=sys.stderr)
        return 1
    return 0


def _lines(file: Path) -> Iterator[str]:
    with file.open(encoding="utf-8-sig", errors="replace", newline="\n") as text:
        for line in text:
            yield line.removesuffix("\n").removesuffix("\r")


def _database_url() -> str:
    """The database as the application would have it, `.env` included."""
    return read_settings(home(), driver="~none").database_url


def _backup(target: Path) -> int:
    from .core.store import StoreError, backup

    try:
        backup(_database_url(), home(), target)
    except StoreError as error:
        print(error, file=sys.stderr)
        return 1
    print(texts.BACKED_UP.format(target=target))
    return 0


def _restore(source: Path) -> int:
    from .core.clock import RealClock
    from .core.store import StoreError, restore

    try:
        kept = restore(_database_url(), home(), source, RealClock())
    except StoreError as error:
        print(error, file=sys.stderr)
        return 1
    print(texts.RESTORED.format(kept=kept) if kept else texts.NOTHING_KEPT)
    return 0


def _audit(arguments: argparse.Namespace) -> int:
    from .audits import carry_out

    if arguments.file is not None:
        # The settings are read in another folder.
        arguments.file = arguments.file.resolve()
    return carry_out(arguments)


def _case(arguments: argparse.Namespace) -> int:
    from .statements import carry_out

    _import_plugins()
    return carry_out(arguments)


def _roster(arguments: argparse.Namespace) -> int:
    from .rosters import carry_out

    if "file" in arguments:
        # The settings are read in another folder.
        arguments.file = arguments.file.resolve()
    return carry_out(arguments)


def _inspect(file: Path) -> int:
    from .inspections import write

    return write(file)


if __name__ == "__main__":
    main()

// What a newcomer may try, by who they are. A tap puts it into the box; nothing is sent by itself.

const EVERYONE = [["收到", "收到"], ["/群规", "/群规"], ["/我的记录", "/我的记录"], ["/申诉", "/申诉 "], ["/帮助", "/帮助"]];
const DUTY = [["/警告", "/警告 @"], ["/禁言", "/禁言 @"], ["/解禁", "/解禁 @"], ["/待办", "/待办"], ["/案件", "/案件 "], ["/复核", "/复核"], ["/待审", "/待审"]];
const HEAD = [["/角色", "/角色 @"], ["/功能", "/功能"], ["/词库", "/词库 test "], ["/体检", "/体检"]];

const GROUP = {
  班主任: [...HEAD, ...DUTY, ["/群规", "/群规"], ["/帮助", "/帮助"]],
  老师: [...DUTY, ["/群规", "/群规"], ["/我的记录", "/我的记录"], ["/帮助", "/帮助"]],
  班委: [...EVERYONE, ...DUTY],
};
const PRIVATE = [["我的记录", "我的记录"], ["申诉", "申诉 "], ["群规", "群规"], ["隐私", "隐私"], ["帮助", "帮助"]];
const PRIVATE_DUTY = [["待办", "待办"], ["复核", "复核"]];

/** Pairs of what the chip says and what it types. */
export function suggestions(kind, where) {
  if (where === "group") return GROUP[kind] ?? EVERYONE;
  return kind === "班主任" || kind === "老师" ? [...PRIVATE_DUTY, ...PRIVATE] : PRIVATE;
}

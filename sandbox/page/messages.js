// How an entry of the log looks.

import { button, el } from "./dom.js";

const ZONE = "Asia/Shanghai";
const HOUR = new Intl.DateTimeFormat("zh-CN", { timeZone: ZONE, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const FULL = new Intl.DateTimeFormat("zh-CN", {
  timeZone: ZONE, month: "numeric", day: "numeric", weekday: "short",
  hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
});
const DAY = new Intl.DateTimeFormat("zh-CN", { timeZone: ZONE, month: "numeric", day: "numeric", weekday: "long" });
const ICONS = { image: "🖼️", sticker: "😀", voice: "🔊", video: "🎬", file: "📄", link: "🔗", forward: "💬", "red-packet": "🧧", other: "📎" };
const ROLES = { owner: "群主", admin: "管理员" };

export const hour = (time) => HOUR.format(time * 1000);
export const moment = (time) => FULL.format(time * 1000);
export const day = (time) => DAY.format(time * 1000);

export const VERDICTS = {
  ordinary: "没事", command: "命令", not_judged: "未判断", case: "已处理", review: "待老师看", unseen: "没看到",
};

export function avatar(person) {
  // A parent is called by the child's name, so the first character tells families apart.
  const shown = [...person.name.replace(/^(班主任|数学|家委)/, "")][0] ?? "?";
  return el("span", { class: `avatar ${person.bot ? "hbot" : `h${person.id % 8}`}`, "aria-hidden": "true" }, person.bot ? "规" : shown);
}

/** What a message says, in one line. */
export const gist = (entry) => entry.pieces.map((piece) => (piece.type === "tile" ? `[${piece.title}]` : piece.text ?? "")).join("").trim();

function drawn(piece, find) {
  switch (piece.type) {
    case "at": return el("span", { class: "mention" }, piece.text);
    case "reply": {
      const quoted = find(piece.id);
      return el("span", { class: "quote" }, quoted ? `${quoted.name}：${quoted.withdrawn ? "（已撤回）" : gist(quoted)}` : "（一条更早的消息）");
    }
    case "tile":
      return el("span", { class: "tile" },
        el("span", { class: "icon", "aria-hidden": "true" }, ICONS[piece.icon] ?? ICONS.other),
        el("span", { class: "text" }, el("span", {}, piece.title), piece.detail && el("small", {}, piece.detail),
          ...piece.lines.map((line) => el("small", {}, line))));
    default: return piece.text;
  }
}

function bubble(entry, find) {
  const inside = entry.pieces.map((piece) => drawn(piece, find));
  if (!entry.withdrawn) return el("div", { class: "bubble" }, ...inside);
  const by = entry.withdrawn.by ? `被${entry.withdrawn.by}撤回` : "本人撤回";
  return el("div", { class: "bubble" }, el("span", { class: "gone" }, `${by}（群里已看不到）`), el("del", {}, ...inside));
}

/** The chip that says what became of a message. */
export function chip(entry, open) {
  const looks = entry.looks;
  if (!looks) return el("span", { class: "chip soft", role: "img", "aria-label": "还没有判完" }, "…");
  const label = VERDICTS[looks.verdict] + (looks.case ? ` #${looks.case}` : "");
  return button(label, () => open(entry), {
    class: `chip ${looks.verdict}`, "aria-label": `${label}，看为什么`, "aria-haspopup": "dialog", title: looks.reason,
  });
}

/** `context` has me, people, find(id), details(entry), actions(entry, anchor), decide(entry, approve). */
export function element(entry, context) {
  const id = `n${entry.n}`;
  if (entry.kind === "line") return el("p", { class: entry.scene ? "line scene" : "line", id }, entry.text);
  if (entry.kind === "request") {
    const may = !entry.decided && ["owner", "admin"].includes(context.me?.role);
    return el("p", { class: "line", id }, entry.text, entry.decided ? `　${entry.decided}` : "",
      may && button("同意", () => context.decide(entry, true)), may && button("拒绝", () => context.decide(entry, false)));
  }
  const bot = entry.bot;
  const classes = ["message", bot && "bot", entry.who === context.me?.id && "mine", entry.withdrawn && "withdrawn"];
  return el("article", { class: classes.filter(Boolean).join(" "), id, "aria-label": `${entry.name}，${hour(entry.time)}` },
    avatar({ id: entry.who, name: entry.name, bot }),
    el("div", { class: "body" },
      el("div", { class: "meta" }, el("span", {}, entry.name),
        bot ? el("span", { class: "role bot" }, "机器人") : ROLES[entry.role] && el("span", { class: "role" }, ROLES[entry.role]),
        el("time", { datetime: new Date(entry.time * 1000).toISOString(), title: moment(entry.time) }, hour(entry.time))),
      bubble(entry, context.find),
      el("div", { class: "foot" },
        entry.where === "group" && !bot && chip(entry, context.details),
        !entry.withdrawn && entry.where === "group" &&
          el("button", {
            type: "button", class: "dots", "aria-haspopup": "menu", "aria-label": `对${entry.name}的消息做什么`,
            on: { click: (event) => context.actions(entry, event.currentTarget) },
          }, "⋯"))));
}

// How an entry of the log looks.

import { button, drawing, el } from "./dom.js";

const ZONE = "Asia/Shanghai";
const HOUR = new Intl.DateTimeFormat("zh-CN", { timeZone: ZONE, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const CLOCK = new Intl.DateTimeFormat("zh-CN", { timeZone: ZONE, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const DATE = new Intl.DateTimeFormat("zh-CN", { timeZone: ZONE, month: "long", day: "numeric" });
const WEEKDAY = new Intl.DateTimeFormat("zh-CN", { timeZone: ZONE, weekday: "short" });
// Drawn here, as not every machine has a font of pictures.
const ICONS = {
  image: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9h.01",
  sticker: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM8.5 10h.01M15.5 10h.01M8 14c1 2 2.5 3 4 3s3-1 4-3",
  voice: "M4 10v4h4l5 4V6L8 10zM16.5 9a4 4 0 0 1 0 6M19 6.5a8 8 0 0 1 0 11",
  video: "M3 6h12v12H3zM15 10l6-3v10l-6-3z",
  file: "M6 3h8l5 5v13H6zM14 3v5h5M9 13h7M9 17h7",
  link: "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1",
  forward: "M4 5h16v11H11l-4 4v-4H4zM8 9h8M8 12h5",
  "red-packet": "M6 3h12v18H6zM6 7c3 3 9 3 12 0M12 9a2 2 0 1 0 0 4 2 2 0 0 0 0-4z",
  other: "M8 12.5 13.5 7a3 3 0 0 1 4.5 4.5L11 18.5a5 5 0 0 1-7-7L10.5 5",
};
const ROLES = { owner: "群主", admin: "管理员" };

export const hour = (time) => HOUR.format(time * 1000);
export const day = (time) => `${DATE.format(time * 1000)} ${WEEKDAY.format(time * 1000)}`;
export const moment = (time) => `${day(time)} ${CLOCK.format(time * 1000)}`;

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
        drawing(ICONS[piece.icon] ?? ICONS.other, `icon ${piece.icon}`),
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
      el("div", { class: "foot", "aria-live": "off" },
        entry.where === "group" && !bot && chip(entry, context.details),
        !entry.withdrawn && entry.where === "group" &&
          el("button", {
            type: "button", class: "dots", "aria-haspopup": "menu", "aria-label": `对${entry.name}的消息做什么`,
            on: { click: (event) => context.actions(entry, event.currentTarget) },
          }, "⋯"))));
}

// The page of the sandbox class: one picks who one is, and sees and does what they would.

import { suggestions } from "./commands.js";
import { $, button, el, roving } from "./dom.js";
import { Live } from "./live.js";
import { closeMenu, openMenu, ask } from "./menu.js";
import { avatar, chip, day, element, gist, hour, moment, VERDICTS } from "./messages.js";

const WIDE = matchMedia("(min-width: 1100px)");
const KEPT = 1000;

const state = {
  people: [], group: null, entries: [], clock: { now: 0, running: true }, day: {}, samples: [], packs: [],
  me: 0, tab: "group", reply: null, seen: new Map(), heard: true, shown: null,
};

const me = () => state.people.find((person) => person.id === state.me);
const find = (id) => state.entries.find((entry) => entry.id === id);
const visible = (entry) => entry.where === (state.tab === "group" ? "group" : state.me);

// What the server tells ---------------------------------------------------------------------------

const heard = {
  snapshot(change) {
    const first = state.group === null;
    const { people, group, entries, clock, day: plays, samples, packs } = change;
    Object.assign(state, { people, group, clock, day: plays, samples, packs, heard: change.heard });
    const newest = entries.at(-1)?.n ?? 0;
    const before = state.entries.at(-1)?.n ?? 0;
    state.entries = entries.map(marked);
    // After a first look, or a restart of the class, nothing counts as unread.
    if (first || newest < before) for (const person of people) state.seen.set(person.id, newest);
    if (!me()) state.me = people.find((person) => person.kind === "家长")?.id ?? people[0].id;
    $("lost").hidden = true;
    drawAll();
    drawLost();
    // Not on a phone, where the keyboard would cover the talk.
    if (first && WIDE.matches) box.focus({ preventScroll: true });
  },
  entry(change) {
    const entry = marked(change.entry);
    state.entries.push(entry);
    if (state.entries.length > KEPT) $(`n${state.entries.shift().n}`)?.remove();
    if (visible(entry)) append(entry);
    read();
  },
  withdrawn: (change) => alter(change, "withdrawn"),
  looks: (change) => alter(change, "looks"),
  decided: (change) => alter(change, "decided"),
  class({ people, group }) {
    const role = me()?.role;
    Object.assign(state, { people, group });
    drawPeople();
    drawStanding();
    drawChips();
    if (me()?.role !== role) drawLog();
  },
  clock({ clock }) { state.clock = clock; drawClock(); },
  day({ day: plays }) { state.day = plays; drawDay(); },
  heard(change) { state.heard = change.heard; drawLost(); },
};

const live = new Live(
  (change) => heard[change.type]?.(change),
  () => { $("lost").textContent = "连接断开了，正在重新连接……"; $("lost").hidden = false; },
);

const marked = (entry) => ({ ...entry, bot: state.people.find((person) => person.id === entry.who)?.bot ?? false });

function alter({ n, ...rest }, field) {
  const entry = state.entries.find((one) => one.n === n);
  if (!entry) return;
  entry[field] = rest[field];
  const shown = $(`n${n}`);
  const old = shown && (field === "looks" ? shown.querySelector(".chip") : shown);
  if (old) {
    // A button that has the focus keeps it when what it stands on is drawn anew.
    const buttons = (of) => [...of.parentElement.querySelectorAll("button")];
    const focused = old.contains(document.activeElement) ? buttons(old).indexOf(document.activeElement) : -1;
    const below = nearEnd();
    const made = field === "looks" ? chip(entry, openDetails) : element(entry, context());
    old.replaceWith(made);
    if (focused >= 0) buttons(made)[focused]?.focus({ preventScroll: true });
    if (below) toEnd();
  }
  if (state.shown === entry) drawDetails(entry);
}

// Drawing -----------------------------------------------------------------------------------------

function drawAll() {
  drawPeople();
  drawTabs();
  drawLog();
  drawStanding();
  drawChips();
  drawReply();
  drawClock();
  drawDay();
}

const unread = (id) => state.entries.filter((entry) => entry.where === id && entry.bot && entry.n > (state.seen.get(id) ?? 0)).length;

function badge(count) {
  return count ? el("span", { class: "badge" }, String(count), el("span", { class: "hidden" }, " 条未读私聊")) : null;
}

function drawPeople() {
  const box = $("people");
  const muted = (person) => person.muted_until > state.clock.now;
  const key = JSON.stringify([state.me, state.people.map((person) => [person, muted(person), unread(person.id)])]);
  if (key !== drawPeople.key) drawPersons(box, muted);
  drawPeople.key = key;
  const mine = unread(state.me);
  $("private-unread").replaceChildren(...(mine ? badge(mine).childNodes : []));
  $("private-unread").hidden = !mine;
  $("group-name").textContent = `${state.group.name}（${state.group.members}）`;
}

function drawPersons(box, muted) {
  const focused = box.contains(document.activeElement);
  box.replaceChildren(...state.people.filter((person) => !person.bot).map((person) => {
    const input = el("input", { type: "radio", name: "who", value: person.id, on: { change: () => choose(person.id) } });
    input.checked = person.id === state.me;
    const kind = [person.kind, !person.member && person.kind !== "陌生人" ? "不在群里" : "", muted(person) ? "禁言中" : ""].filter(Boolean).join(" · ");
    return el("label", { class: person.member ? "person" : "person away" }, input, avatar(person),
      el("span", { class: "text" }, el("span", { class: "name", title: person.name }, person.name), el("span", { class: "kind" }, kind)),
      badge(unread(person.id)));
  }));
  if (focused) box.querySelector(":checked")?.focus({ preventScroll: true });
}

function drawTabs() {
  for (const name of ["group", "private"]) {
    const tab = $(`tab-${name}`);
    tab.setAttribute("aria-selected", String(state.tab === name));
    tab.tabIndex = state.tab === name ? 0 : -1;
  }
  $("panel").setAttribute("aria-labelledby", `tab-${state.tab}`);
  $("at").hidden = state.tab !== "group";
}

function context() {
  return {
    me: me(), find, details: openDetails, actions: messageMenu,
    decide: (entry, approve) => act({ do: "decide", who: state.me, flag: entry.flag, approve }),
  };
}

const log = $("log");
const nearEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < 90;
const toEnd = () => { log.scrollTop = log.scrollHeight; $("newest").hidden = true; };

function drawLog() {
  // Only what comes from now on is read out, not the whole talk again.
  log.setAttribute("aria-live", "off");
  const around = context();
  let last = "";
  const drawn = state.entries.filter(visible).flatMap((entry) => {
    const today = day(entry.time);
    const divider = today === last ? [] : [el("p", { class: "line" }, today)];
    last = today;
    return [...divider, element(entry, around)];
  });
  log.replaceChildren(...drawn);
  log.dataset.day = last;
  if (!drawn.length) {
    log.append(el("p", { class: "line", id: "empty" }, state.tab === "group" ? "还没有人说话。先选“班主任”，点“选群规”，再换成家长试试。" : "这里是和机器人的私聊，它的提醒会出现在这里。"));
  }
  toEnd();
  setTimeout(() => log.setAttribute("aria-live", "polite"), 300);
}

function append(entry) {
  const below = nearEnd() || entry.who === state.me;
  $("empty")?.remove();
  if (log.dataset.day !== day(entry.time)) {
    log.dataset.day = day(entry.time);
    log.append(el("p", { class: "line" }, log.dataset.day));
  }
  const made = element(entry, context());
  made.classList.add("new");
  log.append(made);
  if (below) toEnd();
  else $("newest").hidden = false;
}

function standing() {
  const person = me();
  if (!person) return "";
  if (state.tab === "private") {
    return person.member || person.friend ? "" : "您不在群里，也不是机器人的好友：先点“申请加好友”，它才收得到私聊。";
  }
  if (!person.member) return "您不在群里，只是让您看看。点“申请入群”试试。";
  if (person.muted_until > state.clock.now) return `您被禁言到 ${moment(person.muted_until)}。可以让时间过去，或私聊机器人申诉。`;
  if (state.group.all_muted && person.role === "member") return "全员禁言中，只有老师可以说话。";
  return "";
}

function drawStanding() {
  const says = standing();
  if ($("standing").textContent !== says) $("standing").textContent = says;
  $("standing").hidden = !says;
}

function drawChips() {
  const person = me();
  const own = [];
  if (!person) return;
  if (!person.member && state.tab === "group") own.push(["申请入群", join]);
  if (!person.friend && !person.member && state.tab === "private") own.push(["申请加好友", befriend]);
  if (person.kind === "班主任" && state.tab === "group") own.push(["选群规 ▾", (event) => packMenu(event.currentTarget)]);
  const reachable = state.tab === "group" ? person.member : person.member || person.friend;
  const typed = reachable ? suggestions(person.kind, state.tab) : [];
  const key = JSON.stringify([state.me, state.tab, own.map(([label]) => label), typed.length]);
  // Drawn only where they change, so that the focus stays on a chip.
  if ($("chips").dataset.key === key) return;
  $("chips").dataset.key = key;
  $("chips").replaceChildren(
    ...own.map(([label, does]) => button(label, does, label.endsWith("▾") ? { "aria-haspopup": "menu" } : {})),
    ...typed.map(([label, words]) => button(label, () => type(words))),
  );
}

function drawReply() {
  const replied = state.reply && find(state.reply);
  $("replying").hidden = !replied;
  if (replied) $("replying").firstElementChild.textContent = `回复 ${replied.name}：${gist(replied)}`;
}

function drawClock() {
  const { now, running } = state.clock;
  $("now").textContent = moment(now);
  $("now").dateTime = new Date(now * 1000).toISOString();
  $("pause").setAttribute("aria-pressed", String(!running));
  $("pause").textContent = running ? "暂停时钟" : "时钟已暂停";
  drawStanding();
  drawPeople();
}

function drawDay() {
  const { playing, caption, speed } = state.day;
  $("play").textContent = playing ? "停止播放" : "播放示范日";
  $("speed").value = speed;
  $("caption").hidden = !caption;
  $("caption").textContent = playing ? `正在播放示范日${caption && "："}${caption}` : caption;
  for (const one of document.querySelectorAll("[data-advance], #morning, #pause")) one.disabled = playing;
}

function drawLost() {
  if (!state.heard) { $("lost").textContent = "机器人没有在听，正在等它回来……"; $("lost").hidden = false; }
  else if (state.group) $("lost").hidden = true;
}

// Who and where -----------------------------------------------------------------------------------

function read() {
  if (state.tab === "private") state.seen.set(state.me, state.entries.at(-1)?.n ?? 0);
  drawPeople();
}

function choose(id) {
  state.me = id;
  state.reply = null;
  closePicker();
  read();
  drawLog();
  drawStanding();
  drawChips();
  drawReply();
}

function show(tab) {
  state.tab = tab;
  state.reply = null;
  closePicker();
  drawTabs();
  read();
  drawLog();
  drawStanding();
  drawChips();
  drawReply();
}

for (const tab of ["group", "private"]) $(`tab-${tab}`).addEventListener("click", () => show(tab));
document.querySelector("[role=tablist]").addEventListener("keydown", (event) => {
  roving(event, [$("tab-group"), $("tab-private")], (tab) => { tab.focus(); tab.click(); });
});
log.addEventListener("scroll", () => { if (nearEnd()) $("newest").hidden = true; });
$("newest").addEventListener("click", () => { toEnd(); log.focus(); });

// Doing -------------------------------------------------------------------------------------------

let fading = 0;
function tell(words) {
  const toast = $("toast");
  toast.hidden = false;
  toast.textContent = words;
  clearTimeout(fading);
  fading = setTimeout(() => { toast.hidden = true; }, 5000);
}

async function act(action) {
  const answer = await live.act(action);
  if (answer.type === "refused") tell(answer.text);
  return answer.type === "done";
}

async function join() {
  const answer = await ask("申请入群", "入群问题：您是哪位同学的家长？", "", 60);
  if (answer !== null) act({ do: "join", who: state.me, answer });
}
const befriend = () => act({ do: "befriend", who: state.me });

async function changeCard() {
  const card = await ask("改群名片", "新的群名片", me().card, 20);
  if (card !== null) act({ do: "card", who: state.me, card });
}

async function leave() {
  if ((await ask(`${me().name}要退群吗？`, "", "", 0)) !== null) act({ do: "leave", who: state.me });
}

function packMenu(anchor) {
  openMenu(anchor, "选一份群规", state.packs.map(({ name, title }) => ({ label: title, act: () => type(`/制度 use ${name}`) })));
}

$("more").addEventListener("click", (event) => {
  const person = me();
  const where = state.tab;
  const items = state.samples.map(({ name, label }) => ({ label, act: () => act({ do: "send", who: person.id, where, sample: name }) }));
  items.push(null);
  if (person.member) items.push({ label: "改群名片……", act: changeCard }, { label: "退群……", act: leave });
  else items.push({ label: "申请入群……", act: join });
  if (!person.friend) items.push({ label: "申请加机器人为好友", act: befriend });
  openMenu(event.currentTarget, "发别的，或做别的", items);
});

function messageMenu(entry, anchor) {
  const person = me();
  const staff = ["班主任", "老师", "班委"].includes(person.kind);
  const reply = (words) => () => { state.reply = entry.id; drawReply(); type(words); };
  const items = [{ label: "回复", act: reply("") }];
  if (entry.who !== person.id) items.push({ label: `@${entry.name}`, act: () => type(`@${entry.name} `, true) });
  if (entry.who === person.id) items.push({ label: "撤回", act: () => act({ do: "recall", who: person.id, message: entry.id }) });
  items.push({ label: "问机器人为什么（/为什么）", act: reply("/为什么") });
  if (staff && !entry.bot && entry.who !== person.id) {
    items.push(null, { label: "警告（/警告）", act: reply("/警告 ") }, { label: "禁言 10 分钟（/禁言）", act: reply("/禁言 10分钟 ") }, { label: "请机器人撤回（/撤回）", act: reply("/撤回") });
  }
  openMenu(anchor, "对这条消息", items);
}

$("replying").lastElementChild.addEventListener("click", () => { state.reply = null; drawReply(); box.focus(); });

// The box -----------------------------------------------------------------------------------------

const box = $("box");
let waiting = false;

function grow() {
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight + 2, 132)}px`;
}

/** Put words into the box: in place of what is there, or where the caret is. */
function type(words, insert = false) {
  if (insert) box.setRangeText(words, box.selectionStart, box.selectionEnd, "end");
  else { box.value = words; box.setSelectionRange(words.length, words.length); }
  box.focus();
  grow();
  offer();
}

/** The text as segments: `@name` of a member becomes a mention. */
function content(words) {
  if (state.tab !== "group") return [{ text: words }];
  const names = [...state.people.filter((person) => person.member).map(({ name, id }) => [name, id]), ["全体成员", 0]]
    .sort(([one], [other]) => other.length - one.length);
  const parts = [];
  let rest = words;
  while (rest) {
    const at = [...rest.matchAll(/@/g)].find(({ index }) => names.some(([name]) => rest.startsWith(name, index + 1)))?.index ?? rest.length;
    if (at) parts.push({ text: rest.slice(0, at) });
    const named = names.find(([name]) => rest.startsWith(name, at + 1));
    if (at < rest.length) parts.push({ at: named[1] });
    rest = at < rest.length ? rest.slice(at + 1 + named[0].length) : "";
  }
  return parts;
}

async function send() {
  const words = box.value;
  if (waiting || !words.trim()) return;
  waiting = true;
  const done = await act({ do: "speak", who: state.me, where: state.tab, content: content(words.trim()), reply: state.tab === "group" ? state.reply : null });
  waiting = false;
  if (!done) return;
  // What was typed meanwhile stays.
  box.value = box.value === words ? "" : box.value;
  state.reply = null;
  drawReply();
  grow();
}

$("composer").addEventListener("submit", (event) => { event.preventDefault(); closePicker(); send(); box.focus(); });
box.addEventListener("input", () => { grow(); offer(); });
box.addEventListener("blur", () => setTimeout(() => { if (document.activeElement !== box) closePicker(); }, 150));
box.addEventListener("keydown", (event) => {
  // Enter that ends a word of the input method sends nothing.
  if (event.isComposing || event.keyCode === 229) return;
  if (!picker.hidden && pickerKey(event)) { event.preventDefault(); return; }
  if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); send(); }
  else if (event.key === "Escape" && state.reply) { state.reply = null; drawReply(); }
});
$("at").addEventListener("click", () => type("@", true));

// @ somebody --------------------------------------------------------------------------------------

const picker = $("picker");
let picked = 0;

function offer() {
  const typed = state.tab === "group" && /@([^@\s]{0,12})$/.exec(box.value.slice(0, box.selectionStart));
  const named = typed && state.people.filter((person) => person.member && person.id !== state.me && person.name.includes(typed[1]));
  // A whole name needs no more help.
  if (!named?.length || named.some((person) => person.name === typed[1])) { closePicker(); return; }
  picked = 0;
  picker.replaceChildren(...named.map((person, index) => el("div", {
    role: "option", id: `pick${index}`, data: { name: person.name },
    on: { pointerdown: (event) => { event.preventDefault(); pick(person.name); } },
  }, person.name)));
  picker.hidden = false;
  box.setAttribute("aria-expanded", "true");
  mark(0);
}

function mark(index) {
  const options = [...picker.children];
  picked = (index + options.length) % options.length;
  options.forEach((option, at) => option.setAttribute("aria-selected", String(at === picked)));
  options[picked].scrollIntoView({ block: "nearest" });
  box.setAttribute("aria-activedescendant", options[picked].id);
}

function closePicker() {
  picker.hidden = true;
  box.setAttribute("aria-expanded", "false");
  box.removeAttribute("aria-activedescendant");
}

function pick(name) {
  const start = box.value.slice(0, box.selectionStart).lastIndexOf("@");
  box.setRangeText(`@${name} `, start, box.selectionStart, "end");
  closePicker();
  box.focus();
  grow();
}

function pickerKey(event) {
  if (event.key === "ArrowDown") mark(picked + 1);
  else if (event.key === "ArrowUp") mark(picked - 1);
  else if (event.key === "Enter" || event.key === "Tab") pick(picker.children[picked].dataset.name);
  else if (event.key === "Escape") closePicker();
  else return false;
  return true;
}

// Why it was or was not judged --------------------------------------------------------------------

const details = $("details");
let back = null;

function openDetails(entry) {
  back = `n${entry.n}`;
  state.shown = entry;
  drawDetails(entry);
  // The case may have gone on since.
  live.act({ do: "look", message: entry.id });
  if (details.open) { $("details-close").focus(); return; }
  const modal = !WIDE.matches;
  details.classList.toggle("modal", modal);
  if (modal) details.showModal();
  else details.show();
  $("details-close").focus();
}

function drawDetails(entry) {
  const looks = entry.looks;
  if (!looks) return;
  const found = looks.clauses.filter((clause) => clause.found);
  const others = looks.clauses.filter((clause) => !clause.found);
  const listed = (clauses) => el("ul", { class: "clauses" }, ...clauses.map((clause) =>
    el("li", { class: clause.found ? "found" : "" }, el("span", {}, `${clause.number} ${clause.title}`), el("small", {}, clause.line))));
  $("details-body").replaceChildren(...[
    el("p", { class: "soft" }, `${entry.name}，${hour(entry.time)}`),
    el("p", { class: `verdict ${looks.verdict}` }, looks.verdict === "unseen" ? "机器人没有看到这条消息，或者已经忘了。" : `${VERDICTS[looks.verdict]}：${looks.reason}`),
    looks.case && el("p", { class: "soft" }, `案件 #${looks.case}：老师可以发送“/案件 ${looks.case}”看，本人可以私聊机器人“申诉 ${looks.case} 理由”。`),
    found.length && el("h3", {}, "发现问题的条款"), found.length && listed(found),
    others.length && el("h3", {}, found.length ? "也看过的条款" : "看过的条款"), others.length && listed(others),
  ].filter(Boolean));
}

$("details-close").addEventListener("click", () => details.close());
details.addEventListener("keydown", (event) => { if (event.key === "Escape") { event.preventDefault(); details.close(); } });
details.addEventListener("close", () => {
  state.shown = null;
  details.classList.remove("modal");
  (document.getElementById(back)?.querySelector(".chip") ?? box).focus();
});
WIDE.addEventListener("change", () => { if (details.open) details.close(); });

// Time --------------------------------------------------------------------------------------------

for (const one of document.querySelectorAll("[data-advance]")) {
  one.addEventListener("click", () => act({ do: "clock", advance: Number(one.dataset.advance) }));
}
$("morning").addEventListener("click", () => act({ do: "clock", morning: true }));
$("pause").addEventListener("click", () => act({ do: "clock", running: !state.clock.running }));
$("play").addEventListener("click", () => act({ do: "day", play: !state.day.playing, speed: $("speed").value }));
$("speed").addEventListener("change", () => { if (state.day.playing) act({ do: "day", play: true, speed: $("speed").value }); });

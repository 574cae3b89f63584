// Elements, made so that what people wrote only ever becomes text.

export const $ = (id) => document.getElementById(id);

/** An element with properties (`class`, `data`, `on`, attributes) and children: nodes or text. */
export function el(tag, props = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "on") for (const [type, heard] of Object.entries(value)) made.addEventListener(type, heard);
    else if (name === "data") Object.assign(made.dataset, value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
  return made;
}

/** A small drawing of one line, for the eye only. */
export function drawing(line, name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", name);
  svg.setAttribute("aria-hidden", "true");
  svg.append(document.createElementNS("http://www.w3.org/2000/svg", "path"));
  svg.firstChild.setAttribute("d", line);
  return svg;
}

export const button = (text, act, props = {}) => el("button", { type: "button", on: { click: act }, ...props }, text);

/** Arrow keys, Home and End among `items`; `move` gets the next one. */
export function roving(event, items, move) {
  const steps = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };
  const here = items.indexOf(document.activeElement);
  let next = null;
  if (event.key in steps) next = (here + steps[event.key] + items.length) % items.length;
  else if (event.key === "Home") next = 0;
  else if (event.key === "End") next = items.length - 1;
  if (next === null) return;
  event.preventDefault();
  move(items[next]);
}

// One menu at a time, under or over the button that opened it; and a question of one line.

import { $, button, el, roving } from "./dom.js";

let open = null;

/** Close the menu that is open; `back` gives the focus back to its button. */
export function closeMenu(back = false) {
  if (open === null) return;
  const { menu, anchor } = open;
  open = null;
  menu.remove();
  anchor.setAttribute("aria-expanded", "false");
  if (back && anchor.isConnected) anchor.focus();
}

/** Open a menu at `anchor`; `items` are `{label, act}`, or null for a line between. */
export function openMenu(anchor, label, items) {
  const again = open?.anchor === anchor;
  closeMenu();
  if (again) return;
  const menu = el("div", { class: "menu", role: "menu", "aria-label": label });
  for (const item of items) {
    menu.append(
      item === null
        ? el("div", { role: "separator" })
        : button(item.label, () => { closeMenu(true); item.act(); }, { role: "menuitem", tabindex: "-1" }),
    );
  }
  document.body.append(menu);
  const at = anchor.getBoundingClientRect();
  const box = menu.getBoundingClientRect();
  const fits = at.bottom + box.height + 8 < innerHeight;
  menu.style.left = `${Math.max(8, Math.min(at.left, innerWidth - box.width - 8))}px`;
  menu.style.top = `${Math.max(8, fits ? at.bottom + 4 : at.top - box.height - 4)}px`;
  anchor.setAttribute("aria-expanded", "true");
  open = { menu, anchor };
  const choices = [...menu.querySelectorAll("[role=menuitem]")];
  choices[0]?.focus();
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { event.preventDefault(); closeMenu(true); }
    else if (event.key === "Tab") closeMenu(true);
    else roving(event, choices, (item) => item.focus());
  });
}

document.addEventListener("pointerdown", (event) => {
  if (open && !open.menu.contains(event.target) && !open.anchor.contains(event.target)) closeMenu();
});
addEventListener("resize", () => closeMenu());

/** Ask for a line of text; null where the person thought better of it. */
export function ask(title, label, value, longest) {
  const dialog = $("ask");
  $("ask-title").textContent = title;
  $("ask-label").textContent = label;
  const text = $("ask-text");
  text.value = value;
  text.maxLength = longest;
  text.parentElement.hidden = longest === 0;
  dialog.returnValue = "";
  dialog.showModal();
  if (longest) text.select();
  return new Promise((answer) => {
    dialog.addEventListener("close", () => answer(dialog.returnValue === "yes" ? text.value.trim() : null), { once: true });
  });
}

$("ask-cancel").addEventListener("click", () => $("ask").close(""));

// The desk: saved answers without a round trip, words taken by selecting them, and keys.
// All of it works without this script; keys can be switched off, on this device.

// Saved answers

const saved = JSON.parse(document.querySelector("#saved")?.textContent ?? "{}");

addEventListener("click", (event) => {
  const button = event.target.closest("[name=_use]");
  if (!button) return;
  event.preventDefault();
  const { answer, saved: choice } = button.form.elements;
  const words = saved[choice.value];
  if (!words) return choice.focus();
  answer.value = [answer.value.trim(), words].filter(Boolean).join("\n\n");
  answer.dispatchEvent(new Event("input", { bubbles: true })); // for keep.js
  answer.focus();
});

// Words to strike out

for (const row of document.querySelectorAll("[data-selects]")) {
  const text = document.querySelector(`#${row.dataset.selects}`);
  const box = row.closest("form").elements.typed;
  let words = "";
  document.addEventListener("selectionchange", () => {
    const selection = getSelection();
    // A press on the button may take the selection away: the last one counts.
    if (!selection.isCollapsed && text.contains(selection.anchorNode)) words = selection.toString();
  });
  row.hidden = false;
  row.querySelector("button").addEventListener("click", () => {
    const lines = words.split("\n").map((line) => line.trim());
    box.value = [...box.value.split("\n"), ...lines].filter(Boolean).join("\n");
    words = "";
    box.focus();
  });
}

// Keys

const dialog = document.querySelector("#keys");
const SWITCH = "desk-keys";

function areOn() {
  try {
    return localStorage.getItem(SWITCH) !== "off";
  } catch {
    return true;
  }
}

function turn(isOn) {
  try {
    localStorage.setItem(SWITCH, isOn ? "on" : "off");
  } catch {
    // Nothing can be kept here: they stay on until the page closes.
  }
  document.body.classList.toggle("has-keys", isOn);
}

const cards = [...document.querySelectorAll(".card")];
const current = () => document.activeElement?.closest(".card") ?? (cards.length === 1 ? cards[0] : null);

function step(by) {
  const at = cards.indexOf(current());
  const to = cards[Math.min(Math.max(at + by, 0), cards.length - 1)];
  to?.focus();
  to?.scrollIntoView({ block: "start" });
}

const keys = {
  j: () => step(1),
  k: () => step(-1),
  a: () => current()?.elements.answer?.focus(),
  h: () => open(current()?.querySelector("details.card__aside")),
  x: () => current()?.querySelector("[name=chosen]")?.click(),
  u: () => document.querySelector(".messagelist [name=undo]")?.click(),
  "?": () => dialog.showModal(),
};

function open(details) {
  if (!details) return;
  details.open = true;
  details.querySelector("input").focus();
}

function press(key) {
  if (keys[key]) return keys[key]();
  current()?.querySelector(`[data-key="${key}"]`)?.click();
}

if (dialog) {
  const box = dialog.querySelector("#keys-on");
  box.checked = areOn();
  turn(box.checked);
  box.addEventListener("change", () => turn(box.checked));
  for (const button of document.querySelectorAll("[data-opens=keys]")) {
    button.hidden = false;
    button.addEventListener("click", () => dialog.showModal());
  }
  for (const one of document.querySelectorAll("[data-key]")) {
    const hint = Object.assign(document.createElement("kbd"), { textContent: one.dataset.key, ariaHidden: "true" });
    one.append(" ", hint);
  }
  addEventListener("keydown", (event) => {
    if (event.target.matches("textarea") && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      return event.target.form.querySelector("[name=_answer], [name=_correct]")?.click();
    }
    const isTyping = event.target.matches("input:not([type=checkbox]), textarea, select") || dialog.open;
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey || event.repeat || !box.checked) return;
    if (!(event.key in keys) && !/^[psrw]$/.test(event.key)) return;
    event.preventDefault();
    press(event.key);
  });
}

// While a letter or a list is under way its page tells every few seconds how it stands.
const EVERY = 5000;

async function look() {
  if (!document.hidden) await show().catch(() => {}); // the next look may find a server
  setTimeout(look, EVERY);
}

async function show() {
  const answer = await fetch(location.href, { redirect: "error" });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const now = page.querySelector(".field-progress");
  if (!now && page.querySelector("main")) location.reload(); // done: another page
  if (!now) return;
  const before = document.querySelector(".field-progress");
  const at = before.contains(document.activeElement) && document.activeElement.href;
  before.replaceWith(now);
  if (at) [...now.querySelectorAll("a")].find((link) => link.href === at)?.focus();
  // It has paused or is done: other buttons, and no more looks.
  if (page.querySelector("#state").textContent !== document.querySelector("#state").textContent)
    location.reload();
}

setTimeout(look, EVERY);

// Kept on this device
const NAME = "not-for-me";
const box = document.querySelector(".mine");
const ticks = [...document.querySelectorAll(".mine input")];
let mine = new Set();
let showsAll = false;

function read() {
  try {
    mine = new Set(localStorage.getItem(NAME)?.split(" "));
  } catch {}
  for (const tick of ticks) tick.checked = mine.has(tick.value);
  if (ticks[0]) mine = ticked(); // what nobody can tick any more is no longer true
  draw();
}

function ticked() {
  return new Set(ticks.filter((tick) => tick.checked).map((tick) => tick.value));
}

function unnamed(place) {
  return [...mine].filter((slug) => !place.querySelector(`[data-audience="${slug}"]`));
}

function draw() {
  for (const one of document.querySelectorAll("[data-audience]")) one.hidden = !mine.has(one.dataset.audience);
  for (const one of document.querySelectorAll("[data-unnamed]")) one.hidden = !unnamed(one.closest(".verdicts, .found"))[0];
  if (!box) return;
  const chosen = document.querySelector("#filter-audience");
  let count = 0;
  for (const entry of document.querySelectorAll(".entry")) {
    const silent = entry.querySelector("[data-silent]");
    if (silent) {
      const slugs = unnamed(entry).filter((slug) => slug != chosen?.value);
      const names = ticks.filter(({ value }) => slugs.includes(value)).map((tick) => tick.dataset.name);
      silent.hidden = !slugs[0];
      silent.textContent = `${box.dataset.silent} ${names.join(", ")}`;
    }
    const isOut = !!entry.querySelector("[data-not]:not([hidden])");
    entry.hidden = isOut && !showsAll;
    count += isOut;
  }
  const { hidden, shown, none } = box.dataset;
  box.querySelector("[role=status]").textContent =
    count ? `${showsAll ? shown : hidden} ${count}` : mine.size ? none : "";
  const [show, hide] = box.querySelectorAll("button");
  show.hidden = !count || showsAll;
  hide.hidden = !count || !showsAll;
  box.classList.toggle("mine--told", mine.size);
}

box?.addEventListener("change", () => {
  mine = ticked();
  try {
    if (mine.size) localStorage.setItem(NAME, [...mine].join(" "));
    else localStorage.removeItem(NAME);
  } catch {}
  draw();
});

box?.addEventListener("click", (event) => {
  if (!event.target.closest("button")) return;
  showsAll = !showsAll;
  draw();
  box.querySelector("button:not([hidden])").focus();
});

addEventListener("storage", ({ key }) => (key === NAME || key === null) && read());
addEventListener("pageshow", (event) => event.persisted && read());
read();

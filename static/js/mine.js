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
  draw();
}

function draw() {
  for (const one of document.querySelectorAll("[data-audience]")) one.hidden = !mine.has(one.dataset.audience);
  if (!box) return;
  const chosen = document.querySelector("#filter-audience");
  let count = 0;
  for (const entry of document.querySelectorAll(".entry")) {
    const silent = entry.querySelector("[data-silent]");
    if (silent) {
      const names = ticks.filter(({ checked, value }) =>
        checked && value != chosen?.value && !entry.querySelector(`[data-audience="${value}"]`));
      silent.hidden = !names[0];
      silent.textContent = `${box.dataset.silent} ${names.map((one) => one.dataset.name).join(", ")}`;
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
  mine = new Set(ticks.filter((tick) => tick.checked).map((tick) => tick.value));
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

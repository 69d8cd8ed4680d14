// The frame below a letter follows what is typed above it; nothing is saved by that.
const live = document.querySelector(".live");
const button = live.querySelector("button");
let timer;
let looks = 0;

function show() {
  if (!live.open) return;
  // A frame of its own for each look, because its first page is no step for Back.
  const before = live.querySelectorAll("iframe");
  const next = before[0].cloneNode();
  next.name = button.formTarget = `look-${++looks}`;
  next.classList.add("is-coming");
  before[0].after(next);
  button.form.requestSubmit(button);
  next.addEventListener("load", () => {
    for (const frame of before) frame.remove();
    next.classList.remove("is-coming");
  }, { once: true });
}

for (const event of ["input", "change"]) {
  button.form.addEventListener(event, () => {
    clearTimeout(timer);
    timer = setTimeout(show, 600);
  });
}
live.addEventListener("toggle", show);
button.addEventListener("click", (event) => {
  event.preventDefault();
  show();
});

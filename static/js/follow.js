// Follow along: the guide's own steps, one at a time, in a dialog that fills the screen.
// Steps and pictures come from the page, counts from the data of each exercise, words
// from the <template>. Without this script the link leads to the first exercise.
const template = document.querySelector("#follow");
const key = `follow:${location.pathname}`;
const DAY = 86_400_000;
const READY = 10; // seconds to put the phone down, or to change sides
const LETTERS = 17; // so many are read in a second; captions keep to as many
const MARKS = 10; // so many sets can be told apart on the band

const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const list = (...parts) => parts.filter(Boolean).join(", ");
const words = (name, values) =>
  template.dataset[name].replace(/{(\w+)}/g, (_, key) => values[key]);

// From the page to a row of screens

function stepOf(item) {
  const text = item.cloneNode(true);
  for (const part of all(".plate, sup, .steps__moment, .steps__note", text)) part.remove();
  return {
    step: text.textContent.trim(),
    more: all(".steps__note", item),
    plates: all(".plate", item),
  };
}

function setupOf(section) {
  const items = all(".steps--setup > li", section);
  const [asFor, before, ...rest] = items;
  if (!before?.matches(".steps__before")) return items.map(stepOf);
  const steps = rest.map(stepOf);
  if (!before.matches(".steps__before--but")) return steps;
  const but = stepOf(asFor);
  const lent = all("li", before).length;
  if (asFor.querySelector("a").pathname !== location.pathname) return steps.toSpliced(lent, 0, but);
  // Who comes from Exercise 1 stands as it asks; "but ..." would undo its lines at once.
  but.more.push(before.firstElementChild);
  return [but, ...steps.slice(lent)];
}

// What the guide says to this reader, where it is not simply yes; and where it is "with
// changes", the nearest easier exercise on a chair.
function mineOf(section) {
  const rows = all("#for-me ~ dl > :not(.verdicts__row--yes)").flatMap((row) => {
    const those = all("dd > :has([data-audience]:not([hidden]))", row);
    const mine = row.cloneNode(true);
    mine.lastElementChild.replaceChildren(...those.flatMap((one, n) => [n ? "; " : "", one.cloneNode(true)]));
    return those[0] ? [mine] : [];
  });
  if (!rows[0]) return rows;
  const told = document.createElement("dl");
  told.append(...rows);
  const link = rows.some((row) => row.matches(".verdicts__row--change")) && all("[data-chair]", section).at(-1);
  if (!link) return [told];
  const chair = link.cloneNode();
  chair.className = "button button--quiet";
  chair.textContent = words("chair", { name: link.textContent });
  return [told, chair];
}

// As few as the author calls enough; of "up to 3 sets" that is one.
const smallOf = (whole) => ({
  ...whole,
  repetitions: whole.leastRepetitions || whole.repetitions,
  sets: whole.leastSets || Math.min(whole.sets, 1),
  hold: whole.leastHold || whole.hold,
});

function screensOf(section, index, { length }) {
  const whole = {};
  for (const name in section.dataset) whole[name] = +section.dataset[name];
  const small = smallOf(whole);
  const count = isSmall ? small : whole;
  const exercise = {
    count,
    doses: [whole, small].map((one) => doseOf(one, whole)),
    id: section.id,
    n: index + 1,
    of: length,
    name: section.querySelector("h2").textContent,
    facts: all("h2 + p, .exercise__facts, .exercise__caution", section),
    breath: section.querySelector(".exercise__breath")?.textContent,
    plates: all("figure .plate", section),
    actions: all(".steps--action > li", section).map(stepOf),
  };
  const screens = [{ kind: "name", mine: mineOf(section), more: exercise.facts }];
  for (const [kind, steps] of [["setup", setupOf(section)], ["action", exercise.actions]]) {
    steps.forEach((step, n) => screens.push({ kind, ...step, n: n + 1, of: steps.length }));
  }
  for (let set = 1; set <= count.sets; set++) {
    for (let side = 1; side <= count.sides; side++) {
      if (side > 1) screens.push({ kind: "turn", set, seconds: READY });
      else if (set > 1) screens.push({ kind: "rest", set, seconds: count.rest });
      else screens.push({ kind: "ready", set, seconds: READY, more: all(".exercise__caution", section) });
      screens.push({ kind: "work", step: exercise.name, set, side });
    }
  }
  return screens.map((screen, place) => ({ ...screen, exercise, place }));
}

const doseOf = ({ repetitions, hold, sets }, whole) => list(
  (repetitions > 1 || !hold) && words(repetitions > 1 ? "times" : "once", { n: repetitions }),
  hold > 0 && words("held", { n: hold }),
  whole.sets > 1 && words(sets > 1 ? "someSets" : "oneSet", { n: sets }),
);

function lineUp() {
  screens = [...all(".exercise").flatMap(screensOf), { kind: "end" }];
}

// What is shown

let dialog, at, lock, pulse, said, saved, screens, voice;
let isAloud = false;
let isSmall = false;
// The clock of a screen: what is over, and since when it runs, by the time of day, so
// that a page which slept has lost nothing.
let spent, since;

const part = (name) => dialog.querySelector(`[data-is=${name}]`);
const button = (name) => dialog.querySelector(`[data-do=${name}]`);
const elapsed = () => spent + (since ? Date.now() - since : 0);
const once = ({ pace, hold }) => (pace + hold) * 1000;
const duration = ({ kind, seconds, exercise }) =>
  kind === "work" ? exercise.count.repetitions * once(exercise.count) : seconds * 1000;

function write(values) {
  for (const name in values) {
    const one = part(name);
    // The same words again would throw a screen reader off its place.
    if (one.textContent !== `${values[name]}`) one.textContent = values[name];
  }
}

function put(name, nodes) {
  part(name).replaceChildren(...nodes.map((node) => node.cloneNode(true)));
  for (const image of all("img", part(name))) image.loading = "eager";
}

// Start and finish of the movement, where there are both.
function face(n) {
  const plates = part("picture").children;
  [...plates].forEach((plate, place) => { plate.hidden = place !== Math.min(n, plates.length - 1); });
}

function setOf({ set, side, exercise: { count } }, name = "setOf") {
  return list(
    count.sets > 1 && words(name, { n: set, of: count.sets }),
    side && count.sides > 1 && words(side > 1 ? "otherSide" : "oneSide"),
  );
}

function show(screen) {
  const { kind, exercise, set } = screen;
  for (const one of all("[data-for]", dialog)) one.hidden = !one.dataset.for.split(" ").includes(kind);
  const isName = kind === "name";
  const { count, doses } = exercise ?? {};
  button("back").hidden = !at;
  button("enough").hidden = !(set > count?.leastSets && count.leastSets < count.sets);
  button("next").classList.toggle("button--quiet", Boolean(set));
  write({
    name: isName ? words("exercise", exercise) : exercise?.name ?? "",
    place: screen.n ? words("part", { part: words(kind), ...screen }) : "",
    step: screen.step ?? words(isName && exercise.n > 1 ? "next" : kind, exercise),
    breath: kind === "rest" ? words("breathe") : ["action", "work"].includes(kind) ? exercise.breath ?? "" : "",
  });
  part("step").classList.toggle("follow__step--long", part("step").textContent.length > 100);
  delete part("step").dataset.longest;
  part("breath").parentElement.hidden = !part("breath").textContent;
  const isOffered = isName && doses[0] !== doses[1];
  part("doses").hidden = !isOffered;
  if (isOffered) {
    ["whole", "small"].forEach((name, n) => write({ [name]: words(name, { dose: doses[n] }) }));
    all("input", part("doses"))[+isSmall].checked = true;
  }
  put("mine", screen.mine ?? []);
  put("picture", screen.plates?.length ? screen.plates : exercise?.plates ?? []);
  put("more", kind === "end" ? all(".rail .dose") : screen.more ?? []);
  face(kind === "action" ? 1 : 0);
  if (exercise) drawBand(screen);
  dialog.scrollTop = 0;
  const told = all("dt, dd", part("mine")).map((one) => one.textContent.trim());
  if (!set) return say(list(part("place").textContent, part("step").textContent, ...told));
  said = 1;
  tick();
  if (kind !== "work") say(["step", "number", "of", "then"].map((name) => part(name).textContent).join(" "));
  else say(list(setOf(screen), words(count.repetitions > 1 ? "times" : "once", { n: count.repetitions })));
}

function drawBand({ kind, set, n, of, exercise: { count } }) {
  const sets = count.sets > MARKS ? [set] : Array.from({ length: count.sets }, (_, place) => place + 1);
  const labels = set
    ? sets.map((n) => words("set", { n }))
    : ["setup", "action", ...(count.sets ? ["sets"] : [])].map((name) => words(name));
  const here = set ? sets.indexOf(set) : kind === "action" ? 1 : 0;
  if (kind === "rest") labels[here] = words("setNext", { n: set });
  part("band").style.setProperty("--marks", labels.length);
  part("band").lastElementChild.replaceChildren(...labels.map((text, place) => {
    const label = document.createElement("li");
    label.textContent = text;
    label.classList.toggle("is-here", place === here);
    return label;
  }));
  moveBand(set ? (set - 1) / count.sets : (here + (n ? (n - 1) / of : 0)) / labels.length);
}

const moveBand = (to) => part("band").style.setProperty("--at", to);

function tick() {
  const screen = screens[at];
  if (!screen?.set) return;
  const over = elapsed() - duration(screen);
  // What ended unseen waits for its reader: nothing begins in the dark.
  if (over >= 0) return go(at + 1, document.hidden || over > 3000);
  if (screen.kind === "work") return drawWork(screen);
  const left = Math.ceil(-over / 1000);
  write({
    number: left,
    of: words(left === 1 ? "second" : "seconds"),
    then: screen.kind === "turn" ? words("thenSide") : setOf(screen, "thenSet") || words("then"),
    enough: "",
  });
}

// The steps of one repetition, each for its share of the pace; none where they would be
// gone before they are read. Then the name, the picture and the breath say enough.
function linesOf({ count, actions }) {
  const share = count.pace / actions.length;
  const isRead = ({ step }) => share >= Math.max(1.5, step.length / LETTERS);
  return actions.every(isRead) ? actions.map(({ step }) => step) : [];
}

// Start and finish: a first and a last step are at the start, those between at the finish.
// One or two, or none that is shown, go there and back.
const isAtFinish = (part, { length }) =>
  length > 2 ? part >= 1 / length && part < 1 - 1 / length : part < .5;

function drawWork(screen) {
  const { set, side, exercise } = screen;
  const { count, name } = exercise;
  const { repetitions, pace, hold, sides } = count;
  const n = Math.floor(elapsed() / once(count));
  // There, hold, and back: half of the pace before what is held, half after it.
  const within = elapsed() - n * once(count);
  const left = Math.ceil((pace * 500 + hold * 1000 - within) / 1000);
  const isHeld = hold && within >= pace * 500 && left > 0;
  const lines = linesOf(exercise);
  const moved = Math.min((within < pace * 500 ? within : within - hold * 1000) / (pace * 1000), .999);
  const least = isHeld ? count.leastHold : count.leastRepetitions;
  // Room for the longest line of the set, so that the picture keeps its size.
  part("step").dataset.longest = [name, hold ? words("hold") : "", ...lines].sort((a, b) => b.length - a.length)[0];
  write({
    step: isHeld ? words("hold") : lines[Math.floor(moved * lines.length)] ?? name,
    number: isHeld ? left : n + 1,
    of: isHeld ? words(left === 1 ? "second" : "seconds") : words("of", { of: repetitions }),
    then: list(isHeld && repetitions > 1 && words("nOf", { n: n + 1, of: repetitions }), setOf(screen)),
    enough: least && least < (isHeld ? hold : repetitions) ? words(isHeld ? "enoughHold" : "enough", { n: least }) : "",
  });
  face(isHeld || isAtFinish(moved, lines) || matchMedia("(prefers-reduced-motion: reduce)").matches ? 1 : 0);
  moveBand((set - 1 + (side - 1 + elapsed() / duration(screen)) / sides) / count.sets);
  const isBack = hold && left <= 0;
  const now = isHeld ? words("hold") : isBack ? words("andBack") : n + 1;
  if (said !== now) speak(now);
  said = now;
}

// Moving on

function go(to, isPaused) {
  at = Math.max(0, Math.min(to, screens.length - 1));
  spent = 0;
  since = isPaused ? 0 : Date.now();
  keep();
  const focused = document.activeElement; // what is hidden loses it to the page behind
  show(screens[at]);
  drawPause();
  if (!focused.checkVisibility?.()) focus();
}

const focus = () => (part("keys").hidden ? button("resume") : button("next").hidden ? part("step") : button("next")).focus({ preventScroll: true });

function pause(isPaused) {
  if (!screens[at]?.set || isPaused === !since) return;
  spent = elapsed();
  since = isPaused ? 0 : Date.now();
  drawPause();
  say(words(isPaused ? "paused" : "running"));
}

function drawPause() {
  const { kind, set, exercise } = screens[at];
  const [stop, start] = button("pause").children;
  stop.hidden = !since;
  start.hidden = Boolean(since);
  part("pace").parentElement.hidden = kind !== "ready" && (kind !== "work" || since);
  if (set) write({ pace: words(exercise.count.hold ? "eachHold" : "each", { n: exercise.count.pace }) });
  voice = window.speechSynthesis?.getVoices().find(({ localService, lang }) =>
    localService && lang.slice(0, 2) === document.documentElement.lang.slice(0, 2));
  button("aloud").parentElement.hidden = !voice || !(kind === "name" || (set && !since));
}

function setPace(by) {
  const { count } = screens[at].exercise;
  const before = once(count);
  count.pace = Math.max(2, Math.min(20, count.pace + by));
  if (screens[at].kind === "work") spent = elapsed() * once(count) / before;
  drawPause();
  tick();
  say(part("pace").textContent);
}

const acts = {
  leave: () => dialog.close(),
  back: () => go(at - 1),
  pause: () => pause(Boolean(since)),
  next: () => screens[at + 1] && go(at + 1),
  more() {
    spent -= 30_000;
    tick();
    say(`${part("number").textContent} ${part("of").textContent}`);
  },
  enough: () => go(screens.findIndex(({ exercise }, place) => place > at && exercise !== screens[at].exercise)),
  slower: () => setPace(1),
  faster: () => setPace(-1),
  aloud() {
    isAloud = !isAloud;
    button("aloud").ariaPressed = isAloud;
    speak(part("step").textContent);
  },
  stop() {
    pause(true);
    const [first, ...others] = all("[data-of]", part("notices"));
    const own = others.find((one) => one.dataset.of === screens[at].exercise?.id);
    if (own) first.before(own);
    dialog.querySelector("dialog").showModal();
    dialog.querySelector("dialog").scrollTop = 0;
  },
  unstop: () => dialog.querySelector("dialog").close(),
  resume() {
    if (screens[saved].kind === "work") {
      // First the time to take one's place; who comes back has rested.
      const before = screens[--saved];
      if (before.kind === "rest") screens[saved] = { ...before, kind: "ready", seconds: READY };
    }
    go(saved);
  },
  restart: () => go(0),
};

function say(text) {
  write({ said: text });
  speak(text);
}

// A voice of the device itself, so that nothing leaves it.
function speak(text) {
  window.speechSynthesis?.cancel();
  if (!isAloud || !voice) return;
  const speech = new SpeechSynthesisUtterance(text);
  speech.voice = voice;
  speechSynthesis.speak(speech);
}

// The screen stays on, where the device lets it.
async function stayOn() {
  try {
    if (!lock || lock.released) {
      const mine = await navigator.wakeLock.request("screen");
      // Another may have been granted meanwhile; one that nobody holds is never let go.
      if (lock && !lock.released) mine.release();
      else lock = mine;
    }
    lock.onrelease = drawLock;
    if (!dialog.open) lock.release();
  } catch {}
  drawLock();
}

function drawLock() {
  part("lit").hidden = !lock || lock.released;
  part("unlit").hidden = !part("lit").hidden;
}

// Where one was is kept on this device for a day. One that keeps nothing is fine too.
function keep() {
  const { exercise, place } = screens[at];
  try {
    if (at && exercise) localStorage.setItem(key, JSON.stringify({ id: exercise.id, place, isSmall, at: Date.now() }));
    else localStorage.removeItem(key);
  } catch {}
}

function kept() {
  try {
    const was = JSON.parse(localStorage.getItem(key));
    if (Date.now() - was.at < DAY) return was;
  } catch {}
  return { id: "" };
}

function find(id, place) {
  const those = screens.filter(({ exercise }) => exercise?.id === id);
  return screens.indexOf(those[Math.min(place, those.length - 1)]);
}

// In and out

// What one exercise asks for says of which it speaks.
function noticeOf(notice) {
  const copy = notice.cloneNode(true);
  const section = notice.closest(".exercise");
  if (!section) return copy;
  const name = document.createElement("b");
  name.textContent = `${section.querySelector("h2").textContent}: `;
  copy.dataset.of = section.id;
  copy.lastElementChild.prepend(name);
  return copy;
}

function build() {
  dialog = template.content.firstElementChild.cloneNode(true);
  template.after(dialog);
  const notices = ["#stop .notice", ".exercise__caution", ".telling > .notice"].flatMap((one) => all(one));
  part("notices").append(...notices.map(noticeOf));
  dialog.addEventListener("click", (event) => {
    const { target } = event;
    acts[target.closest("[data-do]")?.dataset.do]?.();
    const link = target.closest("a[href^='#']");
    if (!link) return;
    // The dialog's own place in the history becomes that of what the link leads to.
    event.preventDefault();
    const to = link.matches("[data-chair]") ? find(link.hash.slice(1), 0) : -1;
    if (to >= 0) return go(to);
    history.replaceState(null, "");
    dialog.close();
    location.replace(link.href);
  });
  dialog.addEventListener("change", ({ target }) => {
    const { exercise, place } = screens[at];
    isSmall = target.value === "small";
    lineUp();
    at = find(exercise.id, place);
    keep();
  });
  dialog.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (event.repeat || event.altKey || event.ctrlKey || event.metaKey || target.closest("dialog") !== dialog || target.matches("input") || !screens[at]) return;
    if (key === "ArrowRight") acts.next();
    else if (key === "ArrowLeft") acts.back();
    else if (key === " " && screens[at].set && !target.closest("button, summary")) acts.pause();
    else return;
    event.preventDefault();
  });
  // Some devices name their voices only when first asked.
  if (window.speechSynthesis) speechSynthesis.onvoiceschanged = () => screens[at] && drawPause();
  dialog.addEventListener("close", () => {
    acts.unstop();
    clearInterval(pulse);
    window.speechSynthesis?.cancel();
    lock?.release();
    if (history.state === "follow") history.back();
  });
}

function open() {
  if (!dialog) build();
  const was = kept();
  isSmall = Boolean(was.isSmall);
  lineUp();
  dialog.showModal();
  if (history.state !== "follow") history.pushState("follow", "");
  stayOn();
  pulse = setInterval(tick, 200);
  saved = find(was.id, was.place);
  if (saved > 0) {
    const { kind, set, exercise } = screens[saved];
    const place = words(set ? "set" : kind === "name" ? "setup" : kind, { n: set }).toLowerCase();
    button("resume").textContent = words("resume", { name: exercise.name, place });
    at = screens.length;
    show({ kind: "welcome", plates: exercise.plates });
  } else go(0);
  focus();
}

document.querySelector("a[data-follow]").addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  open();
  event.preventDefault(); // last: where it fails, the link leads to the first exercise
});
// The gesture that goes back in the browser leaves too; a page loaded again, or come
// back to, stays where its history says it is.
function obey() {
  if (history.state !== "follow") dialog?.close();
  else if (!dialog?.open) open();
}
addEventListener("popstate", obey);
document.addEventListener("visibilitychange", () => {
  if (document.hidden || !dialog?.open) return;
  tick();
  stayOn();
});
obey();

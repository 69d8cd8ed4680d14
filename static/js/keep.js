// What is typed in a form is kept on the device until the site says that it was saved:
// each form has a mark, and the next one that opens brings the marks of those saved.
const MONTH = 30 * 86_400_000;
const NEVER = /^(csrfmiddlewaretoken|_form|_save|_continue|_addanother|action|_selected_action|_as|seen|tab|then)$/;

const offers = [...document.querySelectorAll(".keep")];
// The user is part of the name: nobody is offered what somebody else typed.
const ours = `keep:${offers[0]?.dataset.user}:`;

// Where nothing can be kept, the form works as it did.
function stored(work) {
  try {
    return work();
  } catch {
    return undefined;
  }
}

function read(name) {
  return stored(() => JSON.parse(localStorage.getItem(name))) ?? undefined;
}

const forget = (name) => stored(() => localStorage.removeItem(name));
const names = () => stored(() => Object.keys(localStorage).filter((name) => name.startsWith(ours))) ?? [];

// One form

function keepForm(offer) {
  const form = offer.closest("form");
  const markField = form.querySelector("[name=_form]");
  const url = new URL(form.getAttribute("action") || location.href, location.href);
  url.searchParams.delete("_changelist_filters");
  // A form is the same wherever it stands: it is sent to one address.
  const here = `${ours}${url.pathname}?${url.searchParams}#`;
  const nameOf = (mark) => `${here}${mark}`;

  function fields() {
    return [...form.elements].filter(({ name, type }) =>
      name && !NEVER.test(name) && !name.includes("__prefix__")
        && !/^(file|password|submit|button|reset|fieldset)$/.test(type));
  }

  function valueOf(field) {
    if (/^(checkbox|radio)$/.test(field.type)) return field.checked;
    if (field.multiple) return [...field.selectedOptions].map(({ value }) => value);
    return field.value;
  }

  // Radio buttons share a name; their values tell them apart.
  const keyOf = (field) => (/^(checkbox|radio)$/.test(field.type) ? `${field.name}=${field.value}` : field.name);
  const typed = () => Object.fromEntries(fields().map((field) => [keyOf(field), valueOf(field)]));

  let timer;
  let before = JSON.stringify(typed());

  function keep() {
    clearTimeout(timer);
    timer = undefined;
    const values = typed();
    if (JSON.stringify(values) === before) forget(nameOf(markField.value));
    else stored(() => localStorage.setItem(nameOf(markField.value), JSON.stringify({ at: Date.now(), values })));
  }

  function keepSoon() {
    clearTimeout(timer);
    timer = setTimeout(keep, 300);
  }

  for (const event of ["input", "change", "formset:added", "formset:removed"]) {
    form.addEventListener(event, keepSoon);
  }
  // Django's own buttons for dates and slugs set values without a word.
  form.addEventListener("click", keepSoon);
  form.addEventListener("submit", keep);
  addEventListener("pagehide", () => timer && keep());
  document.addEventListener("visibilitychange", () => document.hidden && timer && keep());
  // Back in a page that was saved since, what is typed is new.
  addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    markField.value = `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}`;
    before = JSON.stringify(typed());
  });

  // Taking back

  function addRows(values) {
    for (const [key, value] of Object.entries(values)) {
      const [, prefix] = key.match(/^(.+)-TOTAL_FORMS$/) ?? [];
      const total = prefix && form.elements[key];
      const link = total && document.querySelector(`#${CSS.escape(prefix)}-group .add-row a`);
      for (let n = total?.value; link && n < Number(value); n++) link.click();
    }
  }

  function put(field, value) {
    if (/^(checkbox|radio)$/.test(field.type)) field.checked = value;
    else if (field.multiple) for (const option of field.options) option.selected = value.includes(option.value);
    else if (!/-(TOTAL|INITIAL|MIN_NUM|MAX_NUM)_FORMS$/.test(field.name)) {
      field.value = value;
      field.editor?.commands.setContent(value);
    }
  }

  async function takeBack(name) {
    const { values } = read(name);
    addRows(values);
    // The editors of added rows start in their own time.
    await new Promise((done) => setTimeout(done, 100));
    for (const field of fields()) {
      const key = keyOf(field);
      if (key in values && JSON.stringify(valueOf(field)) !== JSON.stringify(values[key])) put(field, values[key]);
    }
    form.dispatchEvent(new Event("change"));
    keep();
    forget(name);
    offerNext();
  }

  // Offering

  function offerNext() {
    const others = names().filter((name) => name.startsWith(here) && name !== nameOf(markField.value));
    const [newest] = others.sort((a, b) => read(b).at - read(a).at);
    offer.hidden = !newest;
    if (!newest) return;
    const at = new Date(read(newest).at);
    const isToday = at.toDateString() === new Date().toDateString();
    const how = { timeStyle: "short", ...(isToday ? {} : { dateStyle: "medium" }) };
    offer.querySelector("time").textContent = at.toLocaleString(document.documentElement.lang, how);
    const [back, away] = offer.querySelectorAll("button");
    back.onclick = () => takeBack(newest);
    away.onclick = () => {
      forget(newest);
      offerNext();
    };
  }

  // A form that came back with faults holds all that was sent; it is not saved yet.
  if (offer.dataset.sent) {
    forget(nameOf(offer.dataset.sent));
    before = "";
    keep();
  }
  offerNext();
}

const saved = new Set(offers[0]?.dataset.saved.split(" "));
for (const name of names()) {
  const kept = read(name);
  const mark = name.slice(name.lastIndexOf("#") + 1);
  if (!kept?.values || saved.has(mark) || Date.now() - kept.at > MONTH) forget(name);
}
offers.forEach(keepForm);

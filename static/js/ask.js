// "Ask a question" and "Reply" open the form where they stand, on the reader's click.
// Whatever goes wrong, the link still leads to the form's own page.
const headers = { "X-Requested-With": "fetch" };

addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-ask]");
  if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  const comment = link.closest("article");
  const list = document.querySelector(".thread__list");
  const open = comment ? comment.nextElementSibling : list.firstElementChild;
  if (open?.matches("form.ask")) return focus(open);
  try {
    const response = await fetch(link.href, { headers });
    if (!response.ok) throw 0;
    show(await response.text(), (form) => comment ? comment.after(form) : list.prepend(form));
  } catch {
    location = link.href;
  }
});

addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("form.ask")) return;
  event.preventDefault();
  const button = event.submitter;
  if (button.ariaDisabled) return;
  const words = button.textContent;
  button.ariaDisabled = "true";
  button.textContent = button.dataset.busy;
  try {
    const response = await fetch(form.action, { method: "POST", body: new FormData(form, button), headers });
    if (response.redirected) return location.assign(response.url);
    const text = await response.text();
    if (!text.includes("csrfmiddlewaretoken")) throw 0;
    show(text, (fresh) => form.replaceWith(fresh));
  } catch {
    button.ariaDisabled = null;
    button.textContent = words;
    form.querySelector("[role=alert]")?.remove();
    const alert = Object.assign(document.createElement("p"), { className: "notice", role: "alert" });
    alert.textContent = form.dataset.lost;
    button.parentElement.before(alert);
  }
}, true);

function show(html, put) {
  const part = document.createElement("template");
  part.innerHTML = html;
  const form = part.content.querySelector("form.ask");
  if (!form) throw 0;
  const other = document.querySelector("form.ask");
  put(form);
  if (other?.isConnected) {
    // One form at a time; what was typed moves along.
    for (const name of ["name", "body", "email"]) {
      form.elements.namedItem(name).value = other.elements.namedItem(name).value;
    }
    other.remove();
  }
  focus(form);
}

function focus(form) {
  const first = form.querySelector(".notice a, [aria-invalid=true], [tabindex]:not(input)") ?? form.querySelector(".input, input:not([type=hidden])");
  first.focus();
  if (first.name == "name") first.select();
  form.scrollIntoView({ block: "nearest" });
}

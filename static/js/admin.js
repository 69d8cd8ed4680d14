// First of all modules, so that it hears each editor start.

// The editor would write its few rules into the page, which the policy forbids; they
// stand in admin.css. It leaves off where an element of this name is there already;
// one of no namespace is no style sheet.
const standIn = document.createElementNS("", "style");
standIn.setAttribute("data-tiptap-style", "");
document.head.append(standIn);

// The rich text box has the name, help and error of the textarea it stands in for.
addEventListener("prose-editor:ready", ({ detail: { editor, textarea } }) => {
  const box = editor.view.dom;
  const label = textarea.labels?.[0];
  textarea.editor = editor; // for keep.js
  for (const link of document.querySelectorAll(`a[href="#${textarea.id}"]`)) {
    link.addEventListener("click", () => editor.commands.focus());
  }
  box.setAttribute("aria-multiline", "true");
  for (const name of ["aria-describedby", "aria-invalid"]) {
    if (textarea.hasAttribute(name)) box.setAttribute(name, textarea.getAttribute(name));
  }
  if (!label) return;
  label.id ||= `${textarea.id}_label`;
  box.setAttribute("aria-labelledby", label.id);
  label.addEventListener("click", () => editor.commands.focus());
});

// A box that completes as one types says which field it is.
function nameCompletions() {
  for (const select of document.querySelectorAll("select.select2-hidden-accessible")) {
    const label = select.labels?.[0];
    const box = select.nextElementSibling?.querySelector(".select2-selection");
    if (!label || !box) continue;
    label.id ||= `${select.id}_label`;
    for (const part of [box, ...box.querySelectorAll("[role=textbox]")]) {
      part.setAttribute("aria-labelledby", `${label.id} ${part.id}`.trim());
    }
  }
}
addEventListener("load", nameCompletions);
addEventListener("formset:added", () => setTimeout(nameCompletions));

// On a phone a row of a list stands as lines: each says what it is.
const heads = [...document.querySelectorAll("#result_list thead th")];
for (const row of document.querySelectorAll("#result_list tbody tr")) {
  for (const [n, cell] of [...row.cells].entries()) {
    const words = heads[n]?.querySelector(".text")?.textContent.trim();
    if (!words || cell.localName === "th") continue;
    cell.dataset.label = words;
    cell.classList.toggle("is-empty", cell.textContent.trim() === "-");
  }
}

// How long a text is, while one types it; without this script as it was saved.
for (const count of document.querySelectorAll("[data-counts]")) {
  const field = document.getElementById(count.dataset.counts);
  field?.addEventListener("input", () => {
    count.textContent = field.value.length;
  });
}

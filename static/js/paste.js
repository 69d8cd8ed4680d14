// Copied from a page, an article has its headings and lists with it: they travel beside
// the plain text, which is what one sees, until a word of it is changed.
const box = document.querySelector("textarea[name=text]");
const rich = document.querySelector("textarea[name=html]");
const said = document.querySelector("[data-rich]");
const most = Number(box.dataset.most);
let pasted = "";

function tell() {
  said.textContent = rich.value ? said.dataset.rich : "";
  box.setCustomValidity(box.value.length > most ? box.dataset.tooLong : "");
}

box.addEventListener("paste", ({ clipboardData }) => {
  const [text, html] = ["text/plain", "text/html"].map((kind) => clipboardData.getData(kind));
  const all = box.selectionEnd - box.selectionStart === box.value.length;
  const isSource = text.trimStart().startsWith("<");
  pasted = all && !isSource && text.length + html.length <= most ? html : "";
});

box.addEventListener("input", ({ inputType }) => {
  rich.value = inputType === "insertFromPaste" ? pasted : "";
  pasted = "";
  tell();
});

box.form.addEventListener("change", tell); // taken back from what is kept on the device
tell();

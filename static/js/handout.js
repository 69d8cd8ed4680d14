// The button opens the print dialogue of the browser; without this script a sentence
// says where that is.
document.querySelector("[data-print]")?.addEventListener("click", () => print());

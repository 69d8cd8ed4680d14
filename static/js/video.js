// A video begins on the reader's click; before it nothing of it is fetched. What will
// stand in the frame waits in a <template>; without this script the links lead to it.
const video = document.querySelector(".video");
const frame = video.querySelector(".video__frame");
const waiting = frame.querySelector("template");
const fault = video.querySelector("[data-fault]");
const back = video.querySelector(".video__more > a");

for (const link of document.querySelectorAll(".video__play, [data-player]")) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    play(link.dataset.player);
    back.parentNode.hidden = !link.dataset.back;
    if (link.dataset.back) {
      back.textContent = link.dataset.back;
      back.href = `#${link.closest("section").id}`;
    }
  });
}

// The address of a part names its seconds, and every player keeps to them.
function play(part) {
  const next = waiting.content.cloneNode(true);
  const player = next.querySelector("video, iframe");
  if (part) player.src = part;
  player.addEventListener("error", () => {
    fault.hidden = false;
    video.querySelector("details")?.setAttribute("open", "");
  });
  fault.hidden = true;
  frame.replaceChildren(next);
  video.classList.add("video--plays");
  player.focus();
  player.play?.().catch(() => {}); // refused: the controls are there
}

// A video begins on the reader's click; before it nothing of it is fetched. What will
// stand in the frame waits in a <template>; without this script the link leads to it.
for (const link of document.querySelectorAll(".video__play")) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const video = link.closest(".video");
    const frame = video.querySelector(".video__frame");
    frame.replaceChildren(frame.querySelector("template").content.cloneNode(true));
    video.classList.add("video--plays");
    const player = frame.querySelector("video, iframe");
    player.focus();
    player.play?.().catch(() => {}); // refused: the controls are there
  });
}

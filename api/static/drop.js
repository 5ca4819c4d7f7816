// Files dropped anywhere on the page, and the zone that is shown while they are dragged over it.

const hasFiles = ({ dataTransfer }) => dataTransfer?.types.includes("Files") ?? false;

/** Shows `zone`, which covers the page, while files are dragged, and calls `take` with those that are dropped. */
export function installDrop(zone, take) {
  addEventListener("dragenter", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    zone.hidden = false;
  });
  addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
  });
  // As it covers everything, what leaves it has left the page. Nothing in it takes part.
  zone.addEventListener("dragleave", () => (zone.hidden = true));
  addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    zone.hidden = true;
    take([...event.dataTransfer.files]);
  });
}

// The list of files: chosen or dropped, sent one after another, and taken away again.

import { installDrop } from "./drop.js";
import { TranslatedFile } from "./file.js";
import { keep, kept } from "./kept.js";

// What is said in this time is said together, so that the end of one file does not drown that of another.
const GATHER_MILLISECONDS = 300;

export class Files {
  #section;
  #list;
  #button;
  #chooser;
  #zone;
  #announcer;
  #files = [];
  #lastSent = Promise.resolve();
  #said = [];
  /** What the server takes; without these it decides itself. */
  limits = { formats: [], maxBytes: Infinity };

  /** `button` opens `chooser`, a file field that nobody sees; `zone` is shown while files are dragged. */
  constructor({ section, announcer, button, chooser, zone, key }) {
    this.#section = section;
    this.#list = section.querySelector("ul");
    this.#announcer = announcer;
    this.#button = button;
    this.#chooser = chooser;
    this.#zone = zone;
    this.key = key;
    button.addEventListener("click", () => chooser.click());
    chooser.addEventListener("change", () => {
      this.#add([...chooser.files]);
      // The same file may be chosen again.
      chooser.value = "";
    });
    installDrop(zone, (files) => this.#add(files));
    this.#follow(kept().map(({ id, name }) => new TranslatedFile({ name }, this, id)));
  }

  /** Tells what the server takes: the suffixes of files, and their most bytes. */
  configure({ supportedFilesFormat: formats = [], maxFileBytes: maxBytes = Infinity }) {
    this.limits = { formats, maxBytes };
    this.#chooser.accept = formats.join(",");
    this.#zone.querySelector(".drop-formats").textContent = formats.join(", ");
  }

  /** A key was given: files that lacked one go on. */
  keyGiven() {
    this.#files.forEach((file) => file.keyGiven());
  }

  /** Does `work` once all that came before has been done, and resolves to what it does. */
  inTurn(work) {
    const mine = this.#lastSent.then(work);
    this.#lastSent = mine.catch(() => {});
    return mine;
  }

  /** Tells screen readers, when they are done with what they are saying. */
  say(text) {
    this.#said.push(text.trim());
    if (this.#said.length > 1) return;
    setTimeout(() => (this.#announcer.textContent = this.#said.splice(0).join(" ")), GATHER_MILLISECONDS);
  }

  /** Keeps which jobs there are. */
  jobChanged() {
    keep(this.#files.map((file) => file.job).filter(Boolean));
  }

  /** Takes a file out of the list; the focus goes to the next one. */
  removed(file) {
    const at = this.#files.indexOf(file);
    const hadFocus = file.element.contains(document.activeElement);
    this.#files.splice(at, 1);
    this.jobChanged();
    file.element.remove();
    this.#section.hidden = this.#files.length === 0;
    if (hadFocus) (this.#files[at] ?? this.#files[at - 1] ?? this.#button).focus();
  }

  #add(chosen) {
    if (chosen.length === 0) return;
    this.#follow(chosen.map((file) => new TranslatedFile(file, this)));
    this.#files.at(-1).element.scrollIntoView({ block: "nearest" });
    this.say(chosen.length === 1 ? `Added ${chosen[0].name}.` : `Added ${chosen.length} files.`);
  }

  #follow(files) {
    this.#files.push(...files);
    this.#list.append(...files.map((file) => file.element));
    this.#section.hidden = this.#files.length === 0;
    files.forEach((file) => file.translate());
  }
}

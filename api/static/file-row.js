// The row of a file in the list: its name, how far it is, and what can be done with it.

import { language } from "./file-words.js";

/** `remove`, `retry` and `download(target)` are called when their buttons are pressed. */
export class FileRow {
  #name;
  #download;

  constructor(name, { remove, retry, download }) {
    this.#name = name;
    this.#download = download;
    this.element = document.getElementById("file-row").content.firstElementChild.cloneNode(true);
    this.#part("name").textContent = name;
    this.#part("progress").setAttribute("aria-label", `Translation of ${name}`);
    this.#part("retry").setAttribute("aria-label", `Try again: ${name}`);
    this.#part("retry").addEventListener("click", () => {
      // The button that was pressed is about to go.
      this.focus();
      retry();
    });
    this.#part("remove").addEventListener("click", remove);
    this.underWay("Waiting");
  }

  /** Shows what is being done; `share`: how much of it is done, from 0 to 1, or null if that cannot be told. */
  underWay(words, share = null) {
    const bar = this.#part("progress");
    if (share === null) bar.removeAttribute("value");
    else bar.value = share;
    bar.setAttribute("aria-valuetext", words);
    this.#show({ state: "under-way", words });
  }

  /** Shows that it is translated, with a button for each language; `remark` is what people should know. */
  done(words, remark, targets) {
    this.#show({ state: "done", words, remark });
    this.#part("downloads").replaceChildren(...targets.map((target) => this.#downloadButton(target)));
  }

  /** Shows what went wrong. */
  failed(remark, { retry }) {
    this.#show({ state: "failed", remark, retry });
  }

  /** Shows what went wrong with something that can simply be done again. */
  set remark(remark) {
    this.#part("remark").textContent = remark;
  }

  focus() {
    this.#part("remove").focus();
  }

  #part(name) {
    return this.element.querySelector(`.file-${name}`);
  }

  #show({ state, words = "", remark = "", retry = false }) {
    const isUnderWay = state === "under-way";
    const remove = isUnderWay ? "Cancel" : "Remove";
    this.element.dataset.state = state;
    this.#part("words").textContent = words;
    this.remark = remark;
    this.#part("progress").hidden = !isUnderWay;
    this.#part("downloads").replaceChildren();
    this.#part("retry").hidden = !retry;
    this.#part("remove").textContent = remove;
    this.#part("remove").setAttribute("aria-label", `${remove} ${this.#name}`);
  }

  #downloadButton(target) {
    const name = language(target);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "strong";
    button.textContent = name;
    button.setAttribute("aria-label", `${name}: download ${this.#name}`);
    button.addEventListener("click", () => this.#download(target));
    return button;
  }
}

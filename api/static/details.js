// The popover of a sentence: its English, how sure the model is, what looks wrong, and other translations.

import { flagInWords, sureness } from "./sentences.js";

const HOVER_MILLISECONDS = 180;
const LEAVE_MILLISECONDS = 300;
const GAP_PIXELS = 6;
const MARGIN_PIXELS = 8;

/** One popover for all sentences. `describe(sentence)` says what to show, `choose(sentence, text)` puts it in place. */
export class Details {
  #box;
  #describe;
  #choose;
  #onShow;
  #anchor = null;
  #timer = 0;

  constructor(box, { describe, choose, onShow }) {
    this.#box = box;
    this.#describe = describe;
    this.#choose = choose;
    this.#onShow = onShow;
    box.addEventListener("pointerenter", () => clearTimeout(this.#timer));
    box.addEventListener("pointerleave", () => this.#closeSoon());
    box.addEventListener("focusout", (event) => this.#focusLeft(event));
    box.addEventListener("keydown", (event) => this.#keyInside(event));
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.#anchor) this.#closeAndFocus();
    });
    document.addEventListener("pointerdown", ({ target }) => {
      if (this.#anchor && !box.contains(target) && !this.#anchor.contains(target)) this.close();
    });
    for (const moved of ["scroll", "resize"]) addEventListener(moved, () => this.#place(), { passive: true });
  }

  /** Makes `element` show the popover on hover, focus, tap and Enter. */
  attach(element) {
    element.addEventListener("pointerenter", ({ pointerType }) => {
      if (pointerType === "mouse") this.#after(HOVER_MILLISECONDS, () => this.open(element));
    });
    element.addEventListener("pointerleave", ({ pointerType }) => {
      if (pointerType === "mouse") this.#closeSoon();
    });
    element.addEventListener("focus", () => this.open(element));
    element.addEventListener("click", () => this.open(element));
    element.addEventListener("blur", (event) => this.#focusLeft(event));
    element.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      this.open(element);
      this.#choices()[0]?.focus();
    });
  }

  open(element) {
    clearTimeout(this.#timer);
    if (this.#anchor !== element) {
      this.close();
      this.#anchor = element;
      this.#fill();
      element.setAttribute("aria-expanded", "true");
      // A screen reader says it after the sentence, whose popover does not take the focus.
      element.setAttribute("aria-describedby", "details-confidence");
      // Beside its pane, so that the Tab key goes from the sentence into the popover.
      element.closest("section").querySelector(".output").after(this.#box);
      this.#box.showPopover();
      this.#onShow(element);
    }
    this.#place();
  }

  close() {
    clearTimeout(this.#timer);
    if (!this.#anchor) return;
    this.#anchor.setAttribute("aria-expanded", "false");
    this.#anchor.removeAttribute("aria-describedby");
    this.#anchor = null;
    this.#box.hidePopover();
    this.#onShow(null);
  }

  #after(milliseconds, action) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(action, milliseconds);
  }

  #closeSoon() {
    this.#after(LEAVE_MILLISECONDS, () => {
      const focused = document.activeElement;
      if (focused !== this.#anchor && !this.#box.contains(focused)) this.close();
    });
  }

  #closeAndFocus() {
    const anchor = this.#anchor;
    const wasInside = this.#box.contains(document.activeElement);
    // The order matters: focus opens the popover.
    if (wasInside) anchor.focus();
    this.close();
  }

  #focusLeft({ relatedTarget }) {
    if (!relatedTarget || this.#box.contains(relatedTarget) || relatedTarget === this.#anchor) return;
    this.close();
  }

  #choices() {
    return [...this.#box.querySelectorAll(".details-choices button")];
  }

  #keyInside(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const buttons = this.#choices();
    const index = buttons.indexOf(document.activeElement) + step;
    buttons.at(index % buttons.length)?.focus();
  }

  #fill() {
    const part = (name) => this.#box.querySelector(`.details-${name}`);
    const { source, language, confidence, flags, texts, shown } = this.#describe(this.#anchor);
    part("source").textContent = source;
    part("confidence").querySelector("meter").value = confidence;
    part("confidence").querySelector("span").textContent = `Confidence ${sureness(confidence)}`;
    part("flags").replaceChildren(...flags.map((flag) => listItem(flagInWords(flag))));
    part("title").textContent = texts.length > 1 ? "Choose a translation" : "No other translation was found.";
    const choices = texts.length > 1 ? texts : [];
    part("choices").replaceChildren(...choices.map((text) => this.#choice(text, language, text === shown)));
  }

  #choice(text, language, isShown) {
    const button = document.createElement("button");
    button.type = "button";
    button.lang = language;
    button.textContent = text;
    button.setAttribute("aria-pressed", String(isShown));
    button.addEventListener("click", () => {
      const anchor = this.#anchor;
      this.#choose(anchor, text);
      anchor.focus();
      this.close();
    });
    const item = document.createElement("li");
    item.append(button);
    return item;
  }

  #place() {
    if (!this.#anchor) return;
    const lines = this.#anchor.getClientRects();
    if (!lines.length) return;
    const first = lines[0];
    const last = lines[lines.length - 1];
    const { width, height } = this.#box.getBoundingClientRect();
    const below = last.bottom + GAP_PIXELS;
    const fitsBelow = below + height <= innerHeight - MARGIN_PIXELS || first.top - GAP_PIXELS - height < 0;
    const widest = document.documentElement.clientWidth - width - MARGIN_PIXELS;
    this.#box.style.left = `${Math.max(MARGIN_PIXELS, Math.min(last.left, widest))}px`;
    this.#box.style.top = `${fitsBelow ? below : first.top - GAP_PIXELS - height}px`;
  }
}

function listItem(text) {
  const item = document.createElement("li");
  item.textContent = text;
  return item;
}

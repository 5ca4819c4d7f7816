// One language's translation: sentences that can be pointed at, what the model thinks of them, and copying.

import { sureness, wrappedTranslations } from "./sentences.js";

const COPIED_MILLISECONDS = 1600;
const UNSURE_BELOW = 0.4;

export class Pane {
  #section;
  #output;
  #details;
  #parts = [];
  #after = "";
  /** What was chosen in place of the best translation, by English sentence and its how-manieth occurrence. */
  #chosen = new Map();

  constructor(section, details, announce) {
    this.#section = section;
    this.#output = section.querySelector(".output");
    this.#details = details;
    this.target = section.dataset.target;
    const copy = section.querySelector(".copy");
    copy.addEventListener("click", async () => {
      const done = await copyText(this.text);
      copy.textContent = done ? "Copied" : "Not copied";
      announce(done ? "Copied." : "The browser did not allow copying.");
      setTimeout(() => (copy.textContent = "Copy"), COPIED_MILLISECONDS);
    });
    this.#output.addEventListener("keydown", (event) => this.#moveFocus(event));
  }

  /** The translation as it is shown. */
  get text() {
    return this.#parts.map(({ before, shown }) => before + shown).join("") + this.#after;
  }

  set busy(isBusy) {
    this.#output.setAttribute("aria-busy", String(isBusy));
    this.#section.classList.toggle("busy", isBusy);
  }

  clear() {
    this.#chosen.clear();
    this.#parts = [];
    this.#after = "";
    this.#output.replaceChildren();
    this.#tell(null);
  }

  /** Shows a result, whose sentences are already cut out of it. */
  show(result, { sentences, after }) {
    const whole = result.translations[this.target];
    const wrapped = wrappedTranslations(sentences, this.target, whole.text);
    const seen = new Map();
    this.#parts = sentences.map((sentence, index) => {
      const { confidence, flags, text, alternatives } = sentence.translations[this.target];
      const occurrence = seen.get(sentence.text) ?? 0;
      seen.set(sentence.text, occurrence + 1);
      const best = wrapped[index];
      const texts = [best, ...alternatives.map((each) => each.text).filter((each) => each !== text)];
      const name = JSON.stringify([sentence.text, occurrence]);
      const chosen = this.#chosen.get(name);
      const shown = texts.includes(chosen) ? chosen : best;
      return { ...sentence, name, texts, shown, confidence, flags, element: null };
    });
    // What has no sentence, such as a number or a smiley, comes back as it was.
    this.#after = sentences.length ? after : whole.text;
    this.#output.replaceChildren(...this.#parts.flatMap((part, index) => [part.before, this.#element(part, index)]));
    this.#output.append(this.#after);
    this.#tell(whole);
  }

  /** What the popover shows of a sentence's element, or undefined if it is another pane's. */
  describe(element) {
    const part = this.#partOf(element);
    return part && { ...part, source: part.text, language: this.target };
  }

  choose(element, text) {
    const part = this.#partOf(element);
    if (!part) return;
    part.shown = text;
    element.textContent = text;
    if (text === part.texts[0]) this.#chosen.delete(part.name);
    else this.#chosen.set(part.name, text);
    this.#dress(part);
  }

  #partOf(element) {
    return this.#parts.find((part) => part.element === element);
  }

  #element(part, index) {
    const element = document.createElement("span");
    part.element = element;
    element.className = "sentence";
    element.textContent = part.shown;
    element.tabIndex = index === 0 ? 0 : -1;
    element.setAttribute("role", "button");
    element.setAttribute("aria-haspopup", "dialog");
    element.setAttribute("aria-expanded", "false");
    this.#dress(part);
    this.#details.attach(element);
    return element;
  }

  #dress({ element, shown, texts, flags, confidence }) {
    const isBest = shown === texts[0];
    element.classList.toggle("flagged", isBest && flags.length > 0);
    element.classList.toggle("doubtful", isBest && flags.length === 0 && confidence < UNSURE_BELOW);
    element.classList.toggle("chosen", !isBest);
  }

  /** One Tab stop for the whole translation; the arrow keys move inside it. */
  #moveFocus(event) {
    const elements = this.#parts.map((part) => part.element);
    const at = elements.indexOf(event.target);
    const next = {
      ArrowRight: at + 1,
      ArrowDown: at + 1,
      ArrowLeft: at - 1,
      ArrowUp: at - 1,
      Home: 0,
      End: elements.length - 1,
    }[event.key];
    if (at < 0 || next === undefined || !elements[next]) return;
    event.preventDefault();
    elements[at].tabIndex = -1;
    elements[next].tabIndex = 0;
    elements[next].focus();
  }

  #tell(whole) {
    const hasSentences = this.#parts.length > 0;
    const flagged = this.#parts.filter((part) => part.flags.length > 0).length;
    this.#section.classList.toggle("filled", whole !== null);
    this.#section.querySelector(".copy").disabled = whole === null;
    this.#section.querySelector(".sureness").textContent = hasSentences ? sureness(whole.confidence) : "";
    this.#section.querySelector(".remarks").textContent =
      flagged === 0 ? "" : flagged === 1 ? "One sentence needs a look." : `${flagged} sentences need a look.`;
  }
}

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Without HTTPS a browser has no clipboard for scripts, but still copies what is selected.
    const area = document.createElement("textarea");
    const focused = document.activeElement;
    area.value = text;
    area.className = "unseen";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    focused?.focus();
    return done;
  }
}

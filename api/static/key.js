// The API key: asked for where the server wants one, and kept until the tab is closed.

const NAME = "api-key";

/** The form that asks for the key, and the button that opens it; `use` is called when one was given. */
export class ApiKey {
  #form;
  #field;
  #button;

  constructor(form, button, { use }) {
    this.#form = form;
    this.#field = form.querySelector("input");
    this.#button = button;
    button.addEventListener("click", () => {
      this.#open(form.hidden);
      if (!form.hidden) this.#field.focus();
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#store(this.#field.value.trim());
      this.#open(false);
      use();
    });
  }

  /** The key, or an empty text. */
  get value() {
    try {
      return sessionStorage.getItem(NAME) ?? this.#field.value;
    } catch {
      return this.#field.value;
    }
  }

  /** Asks for a key if this server wants one and there is none. */
  set isRequired(isRequired) {
    this.#button.hidden = !isRequired;
    this.#open(isRequired && !this.value);
  }

  /** Asks for a key because of an error that is about it. */
  ask(error) {
    this.#button.hidden = false;
    this.#open(true);
    if (error.errorType === "invalid_api_key") this.#field.focus();
  }

  /** The server took the key. */
  accepted() {
    this.#open(false);
  }

  #open(isOpen) {
    this.#form.hidden = !isOpen;
    this.#button.setAttribute("aria-expanded", String(isOpen));
  }

  #store(key) {
    try {
      sessionStorage.setItem(NAME, key);
    } catch {
      // Storage is blocked: the field itself remembers.
    }
  }
}

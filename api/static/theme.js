// Light or dark: as the system says, until a choice is made, which is remembered.

const NAME = "theme";
const systemIsDark = matchMedia("(prefers-color-scheme: dark)");

function remembered() {
  try {
    return localStorage.getItem(NAME);
  } catch {
    return null; // Storage is blocked: the choice lasts as long as the page.
  }
}

function remember(theme) {
  try {
    localStorage.setItem(NAME, theme);
  } catch {
    // As above.
  }
}

/** Makes `button` switch between light and dark, and applies what was chosen before. */
export function installTheme(button) {
  let chosen = remembered();

  function apply() {
    const isDark = chosen ? chosen === "dark" : systemIsDark.matches;
    if (chosen) document.documentElement.dataset.theme = chosen;
    button.setAttribute("aria-pressed", String(isDark));
  }

  button.addEventListener("click", () => {
    chosen = button.getAttribute("aria-pressed") === "true" ? "light" : "dark";
    remember(chosen);
    apply();
  });
  systemIsDark.addEventListener("change", apply);
  apply();
}

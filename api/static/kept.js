// The jobs of this tab, remembered over a reload, which a phone also does to a tab that was away for a while.

const NAME = "files";

/** What was kept: `[{id, name}]`. */
export function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(NAME)) ?? [];
  } catch {
    return []; // Storage is blocked: the list lasts as long as the page.
  }
}

/** Keeps `[{id, name}]` until the tab is closed. */
export function keep(jobs) {
  try {
    sessionStorage.setItem(NAME, JSON.stringify(jobs));
  } catch {
    // As above.
  }
}

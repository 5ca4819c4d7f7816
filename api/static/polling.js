// Asking again and again, each time after a longer wait, and not at all while nobody sees the page.

const FIRST_MILLISECONDS = 300;
const GROWTH = 1.4;
const LONGEST_MILLISECONDS = 5_000;

/** Calls `ask` until what it returns, or resolves to, is true, or `signal` is aborted. Throws what `ask` throws. */
export async function poll(ask, signal) {
  let wait = FIRST_MILLISECONDS;
  while (!signal.aborted) {
    await pause(wait, signal);
    wait = Math.min(wait * GROWTH, LONGEST_MILLISECONDS);
    if (document.hidden) {
      await seen(signal);
      wait = FIRST_MILLISECONDS;
    }
    if (signal.aborted || (await ask())) return;
  }
}

function pause(milliseconds, signal) {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener("abort", end);
  });
}

/** Resolves once the page is visible. */
function seen(signal) {
  return new Promise((resolve) => {
    const look = () => {
      if (document.hidden && !signal.aborted) return;
      document.removeEventListener("visibilitychange", look);
      signal.removeEventListener("abort", look);
      resolve();
    };
    document.addEventListener("visibilitychange", look);
    signal.addEventListener("abort", look);
  });
}

// The page: from what is typed to both translations, and every state in between. Files are the business of files.js.

import { Details } from "./details.js";
import { Files } from "./files.js";
import { ApiKey } from "./key.js";
import { Pane } from "./pane.js";
import { codePoints, sentencesOf } from "./sentences.js";
import { explain, ServerError, settings, translate } from "./server.js";
import { installTheme } from "./theme.js";

const EXAMPLE =
  "Where is the station? My train leaves in ten minutes.\n\nCan you help me? Thank you for your help.";
const ALTERNATIVES = 3;
const RETRYABLE = new Set([0, 429, 503]);
const DEFAULT_RETRY_SECONDS = 2;
const MOST_RETRIES = 5;

const byId = (id) => document.getElementById(id);
const source = byId("source");
const mirror = byId("mirror");
const count = byId("count");
const notice = byId("notice");

// Until the server has told, and if it does not.
let limits = { charLimit: Infinity, frontendTimeout: 500, keyRequired: false, maxAlternatives: ALTERNATIVES };
let typing = 0;
let waiting = 0;
let retries = 0;
let running = null;

const announce = (text) => (byId("announcer").textContent = text);
const details = new Details(byId("details"), {
  describe: (element) => panes.map((pane) => pane.describe(element)).find(Boolean),
  choose: (element, text) => panes.forEach((pane) => pane.choose(element, text)),
  onShow: (element) => highlight(element && panes.map((pane) => pane.describe(element)).find(Boolean)),
});
const panes = [...document.querySelectorAll(".pane.target")].map((section) => new Pane(section, details, announce));

const key = new ApiKey(byId("key-form"), byId("key-button"), {
  use: () => {
    showNotice("");
    source.focus();
    run();
    files.keyGiven();
  },
});
const files = new Files({
  section: byId("files"),
  announcer: byId("files-announcer"),
  button: byId("choose"),
  chooser: byId("chooser"),
  zone: byId("drop"),
  key,
});

/** The text again, behind the text field: it gives the field its height, and marks the sentence pointed at. */
function highlight(sentence) {
  const text = source.value;
  if (!sentence) {
    mirror.textContent = `${text}\n`;
    return;
  }
  const mark = document.createElement("mark");
  mark.textContent = text.slice(sentence.start, sentence.end);
  mirror.replaceChildren(text.slice(0, sentence.start), mark, `${text.slice(sentence.end)}\n`);
}

function showCount() {
  const used = codePoints(source.value);
  const isOver = used > limits.charLimit;
  const number = (value) => value.toLocaleString("en");
  count.textContent = Number.isFinite(limits.charLimit)
    ? `${number(used)} of ${number(limits.charLimit)} characters`
    : `${number(used)} characters`;
  count.classList.toggle("over", isOver);
  source.setAttribute("aria-invalid", String(isOver));
  byId("clear").hidden = used === 0;
  byId("example").hidden = used > 0;
  return isOver;
}

function showNotice(text, { retry = false } = {}) {
  notice.hidden = text === "";
  byId("notice-text").textContent = text;
  byId("notice-countdown").textContent = "";
  byId("notice-retry").hidden = !retry;
}

function stop() {
  clearTimeout(typing);
  clearInterval(waiting);
  running?.abort();
  running = null;
}

/** Called on every change: whatever is under way is out of date. */
function changed() {
  stop();
  retries = 0;
  details.close();
  highlight(null);
  showNotice("");
  const isOver = showCount();
  if (source.value.trim() === "") {
    panes.forEach((pane) => pane.clear());
    setBusy(false);
    byId("output-hint").hidden = true;
  } else if (isOver) {
    setBusy(false);
    showNotice(`The text is too long: this server takes ${limits.charLimit.toLocaleString("en")} characters at once.`);
  } else {
    setBusy(true);
    typing = setTimeout(run, limits.frontendTimeout);
  }
}

function setBusy(isBusy) {
  panes.forEach((pane) => (pane.busy = isBusy));
}

async function run() {
  stop();
  showNotice("");
  if (source.value.trim() === "" || showCount()) return;
  setBusy(true);
  const mine = new AbortController();
  running = mine;
  try {
    const text = source.value;
    const alternatives = Math.min(ALTERNATIVES, limits.maxAlternatives);
    const result = await translate(text, { alternatives, key: key.value, signal: mine.signal });
    if (running === mine) show(result);
  } catch (error) {
    // An answer to what is no longer there is dropped, and so is its error.
    if (running === mine) fail(error);
  } finally {
    if (running === mine) {
      running = null;
      setBusy(false);
    }
  }
}

function show(result) {
  retries = 0;
  key.accepted();
  details.close();
  const cut = sentencesOf(result);
  panes.forEach((pane) => pane.show(result, cut));
  byId("output-hint").hidden = cut.sentences.length === 0;
  announce(cut.sentences.length === 1 ? "Translated one sentence." : `Translated ${cut.sentences.length} sentences.`);
}

function fail(error) {
  if (!(error instanceof ServerError)) {
    showNotice("Something went wrong on this page.", { retry: true });
    throw error;
  }
  if (error.isAboutTheKey) {
    showNotice(explain(error));
    key.ask(error);
    return;
  }
  showNotice(explain(error), { retry: error.status !== 200 && error.status !== 413 && error.status !== 422 });
  if (RETRYABLE.has(error.status) && retries < MOST_RETRIES) {
    retries += 1;
    retryIn(Math.max(1, error.retryAfterSeconds ?? DEFAULT_RETRY_SECONDS * retries));
  }
}

function retryIn(seconds) {
  let left = seconds;
  const tell = () => (byId("notice-countdown").textContent = `Trying again in ${left} s.`);
  tell();
  waiting = setInterval(() => {
    left -= 1;
    if (left > 0) tell();
    else run();
  }, 1000);
}

source.addEventListener("input", changed);
source.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) run();
});
byId("clear").addEventListener("click", () => {
  source.value = "";
  changed();
  source.focus();
});
byId("example").addEventListener("click", () => {
  source.value = EXAMPLE;
  changed();
  source.focus();
});
byId("notice-retry").addEventListener("click", () => {
  retries = 0;
  run();
});
addEventListener("online", () => {
  if (!notice.hidden) run();
});
addEventListener("offline", () => {
  if (source.value.trim() !== "") fail(new ServerError("", { status: 0 }));
});

installTheme(byId("theme"));
highlight(null);
showCount();
try {
  limits = { ...limits, ...(await settings()) };
} catch {
  // The first translation tells what is wrong.
}
key.isRequired = limits.keyRequired;
files.configure(limits);
// A browser may have filled the field in again after a reload.
if (source.value) changed();
else showCount();

// One file: sent to the server, watched while it is translated, fetched, and forgotten.

import { check } from "./file-check.js";
import { FileRow } from "./file-row.js";
import { explainFile, mayRetry, moment, progress, untranslated } from "./file-words.js";
import { describe, forget, result, submit } from "./jobs.js";
import { poll } from "./polling.js";
import { save } from "./save.js";
import { ServerError } from "./server.js";

const LONGEST_TIMER_MILLISECONDS = 2 ** 31 - 1;
// The server tells the time in whole seconds.
const GRACE_MILLISECONDS = 1_500;

/**
 * `file` is a File, or only `{name}` with the `jobId` of one that was sent before the page was loaded again. `page` is
 * what it needs of the page: `key`, `limits`, `inTurn(work)` to send one file after another, `say(text)` to screen
 * readers, `jobChanged()` and `removed(this)`.
 */
export class TranslatedFile {
  #file;
  #page;
  #row;
  #jobId;
  #isDone = false;
  #lacksKey = false;
  #removal = new AbortController();
  #expiry = 0;

  constructor(file, page, jobId = null) {
    this.#file = file;
    this.#jobId = jobId;
    this.#page = page;
    this.#row = new FileRow(file.name, {
      remove: () => this.#remove(),
      retry: () => this.#again(),
      download: (target) => this.#download(target),
    });
  }

  get element() {
    return this.#row.element;
  }

  /** What has to be kept to find it again: `{id, name}`, or null before the server has it. */
  get job() {
    return this.#jobId && { id: this.#jobId, name: this.#file.name };
  }

  focus() {
    this.#row.focus();
  }

  /** Sends the file, unless that was done already, and follows its translation to the end. */
  async translate() {
    this.#lacksKey = false;
    try {
      if (this.#jobId === null) {
        this.#row.underWay("Waiting");
        await this.#page.inTurn(() => this.#send());
      }
      // Also after it has expired, as the server knows best whether it has.
      await poll(() => this.#look(), this.#removal.signal);
    } catch (error) {
      if (!this.#isRemoved) this.#fail(error);
    }
  }

  /** Goes on if it was a missing or a wrong key that kept it. */
  keyGiven() {
    if (this.#lacksKey) this.translate();
  }

  get #isRemoved() {
    return this.#removal.signal.aborted;
  }

  async #send() {
    if (this.#isRemoved) return;
    this.#row.underWay("Sending");
    await check(this.#file, this.#page.limits);
    const job = await submit(this.#file, { key: this.#page.key.value });
    this.#jobId = job.id;
    // Had the request been cut off, the server might work on it all the same; so it was waited for.
    if (this.#isRemoved) {
      this.#forget();
      return;
    }
    this.#page.jobChanged();
    this.#row.underWay("Waiting for its turn");
  }

  /** Asks how far it is; returns whether it has ended. */
  async #look() {
    let job;
    try {
      job = await describe(this.#jobId, { key: this.#page.key.value, signal: this.#removal.signal });
    } catch (error) {
      if (!(error instanceof ServerError) || !mayRetry(error) || error.status === 404) throw error;
      this.#row.remark = `${this.#explain(error)} Trying again.`;
      return false;
    }
    if (job.status === "failed") {
      const { error, error_type: errorType } = job.error;
      throw new ServerError(error, { status: 500, errorType });
    }
    if (job.status === "queued") this.#row.underWay("Waiting for its turn");
    if (job.status === "translating") {
      this.#row.underWay(progress(job), job.segments_total ? job.segments_done / job.segments_total : null);
    }
    if (job.status === "done") this.#done(job);
    return job.status === "done";
  }

  #done(job) {
    const remark = untranslated(job);
    this.#row.done(`Translated. You can fetch it until ${moment(job.expires)}.`, remark, job.targets);
    if (!this.#isDone) this.#page.say(`${this.#file.name} is translated. ${remark}`);
    this.#isDone = true;
    const left = Math.min(job.expires - Date.now() + GRACE_MILLISECONDS, LONGEST_TIMER_MILLISECONDS);
    this.#expiry = setTimeout(() => this.translate(), left);
  }

  #fail(error) {
    clearTimeout(this.#expiry);
    if (!(error instanceof ServerError)) {
      this.#row.failed("Something went wrong on this page.", { retry: true });
      throw error;
    }
    const words = this.#explain(error);
    this.#lacksKey = error.isAboutTheKey;
    this.#row.failed(words, { retry: mayRetry(error) && this.#file instanceof File });
    this.#page.say(`${this.#file.name}: ${words}`);
    if (this.#lacksKey) this.#page.key.ask(error);
  }

  #explain(error) {
    return explainFile(error, this.#page.limits);
  }

  async #again() {
    this.#row.underWay("Waiting");
    await this.#forget();
    this.translate();
  }

  async #download(target) {
    this.#row.remark = "";
    try {
      const { name, blob } = await result(this.#jobId, target, { key: this.#page.key.value });
      save(blob, name);
    } catch (error) {
      if (error instanceof ServerError && error.status !== 404) {
        this.#row.remark = this.#explain(error);
        this.#page.say(this.#explain(error));
        if (error.isAboutTheKey) this.#page.key.ask(error);
      } else {
        this.#fail(error);
      }
    }
  }

  #remove() {
    this.#removal.abort();
    this.#forget();
    this.#page.removed(this);
  }

  /** Makes the server forget it; if that fails, the server does so by itself some time. */
  async #forget() {
    const id = this.#jobId;
    clearTimeout(this.#expiry);
    this.#jobId = null;
    this.#isDone = false;
    this.#page.jobChanged();
    if (id !== null) await forget(id, { key: this.#page.key.value }).catch(() => {});
  }
}

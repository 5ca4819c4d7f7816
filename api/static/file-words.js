// What happens to a file, in plain words.

import { explain } from "./server.js";

const number = (value) => value.toLocaleString("en");
const sentences = (count) => (count === 1 ? "1 sentence" : `${number(count)} sentences`);

const UNITS = ["bytes", "kB", "MB", "GB"];

/** A number of bytes as people say it: `10 MB`. */
export function size(bytes) {
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), UNITS.length - 1);
  return `${number(Math.floor(bytes / 10 ** (3 * power)))} ${UNITS[power]}`;
}

/** How far a job is. */
export const progress = ({ segments_done: done, segments_total: total }) => `${number(done)} of ${sentences(total)}`;

/** What did not work although the job is done; empty if nothing. */
export function untranslated({ untranslated: count, segments_total: total }) {
  return count === 0 ? "" : `${number(count)} of ${sentences(total)} stayed in English.`;
}

/** A moment as this computer writes it, with the day if it is not today. */
export function moment(date) {
  const isToday = date.toDateString() === new Date().toDateString();
  return date.toLocaleString(undefined, { timeStyle: "short", ...(isToday ? {} : { dateStyle: "medium" }) });
}

/** The name of a language by its code. */
export const language = (code) => new Intl.DisplayNames("en", { type: "language" }).of(code);

/** Whether the same file may succeed later. */
export const mayRetry = ({ status, errorType }) =>
  status === 0 || status === 429 || status >= 500 || errorType === "job_not_found";

/** Why a file is not translated; `formats` are the suffixes of those that can be. */
export function explainFile(error, { formats }) {
  const reason = error.message ? `: ${error.message}.` : ".";
  switch (error.errorType) {
    case "unsupported_file":
      return formats.length
        ? `Files of this kind cannot be translated. These can: ${formats.join(", ")}.`
        : "Files of this kind cannot be translated.";
    case "unreadable_file":
      return "The browser cannot read this. If it is a folder, choose the files in it; if it is a file, choose it again.";
    case "broken_file":
      return `The file cannot be read${reason}`;
    case "file_too_large":
      return `The file is too large${reason}`;
    case "body_too_large":
      return "The file is too large for this server.";
    case "text_too_long":
      return "The file has more text than this server takes in a minute.";
    case "too_many_jobs":
      return "The server keeps no more files than it has now. Fetch or remove one, or wait until one expires.";
    case "job_not_found":
      return "The server does not have this file any more.";
    case "rate_limited":
      return error.retryAfterSeconds === null
        ? explain(error)
        : `${explain(error)} It takes more in ${error.retryAfterSeconds} s.`;
    case "deadline_exceeded":
      return "The translation took too long.";
    default:
      return explain(error);
  }
}

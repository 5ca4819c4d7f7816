// Requests about the translations of files, which the server calls jobs.

import { authorization, jsonOf, send } from "./server.js";

/**
 * A job as the server tells it: `{id, status, targets, segments_total, segments_done, untranslated, error}`, and
 * `expires`, the Date by the clock of this computer when it is forgotten; null until it has ended.
 */
async function jobOf(response) {
  const job = await jsonOf(response);
  const now = Date.parse(response.headers.get("Date") ?? "") || Date.now();
  const expires = job.expires_at && new Date(Date.now() + Date.parse(job.expires_at) - now);
  return { ...job, expires };
}

/** Sends a file to be translated into all languages. Throws ServerError, as all of these do. */
export async function submit(file, { key }) {
  const body = new FormData();
  body.append("file", file, file.name);
  return jobOf(await send("jobs", { method: "POST", headers: authorization(key), body }));
}

/** The job as it stands now. */
export async function describe(id, { key, signal }) {
  return jobOf(await send(`jobs/${id}`, { headers: authorization(key), signal }));
}

/** The file in a language: `{name, blob}`. */
export async function result(id, target, { key, signal }) {
  const response = await send(`jobs/${id}/result?target=${target}`, { headers: authorization(key), signal });
  return { name: filenameOf(response), blob: await response.blob() };
}

/** Cancels a job and makes the server forget it. */
export async function forget(id, { key }) {
  await send(`jobs/${id}`, { method: "DELETE", headers: authorization(key), keepalive: true });
}

/** The name of a download, which the server gives in the form of RFC 5987. */
function filenameOf(response) {
  const [, encoded] = /filename\*=UTF-8''([^;]+)/.exec(response.headers.get("Content-Disposition") ?? "") ?? [];
  return encoded ? decodeURIComponent(encoded) : "translation";
}

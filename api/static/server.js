// Requests to the server, and what its errors mean to a person.

/** What came instead of a translation. `status` 0: no answer at all. */
export class ServerError extends Error {
  constructor(message, { status, errorType = "", retryAfterSeconds = null }) {
    super(message);
    this.status = status;
    this.errorType = errorType;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  get isAboutTheKey() {
    return this.errorType === "missing_api_key" || this.errorType === "invalid_api_key";
  }
}

/** The answer to a request. Throws ServerError for every other than a success, and an AbortError if a signal says so. */
export async function send(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ServerError("", { status: 0 });
  }
  if (response.ok) return response;
  const body = await response.json().catch(() => null);
  const seconds = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
  throw new ServerError(body?.error ?? "", {
    status: response.status,
    errorType: body?.error_type ?? "",
    retryAfterSeconds: Number.isFinite(seconds) ? seconds : null,
  });
}

/** The body of an answer. Throws what `send` throws, and a ServerError for what is no JSON. */
export async function jsonOf(response) {
  try {
    return await response.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ServerError("", { status: response.status });
  }
}

/** The headers that tell the server an API key; none without one. */
export const authorization = (key) => (key ? { Authorization: `Bearer ${key}` } : {});

/**
 * Limits, formats of files, and whether a key is asked for:
 * `{charLimit, frontendTimeout, keyRequired, maxAlternatives, maxFileBytes, supportedFilesFormat}`.
 */
export const settings = async () => jsonOf(await send("frontend/settings"));

/** The result of one text. Throws ServerError, or an AbortError if `signal` says so. */
export async function translate(text, { alternatives, key, signal }) {
  const response = await send("infer", {
    method: "POST",
    headers: { "Content-Type": "application/json", ...authorization(key) },
    body: JSON.stringify({ text, segments: true, num_alternatives: alternatives }),
    signal,
  });
  const [result] = (await jsonOf(response)).results;
  if (result.error) throw new ServerError(result.error.error, { status: 200, errorType: result.error.error_type });
  return result;
}

/** Plain words for an error. */
export function explain(error) {
  switch (error.errorType) {
    case "missing_api_key":
      return "This server asks for an API key.";
    case "invalid_api_key":
      return "The server does not know this API key.";
    case "rate_limited":
      return "You have used up what this server allows in a minute.";
    case "overloaded":
      return "The server has a lot to do right now.";
    case "triton_unavailable":
      return "The translation models are not ready yet.";
    case "deadline_exceeded":
      return "The translation took too long. A shorter text may work.";
    case "text_too_long":
    case "body_too_large":
      return "The text is too long for this server.";
  }
  if (error.status === 0) {
    return navigator.onLine ? "The server cannot be reached." : "You are offline.";
  }
  return error.message ? `This did not work: ${error.message}` : "Something went wrong on the server.";
}

// What can be told of a file before it is sent, with the errors that the server would answer.

import { size } from "./file-words.js";
import { ServerError } from "./server.js";

/** Throws a ServerError for a file that is surely not taken; without knowledge of a limit the server decides. */
export async function check(file, { formats, maxBytes }) {
  const name = file.name.toLowerCase();
  const isKnown = formats.some((suffix) => name.endsWith(suffix));
  // A folder can be dropped too, and a file may be gone when it is sent again.
  const isReadable = await file.slice(0, 1).arrayBuffer().then(Boolean, () => false);
  if (!isReadable) throw new ServerError("", { status: 400, errorType: "unreadable_file" });
  if (formats.length && !isKnown) throw new ServerError("", { status: 415, errorType: "unsupported_file" });
  if (file.size > maxBytes) {
    throw new ServerError(`it may have at most ${size(maxBytes)}`, { status: 413, errorType: "file_too_large" });
  }
}

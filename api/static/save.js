// Saving what is in memory as a file: a download that can be asked for with a header, which a link cannot.

// The browser reads the address after the click has returned.
const REVOKE_MILLISECONDS = 60_000;

/** Makes the browser save a blob under a name. */
export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), REVOKE_MILLISECONDS);
}

let lastAt = 0;
let lastText = new Date(0).toISOString();

/**
 * RFC 3339 of Unix milliseconds. Remembers the last one: records and events come in many of one moment, and
 * making the text costs more than all else that is done with an event.
 */
export function isoTime(at: number): string {
  if (at !== lastAt) {
    lastText = new Date(at).toISOString();
    lastAt = at;
  }
  return lastText;
}

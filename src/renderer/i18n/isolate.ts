/**
 * Keeps a text of unknown direction together within a sentence: an English step name would otherwise
 * turn the punctuation of an Arabic sentence around. For strings, where `<bdi>` cannot go.
 */
export function isolate(text: string): string {
  return `\u2068${text}\u2069`;
}

/**
 * Parses what stands in a file of the state. `undefined` for what is no JSON, and for bytes that
 * are no UTF-8: both mean a damaged file, which is expected and no exception.
 */
export function parseJson(content: string | Uint8Array): unknown {
  try {
    const text =
      typeof content === 'string'
        ? content
        : new TextDecoder('utf-8', { fatal: true }).decode(content);
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Bytes of UTF-8 that are kept of the end of an output. */
export const TAIL_BYTES = 16 * 1024;

/** The end of what a program writes, whatever it writes. */
export interface OutputTail {
  add(line: string): void;
  /** Its last lines, 16 KiB at most, joined by line feeds. */
  text(): string;
  /** The last line that says anything; empty where there is none. */
  readonly lastLine: string;
}

/** Keeps the end of an output in bounded memory. */
export function keepTail(): OutputTail {
  let lines: string[] = [];
  let length = 0;
  let lastLine = '';
  return {
    add(line) {
      if (line.trim() !== '') lastLine = line;
      lines.push(line);
      length += line.length + 1;
      // Cutting at twice the size, not at each line, keeps this cheap.
      if (length > 2 * TAIL_BYTES) {
        const kept = lines.join('\n').slice(-TAIL_BYTES);
        lines = [kept];
        length = kept.length;
      }
    },
    text: () => lastBytes(lines.join('\n')),
    get lastLine() {
      return lastLine;
    },
  };
}

/** The last 16 KiB of a text, from the start of a character on. */
export function lastBytes(text: string): string {
  const bytes = Buffer.from(text);
  let from = Math.max(0, bytes.length - TAIL_BYTES);
  while (from > 0 && ((bytes[from] ?? 0) & 0xc0) === 0x80) from += 1;
  return bytes.toString('utf8', from);
}

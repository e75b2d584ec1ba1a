import { gzipSync } from 'node:zlib';

/** An entry of a tar, honest or hostile. Bytes as strings are Latin-1, one character a byte. */
export interface RawEntry {
  readonly name: string;
  /** Type flag; a plain file by default. */
  readonly type?: string;
  readonly content?: string | Uint8Array;
  /** The size field as it is to stand there, twelve bytes; by default the content's. */
  readonly size?: string;
  readonly mode?: string;
  readonly linkname?: string;
  readonly prefix?: string;
  readonly magic?: string;
}

/** The two blocks of zeros at the end. */
export const END_MARK = Buffer.alloc(1024);

/** A tar with its end mark, of the test's own making: no tool would write the hostile ones. */
export function rawTar(entries: readonly RawEntry[]): Buffer {
  return Buffer.concat([...entries.map(rawEntry), END_MARK]);
}

/** The same, packed as `npm pack` does. */
export function rawArchive(entries: readonly RawEntry[]): Buffer {
  return gzipSync(rawTar(entries));
}

/** One entry: header, content, padding. */
export function rawEntry(entry: RawEntry): Buffer {
  const content = Buffer.from(entry.content ?? '');
  const padding = Buffer.alloc((512 - (content.length % 512)) % 512);
  return Buffer.concat([rawHeader(entry, content.length), content, padding]);
}

/** A pax extended header with these records, to stand before the entry that it changes. */
export function paxHeader(records: Readonly<Record<string, string>>, type = 'x'): RawEntry {
  const content = Object.entries(records).map(([key, value]) => paxRecord(key, value));
  return { name: 'PaxHeader/x', type, content: Buffer.concat(content) };
}

/** What a plugin archive has at least. */
export const MANIFEST: RawEntry = { name: 'package/package.json', content: '{}' };

function rawHeader(entry: RawEntry, length: number): Buffer {
  const block = Buffer.alloc(512);
  const put = (text: string, at: number): number => block.write(text, at, 'latin1');
  put(entry.name, 0);
  put(entry.mode ?? '0000644\0', 100);
  put('0000000\0', 108);
  put('0000000\0', 116);
  put(entry.size ?? `${length.toString(8).padStart(11, '0')}\0`, 124);
  put('00000000000\0', 136);
  put(entry.type ?? '0', 156);
  put(entry.linkname ?? '', 157);
  put(entry.magic ?? 'ustar\u000000', 257);
  put(entry.prefix ?? '', 345);
  seal(block);
  return block;
}

/** Writes the checksum of a header, which is taken with spaces in its own place. */
function seal(block: Buffer): void {
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
}

/** A damaged tar whose headers are made to look sound again. */
export function resealed(tar: Buffer): Buffer {
  const copy = Buffer.from(tar);
  for (let at = 0; at + 512 <= copy.length; at += 512) {
    const block = copy.subarray(at, at + 512);
    if (block.toString('latin1', 257, 262) === 'ustar') seal(block);
  }
  return copy;
}

/** The length in front counts itself. */
function paxRecord(key: string, value: string): Buffer {
  const rest = Buffer.from(` ${key}=${value}\n`);
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length += 1;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

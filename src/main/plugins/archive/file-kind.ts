const EXPECTED = 'expected a .tgz made by `npm pack`';

/** First bytes in hex, and what they tell. Older plans name native libraries where a plugin should be. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^(cffaedfe|cefaedfe|feedfacf|feedface|cafebabe)/, 'is a native library (Mach-O)'],
  [/^7f454c46/, 'is a native library (ELF)'],
  [/^4d5a/, 'is a native library or program of Windows'],
  [/^504b0[357]0[468]/, 'is a zip file'],
  [/^425a68/, 'is packed with bzip2'],
  [/^fd377a585a00/, 'is packed with xz'],
  [/^28b52ffd/, 'is packed with zstd'],
];

/** Says in words what a file is that does not begin as gzip does. */
export function kindOfFile(start: Buffer): string {
  const hex = start.toString('hex', 0, 8);
  const known = KINDS.find(([pattern]) => pattern.test(hex));
  if (known !== undefined) return `it ${known[1]}, ${EXPECTED}`;
  if (start.toString('latin1', 257, 262) === 'ustar') return `it is a bare tar file, ${EXPECTED}`;
  // What a captive portal, or a server that answers errors with success, sends instead.
  const text = start.toString('latin1', 0, 256).trimStart().toLowerCase();
  if (text.startsWith('<!doctype html') || text.startsWith('<html')) {
    return `it is a web page, ${EXPECTED}`;
  }
  return 'it is not a gzip-compressed tar file';
}

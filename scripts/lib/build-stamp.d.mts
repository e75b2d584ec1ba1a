/** Digest of all sources by name and content: SHA-256, hex. */
export function sourceDigest(root?: string): string;
/** Is the build there, whole, and made from these sources? */
export function isFresh(digest: string, out?: string): boolean;

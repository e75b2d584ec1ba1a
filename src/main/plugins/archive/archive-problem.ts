/**
 * Thrown inside the unpacking, to leave its nested loops at once; `unpackPlugin` turns it into the
 * failure. Its message goes on from "x.tgz is no plugin archive that can be used:".
 */
export class ArchiveProblem extends Error {
  override readonly name = 'ArchiveProblem';
}

/** A name as messages show it: quoted, and not for pages. */
export function quoted(name: string): string {
  return JSON.stringify(name.slice(0, 100));
}

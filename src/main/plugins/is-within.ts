import path from 'node:path';

/** Is `file` this folder or in it? Both are absolute and free of links. */
export function isWithin(file: string, folder: string): boolean {
  const relative = path.relative(folder, file);
  const climbs = relative === '..' || relative.startsWith(`..${path.sep}`);
  return !climbs && !path.isAbsolute(relative);
}

import path from 'node:path';
import { fail, ok, type Result } from '#shared';
import { isContained } from '../../../shared/text-rules.ts';
import type { FilePlace, Place, S3Place } from './place.ts';
import { resolveUnc } from './unc.ts';

/** A plan's words for where something lies: `update_from`, `plugin_location_type`. */
export type PlaceKind = 'local' | 's3' | 'https' | 'unc';

export interface PlaceContext {
  /** What a relative local path is taken from. */
  readonly baseFolder: string;
  /** `[unc] mounts` of the device configuration. */
  readonly mounts: { readonly [share: string]: string };
  readonly platform: NodeJS.Platform;
  readonly parseS3: (text: string) => Result<S3Place>;
}

/**
 * Turns what a plan says about a place into the place on this device. Touches nothing: whether it is
 * there is seen when it is read. Failures: `update/invalid` for what names no place of its kind,
 * `update/unreachable` for a share that no mount is named for.
 */
export function resolvePlace(kind: PlaceKind, text: string, context: PlaceContext): Result<Place> {
  switch (kind) {
    case 'local': {
      const rules = context.platform === 'win32' ? path.win32 : path.posix;
      const folder = rules.resolve(context.baseFolder, text);
      return ok({ kind: 'file', path: folder, root: folder });
    }
    case 'unc':
      return resolveUnc(text, context);
    case 's3':
      return context.parseS3(text);
    case 'https':
      return parseHttps(text);
  }
}

function parseHttps(text: string): Result<Place> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'https:') {
    // Not shown: what is no address may still hold somebody's password.
    const message = 'The plan names an https place whose address does not begin with https://.';
    return fail({ code: 'update/invalid', message });
  }
  url.hash = '';
  return ok({ kind: 'https', url: url.href });
}

/**
 * A place below a folder. Each segment is one name, encoded as its place asks for; one that could
 * leave the folder is a bug of the caller and throws.
 */
export function below(place: Place, ...segments: readonly string[]): Place {
  const bad = segments.find((segment) => !isName(segment));
  if (bad !== undefined) throw new Error(`${JSON.stringify(bad)} is not one name of a path`);
  if (segments.length === 0) return place;
  switch (place.kind) {
    case 'file':
      return belowFile(place, segments);
    case 's3': {
      const folder = place.key.replace(/\/+$/, '');
      return { ...place, key: [...(folder === '' ? [] : [folder]), ...segments].join('/') };
    }
    case 'https': {
      // A query may be what grants access, and holds for everything in the folder.
      const url = new URL(place.url);
      const folder = url.pathname.replace(/\/+$/, '');
      url.pathname = [folder, ...segments.map(encodeURIComponent)].join('/');
      return { ...place, url: url.href };
    }
  }
}

/** Not empty, no separator of any system, not `.` or `..`, and nothing that an encoding cannot say. */
function isName(segment: string): boolean {
  return segment !== '' && isContained(segment) && !/\0|\p{Surrogate}/u.test(segment);
}

function belowFile(place: FilePlace, segments: readonly string[]): FilePlace {
  if (place.path.startsWith('/'))
    return { ...place, path: path.posix.join(place.path, ...segments) };
  // On Windows a colon names a drive or a stream, and `.. ` is `..`.
  const bad = segments.find((segment) => segment.includes(':') || /^[. ]+$/.test(segment));
  if (bad !== undefined) throw new Error(`${JSON.stringify(bad)} is not one name of a path`);
  return { ...place, path: path.win32.join(place.path, ...segments) };
}

/** A place in words for messages and logs. Never credentials: user names and queries are left out. */
export function describePlace(place: Place): string {
  switch (place.kind) {
    case 'file':
      return place.path;
    case 's3': {
      const name = `s3://${place.bucket}/${place.key}`;
      return place.endpoint === undefined ? name : `${name} at ${new URL(place.endpoint).host}`;
    }
    case 'https': {
      const { origin, pathname } = new URL(place.url);
      return origin + pathname;
    }
  }
}

import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { fail, ok, type Result } from '#shared';
import { isWithin } from './is-within.ts';
import type { PluginPackage } from './manifest.ts';
import type { PluginBinding } from './registry.ts';

/** What is needed of a binding to serve its screen. */
export interface WebSource {
  readonly entry: Pick<PluginBinding['entry'], 'name'>;
  readonly package: Pick<PluginPackage, 'webRoot'>;
}

/** A file of a plugin's screen, ready to be sent. */
export interface WebFile {
  /** Absolute, links followed. */
  readonly path: string;
  /** Its `Content-Type`. */
  readonly type: string;
}

const TYPES: { readonly [extension: string]: string } = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.avif': 'image/avif',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.mp4': 'video/mp4',
  '.webm': 'video/webm',
  '.mp3': 'audio/mpeg',
  '.wasm': 'application/wasm',
};

/**
 * Finds the file behind the path of an address, such as `/pages/1.svg?x`; a folder gives its
 * index.html. Only from the plugin's `web` folder: no climbing, no link that leads out, no name that
 * begins with a dot. Everything else is `plugin/not-found`, without saying why: the one who asks is
 * a plugin's page.
 */
export async function webFile(binding: WebSource, urlPath: string): Promise<Result<WebFile>> {
  const { webRoot } = binding.package;
  const segments = segmentsOf(urlPath);
  if (webRoot !== undefined && segments !== undefined) {
    const asked = path.join(webRoot, ...segments);
    for (const candidate of [asked, path.join(asked, 'index.html')]) {
      const real = await realFile(candidate);
      if (real === undefined || !isWithin(real, webRoot)) continue;
      const type = TYPES[path.extname(real).toLowerCase()] ?? 'application/octet-stream';
      return ok({ path: real, type });
    }
  }
  return fail({
    code: 'plugin/not-found',
    message: `The screen of plugin "${binding.entry.name}" has no file ${JSON.stringify(urlPath.slice(0, 200))}.`,
  });
}

/** The decoded parts of the path; `undefined` where one could leave the folder or is hidden. */
function segmentsOf(urlPath: string): readonly string[] | undefined {
  let decoded: string;
  try {
    decoded = decodeURIComponent(urlPath.replace(/[?#].*$/s, ''));
  } catch {
    return undefined;
  }
  // A drive or stream on Windows has a colon; nothing harmless has a control character.
  if (/[\\:]|\p{Cc}/u.test(decoded)) return undefined;
  const segments = decoded.split('/').filter((segment) => segment !== '');
  return segments.some((segment) => segment.startsWith('.')) ? undefined : segments;
}

async function realFile(candidate: string): Promise<string | undefined> {
  try {
    const real = await realpath(candidate);
    return (await stat(real)).isFile() ? real : undefined;
  } catch {
    return undefined;
  }
}

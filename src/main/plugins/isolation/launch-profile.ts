import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { isWithin } from '../is-within.ts';
import type { PluginPackage } from '../manifest.ts';

/**
 * What one plugin's process may reach, beyond the system's programs, the app's own files and a
 * temporary folder of its own. Paths are absolute.
 */
export interface LaunchProfile {
  /** Folders that it may read: where packages of plugins are. */
  readonly packages: readonly string[];
  /** Files and folders that it may read and write. */
  readonly files: readonly GrantedFile[];
  /** May it open connections? To any host: nothing here looks at which. */
  readonly network: boolean;
  /** May it start programs? Any that it can see: nothing here looks at which. */
  readonly commands: boolean;
  /** Folders that stay out of its sight although one of the above contains them. */
  readonly hidden: readonly string[];
}

/** A path as the plugin's manifest names it, and where it really is, links followed. */
export interface GrantedFile {
  readonly path: string;
  readonly real: string;
}

/**
 * What a package's `permissions` come to on this device (plan contract, section 6). `profile` is
 * absent for a plugin that needs no more than `plain` gives, and so can run in a spare process;
 * `refused` says in words what it does not get, and why.
 */
export async function profileFor(request: {
  readonly package: PluginPackage;
  readonly plain: LaunchProfile;
  /** The app's state: no plugin gets any of it, whatever it declares. */
  readonly home: string;
  /** What the app relies on: no plugin gets any of it either. */
  readonly closed: readonly string[];
  /** Its own folder for files, where it has one; in `home`, but its own. */
  readonly dataFolder?: string | undefined;
}): Promise<{ readonly profile?: LaunchProfile; readonly refused: readonly string[] }> {
  const { plain, dataFolder } = request;
  const { root, manifest } = request.package;
  const { commands = [], network = [], files = [] } = manifest.permissions ?? {};
  const granted = await Promise.all(files.map((file) => grantFile(file, request)));
  const refused = granted.flatMap((grant) => ('refused' in grant ? [grant.refused] : []));
  const isVisible = plain.packages.some((folder) => isWithin(root, folder));
  const isPlain = commands.length + network.length + files.length === 0;
  if (isVisible && isPlain && dataFolder === undefined) return { refused };
  const own = dataFolder === undefined ? [] : [{ path: dataFolder, real: dataFolder }];
  return {
    refused,
    profile: {
      packages: isVisible ? plain.packages : [...plain.packages, root],
      files: [...granted.flatMap((grant) => ('refused' in grant ? [] : [grant])), ...own],
      network: network.length > 0,
      commands: commands.length > 0,
      hidden: plain.hidden,
    },
  };
}

async function grantFile(
  file: string,
  { home, closed }: { readonly home: string; readonly closed: readonly string[] },
): Promise<GrantedFile | { readonly refused: string }> {
  const refuse = (why: string) => ({ refused: `permissions.files: "${file}" ${why}` });
  if (!path.isAbsolute(file)) return refuse('is not granted: it is no absolute path');
  try {
    const normal = path.resolve(file);
    const [real, folder] = await Promise.all([realpath(normal), realpath(path.dirname(normal))]);
    if (await wouldOpen(real, home)) {
      return refuse("is not granted: it would open the app's own state to the plugin");
    }
    for (const kept of closed) {
      if (await wouldOpen(real, kept)) {
        return refuse(
          `is not granted: it would open ${kept} to the plugin, which the app relies on`,
        );
      }
    }
    if (isWithin(real, '/proc')) {
      return refuse('is not granted: it would show the processes of others');
    }
    // Its folder with links followed: inside a sandbox those links may not be there.
    return { path: path.join(folder, path.basename(normal)), real };
  } catch {
    return refuse('is not there on this device');
  }
}

/** Is the granted path in a closed folder, or does it hold that folder, or a link that leads to it? */
async function wouldOpen(granted: string, closed: string): Promise<boolean> {
  const real = await realOrToBe(closed);
  if (isWithin(granted, real)) return true;
  const resolved = path.resolve(closed);
  // Who can write where a link stands can lead the app elsewhere.
  const link = path.join(await realOrToBe(path.dirname(resolved)), path.basename(resolved));
  return [real, link].some((place) => isWithin(place, granted));
}

/** With links followed, as far as the path is there yet. */
async function realOrToBe(file: string): Promise<string> {
  const resolved = path.resolve(file);
  const parent = path.dirname(resolved);
  try {
    return await realpath(resolved);
  } catch {
    if (parent === resolved) return resolved;
    return path.join(await realOrToBe(parent), path.basename(resolved));
  }
}

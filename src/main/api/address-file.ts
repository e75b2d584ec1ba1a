import { join } from 'node:path';
import * as v from 'valibot';
import { ok, type Result } from '#shared';
import { writeFileAtomic } from '../state/atomic-file.ts';
import { isSystemError, type FilesPort } from '../state/files-port.ts';
import { parseJson } from '../state/parse-json.ts';
import { writeFailure } from '../state/write-failure.ts';

const addressSchema = v.object({ url: v.string(), token: v.string(), pid: v.number() });

/** Where the control API of a running app is, and the secret that opens it. */
export type ApiAddress = v.InferOutput<typeof addressSchema>;

/** The file that tells it to whoever may read the home. */
export function addressFile(home: string): string {
  return join(home, 'control-api.json');
}

/**
 * Puts the address where programs of the device's own user find it. One that a crash left behind is
 * replaced, whatever permissions it has. Fails with `shell/read-only`.
 */
export async function writeAddress(
  files: FilesPort,
  home: string,
  address: ApiAddress,
): Promise<Result<void>> {
  const path = addressFile(home);
  try {
    // A file that is written over keeps its permission bits, and somebody may have widened them.
    await files.remove(path);
  } catch (thrown) {
    return { ok: false, failure: writeFailure(home, thrown) };
  }
  return writeFileAtomic({ files, path, content: `${JSON.stringify(address, undefined, 2)}\n` });
}

/** The address that stands in a home; `undefined` where there is none, or no sense in it. */
export async function readAddress(
  files: Pick<FilesPort, 'read'>,
  home: string,
): Promise<ApiAddress | undefined> {
  try {
    const parsed = v.safeParse(addressSchema, parseJson(await files.read(addressFile(home))));
    return parsed.success ? parsed.output : undefined;
  } catch (thrown) {
    if (isSystemError(thrown)) return undefined;
    throw thrown;
  }
}

/** Takes the address away, unless it is another start's by now. Fails with `shell/read-only`. */
export async function removeAddress(
  files: FilesPort,
  home: string,
  token: string,
): Promise<Result<void>> {
  const address = await readAddress(files, home);
  if (address?.token !== token) return ok(undefined);
  try {
    await files.remove(addressFile(home));
    return ok(undefined);
  } catch (thrown) {
    return { ok: false, failure: writeFailure(home, thrown) };
  }
}

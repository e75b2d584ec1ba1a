import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { parseJson } from '../state/parse-json.ts';

const dependenciesSchema = v.object({ dependencies: v.optional(v.record(v.string(), v.string())) });

/** The app gives it to every plugin. */
const SDK = 'firstlight';

/**
 * Names of the packages that an unpacked plugin depends on and does not hold. Nobody installs anything on a
 * device, so code that imports one of them ends there.
 */
export async function missingDependencies(root: string): Promise<readonly string[]> {
  const json = parseJson(await readFile(path.join(root, 'package.json')));
  const parsed = v.safeParse(dependenciesSchema, json);
  const names = Object.keys(parsed.success ? (parsed.output.dependencies ?? {}) : {});
  const isMissing = await Promise.all(
    names.map((name) =>
      access(path.join(root, 'node_modules', name)).then(
        () => false,
        () => name !== SDK,
      ),
    ),
  );
  return names.filter((_, at) => isMissing[at]);
}

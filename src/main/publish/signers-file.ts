import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse, TomlError } from 'smol-toml';
import * as v from 'valibot';
import { fail, ok, type Result } from '#shared';
import { isSystemError } from '../state/files-port.ts';

/** A key that lies elsewhere: in a file, or behind a command. */
export type NamedSigner =
  | { readonly name: string; readonly file: string; readonly command?: never }
  | {
      readonly name: string;
      readonly file?: never;
      readonly public: string;
      readonly command: readonly string[];
    };

const text = v.pipe(v.string(), v.nonEmpty());
const signersSchema = v.strictObject({
  keys: v.record(
    v.string(),
    v.union(
      [
        v.strictObject({ file: text }),
        v.strictObject({ public: text, command: v.pipe(v.array(v.string()), v.minLength(1)) }),
      ],
      'expected either `file`, or `public` with `command` as a list',
    ),
  ),
});

/**
 * Reads `signers.toml` of a folder of keys: `[keys.NAME]` with `file`, or with `public` and `command`.
 * No such file means no such keys. Fails with `publish/bad-keys`.
 */
export async function readSignersFile(folder: string): Promise<Result<readonly NamedSigner[]>> {
  const file = path.join(folder, 'signers.toml');
  let content: string;
  try {
    content = await readFile(file, 'utf8');
  } catch (thrown) {
    if (isSystemError(thrown, 'ENOENT')) return ok([]);
    if (isSystemError(thrown)) return bad(file, `it cannot be read (${thrown.code})`);
    throw thrown;
  }
  let tree: unknown;
  try {
    tree = parse(content);
  } catch (thrown) {
    if (!(thrown instanceof TomlError)) throw thrown;
    const [what = ''] = thrown.message.split('\n');
    return bad(`${file}:${thrown.line}:${thrown.column}`, what);
  }
  const parsed = v.safeParse(signersSchema, tree);
  if (parsed.success) {
    return ok(Object.entries(parsed.output.keys).map(([name, entry]) => ({ name, ...entry })));
  }
  const [issue] = parsed.issues;
  return bad(file, `${v.getDotPath(issue) ?? 'the file'}: ${issue.message}`);
}

function bad(file: string, problem: string): Result<never> {
  return fail({
    code: 'publish/bad-keys',
    message: `${file} cannot be used: ${problem}.`,
    hint: 'It holds [keys.NAME] tables with file = "...", or with public = "..." and command = [...].',
  });
}

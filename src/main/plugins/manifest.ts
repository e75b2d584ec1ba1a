import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { fail, ok, pluginPackageSchema, type Manifest, type Result } from '#shared';
import { isWithin } from './is-within.ts';

/** A plugin's package after it was checked. Paths are absolute and real. */
export interface PluginPackage {
  readonly root: string;
  readonly name: string;
  readonly version: string;
  readonly manifest: Manifest;
  /** Its ES module. */
  readonly main: string;
  /** Folder of its screen; absent for a plugin without one. */
  readonly webRoot?: string;
}

const MAX_PACKAGE_JSON = 1024 * 1024;

/**
 * Reads and checks the package in `root`: its `package.json`, and that what that names is there and
 * inside the package, links followed. All problems are in the one failure, `plugin/bad-manifest`.
 */
export async function readPackage(root: string): Promise<Result<PluginPackage>> {
  const [real, json] = await Promise.all([
    realpath(root),
    readPackageJson(path.join(root, 'package.json')),
  ]);
  if (!json.ok) return bad(root, [json.problem]);
  const parsed = v.safeParse(pluginPackageSchema, json.value);
  if (!parsed.success) return bad(root, parsed.issues.map(problemInWords));

  const { name, version, firstlight: manifest } = parsed.output;
  const [main, web] = await Promise.all([
    inside(real, manifest.main, 'file'),
    manifest.web === undefined ? undefined : inside(real, manifest.web, 'folder'),
  ]);
  const problems = [
    ...(main.ok ? [] : [`\`firstlight.main\` ${main.problem}`]),
    ...(web === undefined || web.ok ? [] : [`\`firstlight.web\` ${web.problem}`]),
  ];
  if (web?.ok === true && !(await inside(web.path, 'index.html', 'file')).ok) {
    problems.push(
      `\`firstlight.web\` names the folder "${manifest.web ?? ''}", which has no index.html`,
    );
  }
  if (!main.ok || problems.length > 0) return bad(root, problems);
  return ok({
    root: real,
    name,
    version,
    manifest,
    main: main.path,
    ...(web?.ok === true ? { webRoot: web.path } : {}),
  });
}

function bad(root: string, problems: readonly string[]): Result<never> {
  return fail({
    code: 'plugin/bad-manifest',
    message: `${path.join(path.basename(root), 'package.json')}: ${problems.join('; ')}.`,
    hint: 'A plugin\'s package.json has name, version and "firstlight": { "apiVersion": 1, "main": "index.js" }.',
  });
}

type Read =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: string };

async function readPackageJson(file: string): Promise<Read> {
  try {
    const { size } = await stat(file);
    if (size > MAX_PACKAGE_JSON) return { ok: false, problem: 'it is larger than 1 MiB' };
    const text = await readFile(file, 'utf8');
    // Some editors begin a file with a byte order mark.
    return { ok: true, value: JSON.parse(text.replace(/^\uFEFF/, '')) };
  } catch (error) {
    if (error instanceof SyntaxError)
      return { ok: false, problem: `it is no JSON (${error.message})` };
    return { ok: false, problem: 'the file is missing or cannot be read' };
  }
}

/** One finding of the schema as a sentence that names field, expectation and value. */
function problemInWords(issue: v.InferIssue<typeof pluginPackageSchema>): string {
  const field = v.getDotPath(issue);
  if (field === null) return 'it must hold an object';
  if (issue.input === undefined) return `\`${field}\` is missing`;
  if (issue.type === 'min_length') return `\`${field}\` is empty`;
  const found = JSON.stringify(issue.input).slice(0, 60);
  return `\`${field}\` must be ${expectation(issue.expected)}, but is ${found}`;
}

function expectation(expected: string | null): string {
  switch (expected) {
    case 'Array':
      return 'a list';
    case 'Object':
      return 'an object';
    case 'string':
      return 'a string';
    default:
      return expected ?? 'something else';
  }
}

type Inside =
  { readonly ok: true; readonly path: string } | { readonly ok: false; readonly problem: string };

/** Where `relative` leads, links followed, if that is inside `root` and of the right kind. */
async function inside(root: string, relative: string, kind: 'file' | 'folder'): Promise<Inside> {
  try {
    const asked = path.resolve(root, relative);
    const [target, stats] = await Promise.all([realpath(asked), stat(asked)]);
    if (!isWithin(target, root)) {
      return { ok: false, problem: `"${relative}" is outside the package` };
    }
    const fits = kind === 'file' ? stats.isFile() : stats.isDirectory();
    if (!fits) return { ok: false, problem: `"${relative}" is no ${kind}` };
    return { ok: true, path: target };
  } catch {
    if (!isWithin(path.resolve(root, relative), root)) {
      return { ok: false, problem: `"${relative}" is outside the package` };
    }
    return { ok: false, problem: `names "${relative}", which is not there` };
  }
}

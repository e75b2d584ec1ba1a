import { execFile } from 'node:child_process';
import { mkdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { problemWith } from './answers.js';
import { download, isDownloaded } from './download.js';
import { isProgram, isThere, placesOf, removeAll, syncFolder, targetOf } from './places.js';
import { textsFor } from './texts.js';

const run = promisify(execFile);

/** A value that `check` gave, where a command needs it. */
const found = (name) => `\${{ steps.check.outputs.${name} }}`;

/**
 * The steps in the order in which they run. Each can be repeated after a power cut, and looks first
 * whether its work is done.
 *
 * @param {string} language
 * @returns {import('../../src/sdk/index.ts').Step[]}
 */
export function runtimeSteps(language) {
  const texts = textsFor(language);
  return [
    {
      name: 'check',
      description: texts.check,
      async run(ctx) {
        const problem = problemWith(ctx.inputs);
        if (problem !== undefined) throw new Error(problem);
        const places = placesOf(ctx);
        for (const folder of ['downloads', 'unpacked', 'versions']) {
          await mkdir(path.join(places.folder, folder), { recursive: true });
        }
        // Commands read these as `${{ }}`. A step that is skipped gives nothing, so they are all here.
        return { ...places, before: await targetOf(places.current) };
      },
    },
    {
      name: 'download',
      description: texts.download,
      dependsOn: ['check'],
      // One download at a time on this device, whoever wants it.
      mutexes: ['network'],
      // Each attempt goes on where the one before ended.
      retry: { maxAttempts: 5, backoff: { initialSeconds: 1, maxSeconds: 30 } },
      timeoutSeconds: 1800,
      heartbeatSeconds: 20,
      check: async (ctx) => (await isInstalled(ctx)) || (await isDownloaded(ctx)),
      run: (ctx) => download(ctx, texts.downloaded),
      undo: async (ctx) => removeAll(placesOf(ctx).archive, placesOf(ctx).part),
    },
    {
      name: 'extract',
      description: texts.extract,
      dependsOn: ['download'],
      mutexes: ['disk'],
      timeoutSeconds: 600,
      check: async (ctx) => (await isInstalled(ctx)) || isUnpacked(ctx),
      commands: described(texts.extract, [
        { cmd: ['rm', '-rf', '--', found('unpacking'), found('unpacked')], phase: 'check' },
        { cmd: ['mkdir', '--', found('unpacking')], phase: 'check' },
        {
          cmd: [
            ...['tar', '-xzo', '-f', found('archive')],
            ...['-C', found('unpacking'), '--strip-components=1'],
          ],
          phase: 'execute',
          errorPatterns: ['^tar: .*: Cannot '],
        },
        // Its bytes first, then its name: see `placesOf`.
        { cmd: ['sync', '-f', found('unpacking')], phase: 'execute' },
        { cmd: ['mv', '-T', '--', found('unpacking'), found('unpacked')] },
        { cmd: ['sync', 'unpacked'], cwd: found('folder') },
      ]),
      // An archive without the program in it is the wrong one, whatever its digest.
      verify: isUnpacked,
      undo: async (ctx) => removeAll(placesOf(ctx).unpacking, placesOf(ctx).unpacked),
    },
    {
      name: 'install',
      description: texts.install,
      dependsOn: ['extract'],
      mutexes: ['disk'],
      check: isInstalled,
      async run(ctx) {
        const { unpacked, installed } = placesOf(ctx);
        await rename(unpacked, installed);
        await syncFolder(path.dirname(installed));
        await syncFolder(path.dirname(unpacked));
      },
      verify: isInstalled,
      async undo(ctx) {
        const { installed, unpacked } = placesOf(ctx);
        // A power cut may have made it current without the app knowing.
        if (await isCurrent(ctx)) await restoreCurrent(ctx);
        if (!(await isThere(installed))) return;
        // Out of sight by a rename, so that nobody sees the half of it.
        await removeAll(unpacked);
        await rename(installed, unpacked);
        await removeAll(unpacked);
      },
    },
    {
      name: 'symlink',
      description: texts.symlink,
      dependsOn: ['install'],
      mutexes: ['disk'],
      check: isCurrent,
      commands: described(texts.symlink, [
        // `ln --force` would remove the old one first; a rename replaces it at one moment.
        { cmd: ['ln', '-sfn', '--', found('target'), 'current.part'], cwd: found('folder') },
        { cmd: ['mv', '-T', '--', 'current.part', 'current'], cwd: found('folder') },
        { cmd: ['sync', '.'], cwd: found('folder') },
      ]),
      verify: isCurrent,
      undo: restoreCurrent,
    },
    {
      name: 'tidy',
      description: texts.tidy,
      dependsOn: ['symlink'],
      // After a failure too; what a later attempt can use then stays.
      always: true,
      // Where `check` has refused the answers, no path may be made of them.
      when: async (ctx) => ctx.steps.check.outputs.folder !== undefined && isInstalled(ctx),
      check: async (ctx) => {
        const left = await Promise.all(leftovers(ctx).map(isThere));
        return !left.includes(true);
      },
      run: async (ctx) => removeAll(...leftovers(ctx)),
    },
  ];
}

/** What a person reads is the same for all of them: the names of programs tell nobody anything. */
function described(description, commands) {
  return commands.map((command) => ({ description, ...command }));
}

/** What nobody needs once the version is in its place. */
function leftovers(ctx) {
  const { archive, part, unpacking } = placesOf(ctx);
  return [archive, part, unpacking];
}

/** Is the version in its place? It got there whole, or not at all. */
async function isInstalled(ctx) {
  return isProgram(placesOf(ctx).program);
}

async function isUnpacked(ctx) {
  const { unpacked } = placesOf(ctx);
  return isProgram(path.join(unpacked, ctx.inputs.program));
}

async function isCurrent(ctx) {
  const { current, target } = placesOf(ctx);
  return (await targetOf(current)) === target;
}

/** Points `current` at what it pointed at before. */
async function restoreCurrent(ctx) {
  const { folder, current, before } = ctx.steps.check.outputs;
  if (before === null) {
    await removeAll(current);
    return;
  }
  // As a program: Node lets no plugin make links where it holds plugins to their folders.
  const options = { cwd: folder, signal: ctx.signal };
  await run('ln', ['-sfn', '--', before, 'current.part'], options);
  await run('mv', ['-T', '--', 'current.part', 'current'], options);
}

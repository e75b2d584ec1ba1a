import { readFile } from 'node:fs/promises';
import { parse, TomlError } from 'smol-toml';
import type { JsonObject } from '#shared';
import type { HeadlessAnswer, HeadlessAnswers } from '../session/headless.ts';

/** An answers file, or one line that says what is wrong with it and where. */
export type AnswersFile =
  | { readonly answers: HeadlessAnswers; readonly problem?: never }
  | { readonly answers?: never; readonly problem: string };

/**
 * Reads the answers of a run without a screen: TOML with a table per plugin. `on_failure` in a table
 * (`skip` or `stop`) answers a failure that would ask, a table `questions` in it the questions of the
 * plugin's steps, by class; everything else in it answers the screen.
 */
export async function readAnswers(file: string): Promise<AnswersFile> {
  try {
    return parseAnswers(await readFile(file, 'utf8'), file);
  } catch (thrown) {
    const { code } = thrown as { readonly code?: unknown };
    if (typeof code !== 'string') throw thrown;
    return { problem: `${file} cannot be read: ${code}` };
  }
}

/** As `readAnswers`, for text that is there already. Pure. */
export function parseAnswers(text: string, file: string): AnswersFile {
  let tables: { readonly [plugin: string]: unknown };
  try {
    tables = parse(text);
  } catch (thrown) {
    if (!(thrown instanceof TomlError)) throw thrown;
    const [what = ''] = thrown.message.split('\n');
    return { problem: `${file}:${thrown.line}:${thrown.column}: ${what}` };
  }
  const answers = new Map<string, HeadlessAnswer>();
  for (const [plugin, table] of Object.entries(tables)) {
    if (typeof table !== 'object' || table === null || Array.isArray(table)) {
      return { problem: `${file}: "${plugin}" must be a table of answers, such as [${plugin}]` };
    }
    const {
      on_failure: onFailure,
      questions,
      ...given
    } = table as { readonly [key: string]: unknown };
    if (onFailure !== undefined && onFailure !== 'skip' && onFailure !== 'stop') {
      return { problem: `${file}: on_failure of "${plugin}" must be "skip" or "stop"` };
    }
    if (questions !== undefined && !isTextTable(questions)) {
      return {
        problem: `${file}: [${plugin}.questions] must hold texts: the id of an action for each class of question`,
      };
    }
    // TOML dates become text, as they would on the way to a plugin.
    const json = JSON.parse(JSON.stringify(given)) as JsonObject;
    answers.set(plugin, {
      ...(Object.keys(given).length === 0 ? {} : { answers: json }),
      ...(questions === undefined ? {} : { questions }),
      ...(onFailure === undefined ? {} : { onFailure }),
    });
  }
  return { answers };
}

function isTextTable(value: unknown): value is { readonly [name: string]: string } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((text) => typeof text === 'string');
}

import * as v from 'valibot';
import { readJsonFile, writeFileAtomic } from '../../state/atomic-file.ts';
import type { FilesPort } from '../../state/files-port.ts';
import type { TargetingContext } from './targeting-context.ts';

/** What was used on this device for one flag, and why: an experiment is judged by this. */
export interface Decision {
  /** Digest of the definition that it holds for. */
  readonly definition: string;
  readonly variant: string;
  readonly value: unknown;
  /** Of the first evaluation, such as `TARGETING_MATCH`. */
  readonly reason: string;
  readonly inputs: TargetingContext;
  /** RFC 3339, by the device's clock. */
  readonly decidedAt: string;
}

/** By flag name, oldest first. */
export type Decisions = Map<string, Decision>;

const fileSchema = v.object({
  decisions: v.record(
    v.string(),
    v.object({
      definition: v.string(),
      variant: v.string(),
      value: v.unknown(),
      reason: v.string(),
      inputs: v.object({
        targetingKey: v.string(),
        product_family: v.string(),
        region: v.string(),
        locale: v.string(),
        channel: v.string(),
        app_version: v.string(),
      }),
      decidedAt: v.string(),
    }),
  ),
});

/**
 * The decisions of a home. A damaged file is set aside; whatever goes wrong, setup goes on as if nothing
 * had been decided, which gives the same answers for all but a changed region or library.
 */
export async function readDecisions(files: FilesPort, path: string): Promise<Decisions> {
  const read = await readJsonFile({
    files,
    path,
    decode: (json) => {
      const parsed = v.safeParse(fileSchema, json);
      return parsed.success ? parsed.output.decisions : undefined;
    },
  });
  const decisions = read.ok && read.value.kind === 'read' ? read.value.value : {};
  return new Map(Object.entries(decisions).sort(([, a], [, b]) => compare(a, b)));
}

/** Puts all decisions in place at once. Best effort: a full disk loses no setup. */
export async function writeDecisions(
  files: FilesPort,
  path: string,
  decisions: Decisions,
): Promise<void> {
  const content = { decisions: Object.fromEntries(decisions) };
  await writeFileAtomic({ files, path, content: `${JSON.stringify(content, undefined, 2)}\n` });
}

function compare(a: Decision, b: Decision): number {
  if (a.decidedAt === b.decidedAt) return 0;
  return a.decidedAt < b.decidedAt ? -1 : 1;
}

import type { Actor, Json, JsonObject } from '#shared';
import type { ExecutionRecord } from '../records.ts';
import type { StepGraphSpec } from '../step-spec.ts';
import type { ExecutionIdentity, StartExecution } from './execution-engine.ts';

/** What an execution was begun with, as it is written down: its first record. Nothing secret is in it. */
export interface ExecutionHeader {
  readonly type: string;
  readonly name: string;
  readonly owner: StartExecution['owner'];
  readonly identity: ExecutionIdentity;
  readonly steps: StepGraphSpec;
  /** By index of the steps. */
  readonly weights: readonly number[];
  readonly inputs: JsonObject;
  readonly secretInputs: readonly string[];
  readonly timeLimitSeconds?: number;
  readonly headless: boolean;
  readonly actor: Actor;
  /** Unix milliseconds. */
  readonly at: number;
}

/** The first record of an execution. */
export interface CreatedRecord {
  readonly type: 'created';
  readonly header: ExecutionHeader;
}

/** Whatever the journal holds of an execution. */
export type KeptRecord = CreatedRecord | ExecutionRecord;

/** Leaves out what is secret: it must not be written down. */
export function headerOf(
  request: StartExecution,
  weights: readonly number[],
  timeLimitSeconds: number | undefined,
  at: number,
): ExecutionHeader {
  const secretInputs = request.secretInputs ?? [];
  const { steps, concurrency, rollback } = request.graph;
  return {
    type: request.type,
    name: request.name,
    owner: request.owner,
    identity: request.identity,
    steps: { steps, concurrency, rollback },
    weights,
    inputs: Object.fromEntries(
      Object.entries(request.inputs).filter(([name]) => !secretInputs.includes(name)),
    ),
    secretInputs,
    ...(timeLimitSeconds === undefined ? {} : { timeLimitSeconds }),
    headless: request.headless ?? false,
    actor: request.actor,
    at,
  };
}

/** Records are JSON by their types; TypeScript cannot see that of interfaces. */
export function asJson(record: KeptRecord): Json {
  return record as unknown as Json;
}

import { ok, type Result } from '#shared';
import { declareSteps } from '../../execution/graph/declare-steps.ts';
import {
  DEFAULT_CONCURRENCY,
  DEFAULT_RETRY,
  type StepGraphSpec,
} from '../../execution/step-spec.ts';
import type { StepsKind } from '../plugin-port.ts';

const PARTS = ['when', 'forEach', 'check', 'verify', 'undo'] as const;

/** What a plugin's process says that its steps are, after they were checked. */
export interface ReadGraph {
  readonly kind: StepsKind;
  readonly graph: StepGraphSpec;
}

/**
 * Checks what came from a plugin's process: it was declared there by the rules of `declareSteps`, but the
 * process may send anything. So it is turned back into what an author writes, and declared once more.
 */
export function readGraph(sent: unknown, plugin: string): Result<ReadGraph> {
  const { kind, graph } = fieldsOf(sent);
  const { steps, concurrency, rollback } = fieldsOf(graph);
  if (kind === 'run') return ok({ kind, graph: runGraph(plugin) });
  if (kind !== 'steps' && kind !== 'commands') return ok({ kind: 'none', graph: emptyGraph() });
  const declared = declareSteps({
    steps: Array.isArray(steps) ? steps.map(asAuthored) : steps,
    concurrency,
    rollback,
  });
  return declared.ok ? ok({ kind, graph: declared.value.spec }) : declared;
}

/** A plugin with nothing but `run` as one step. */
export function runGraph(plugin: string): StepGraphSpec {
  return {
    steps: [
      {
        name: 'run',
        description: plugin,
        work: { kind: 'run' },
        dependsOn: [],
        mutexes: [],
        idempotent: true,
        has: { when: false, forEach: false, check: false, verify: false, undo: false },
        always: false,
        retry: DEFAULT_RETRY,
        onError: 'stop',
        sudo: false,
      },
    ],
    concurrency: DEFAULT_CONCURRENCY,
    rollback: false,
  };
}

/** A plugin without any work. */
export function emptyGraph(): StepGraphSpec {
  return { steps: [], concurrency: DEFAULT_CONCURRENCY, rollback: false };
}

/** Functions stay in the plugin's process: what stands for them here is never called. */
const elsewhere = (): undefined => undefined;

function asAuthored(step: unknown): unknown {
  const { work, has, ...fields } = fieldsOf(step);
  const { kind, commands, item } = fieldsOf(work);
  const found = fieldsOf(has);
  return {
    ...fields,
    ...(kind === 'commands' ? { commands } : {}),
    ...(kind === 'run' ? { run: elsewhere } : {}),
    ...(kind === 'work' ? { work: item } : {}),
    ...Object.fromEntries(
      PARTS.filter((part) => found[part] === true).map((part) => [part, elsewhere]),
    ),
  };
}

function fieldsOf(value: unknown): { readonly [field: string]: unknown } {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

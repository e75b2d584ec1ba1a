import type { Json, StepResult } from '#shared';
import type { StepNode } from './step-node.ts';

interface ContainerEnd {
  readonly status: 'completed' | 'failed' | 'skipped' | 'cancelled';
  readonly result: StepResult;
  readonly reason: string | undefined;
  readonly secretOutputs: readonly string[] | undefined;
}

/** A result that the machine makes itself, where no work was done. */
export function plainResult(node: StepNode, success: boolean): StepResult {
  return {
    stepName: node.name,
    success,
    skipped: success,
    output: '',
    durationSeconds: 0,
    attempts: node.attempts,
    outputs: {},
  };
}

/** What the items of a container came to together. Each output is a list by item, null where missing. */
export function containerEnd(container: StepNode): ContainerEnd {
  const children = container.children ?? [];
  const failed = children.find(({ status }) => status === 'failed');
  const status = container.skipping
    ? 'skipped'
    : failed !== undefined
      ? 'failed'
      : children.some((child) => !child.isSatisfied)
        ? 'cancelled'
        : 'completed';
  const success = status === 'completed' || status === 'skipped';
  const { errorMessage: message, errorCode: code } = (status === 'failed' && failed?.result) || {};
  const counts = children.flatMap(({ result }) => result?.packagesUpdated ?? []);
  const secrets = new Set(children.flatMap(({ secretOutputs }) => secretOutputs));
  return {
    status,
    reason: status === 'skipped' ? 'person' : undefined,
    secretOutputs: secrets.size === 0 ? undefined : [...secrets],
    result: {
      stepName: container.name,
      success,
      skipped: status === 'skipped',
      output: '',
      ...(message === undefined ? {} : { errorMessage: message }),
      ...(code === undefined ? {} : { errorCode: code }),
      durationSeconds: children.reduce(
        (sum, { result }) => sum + (result?.durationSeconds ?? 0),
        0,
      ),
      attempts: 1,
      outputs: outputsByItem(children),
      ...(counts.length === 0 ? {} : { packagesUpdated: counts.reduce((a, b) => a + b, 0) }),
    },
  };
}

function outputsByItem(children: readonly StepNode[]): { readonly [name: string]: Json } {
  const names = new Set(children.flatMap(({ result }) => Object.keys(result?.outputs ?? {})));
  return Object.fromEntries(
    [...names].map((name) => [name, children.map(({ result }) => result?.outputs[name] ?? null)]),
  );
}

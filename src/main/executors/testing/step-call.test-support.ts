import type { StepCall, WorkEvent } from '../../execution/engine/step-performer.ts';
import { DEFAULT_RETRY, type StepSpec, type StepWork } from '../../execution/step-spec.ts';

/** A step as it is checked, with nothing but its work. */
function stepOf(work: StepWork, fields: Partial<StepSpec> = {}): StepSpec {
  return {
    name: 'step',
    description: 'A step',
    work,
    dependsOn: [],
    mutexes: [],
    idempotent: true,
    has: { when: false, forEach: false, check: false, verify: false, undo: false },
    always: false,
    retry: DEFAULT_RETRY,
    onError: 'stop',
    sudo: false,
    ...fields,
  };
}

/** A call of a performer, and what the step says then. */
export function callOf<const Part extends string>(
  part: Part,
  work: StepWork,
  fields: Partial<StepSpec> = {},
) {
  const events: WorkEvent[] = [];
  const controller = new AbortController();
  const call: StepCall & { readonly part: Part } = {
    part,
    executionId: 'x',
    step: stepOf(work, fields),
    ...(work.kind === 'commands' ? { commands: work.commands } : {}),
    ...(work.kind === 'work' ? { item: work.item } : {}),
    attempt: 1,
    scope: { inputs: {}, steps: {} },
    signal: controller.signal,
    onEvent: (event) => events.push(event),
    askPerson: () => Promise.reject(new Error('nobody is there')),
  };
  return { call, events, abort: () => controller.abort() };
}

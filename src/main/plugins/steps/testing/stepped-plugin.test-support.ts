import type { Json, JsonObject, Result } from '#shared';
import type {
  StepCall,
  StepPerformer,
  WorkDone,
  WorkEvent,
} from '../../../execution/engine/step-performer.ts';
import type { StepScope } from '../../../execution/step-scope.ts';
import type { StepGraphSpec, StepSpec } from '../../../execution/step-spec.ts';
import type { PluginRig } from '../../plugin-rig.test-support.ts';
import type { RunningPlugin } from '../../running-plugin.ts';

/** What a test may say of a call beside its step. */
export interface CallParts {
  readonly scope?: Partial<StepScope>;
  readonly attempt?: number;
  readonly signal?: AbortSignal;
  readonly askPerson?: StepCall['askPerson'];
  readonly onEvent?: (event: WorkEvent) => void;
}

/** A plugin with steps that runs, with its steps asked for, and what they say. */
export interface SteppedRig {
  readonly plugin: RunningPlugin;
  readonly graph: StepGraphSpec;
  readonly performer: StepPerformer;
  readonly events: readonly WorkEvent[];
  readonly step: (name: string) => StepSpec;
  readonly work: (name: string, parts?: CallParts) => Promise<Result<WorkDone>>;
  readonly undo: (name: string, parts?: CallParts) => Promise<Result<WorkDone>>;
  readonly ask: (
    name: string,
    part: 'when' | 'forEach' | 'check' | 'verify',
    parts?: CallParts,
  ) => Promise<Result<Json>>;
}

/** Package and module of a plugin with steps; `body` is what stands between the braces. */
export function steppedFiles(
  body: string,
  permissions: JsonObject = {},
): { readonly [file: string]: string } {
  return {
    'package.json': JSON.stringify({
      name: 'stepped',
      version: '1.0.0',
      type: 'module',
      firstlight: { apiVersion: 1, main: 'index.js', permissions },
    }),
    'index.js': `const until = (signal) => new Promise((resolve) => signal.addEventListener('abort', resolve));
      export default { ${body} };`,
  };
}

/** A step called `a` with these fields, as the body of a plugin. */
export function stepA(fields: string): string {
  return `steps: [{ name: 'a', description: 'A', ${fields} }]`;
}

/** Opens a plugin that is in the rig's folder, and asks for its steps. */
export async function openStepped(
  rig: PluginRig,
  name: string,
  answers: JsonObject = {},
): Promise<SteppedRig> {
  const plugin = await rig.open(name);
  const described = await plugin.describeSteps(answers);
  if (!described.ok) throw new Error(described.failure.message);
  const { graph } = described.value;
  const performer = plugin.performer();
  const events: WorkEvent[] = [];
  const step = (wanted: string): StepSpec => {
    const found = graph.steps.find((one) => one.name === wanted);
    if (found === undefined) throw new Error(`there is no step ${wanted}`);
    return found;
  };
  const call = (wanted: string, parts: CallParts = {}): StepCall => {
    const found = step(wanted);
    return {
      executionId: 'an-execution',
      step: found,
      attempt: parts.attempt ?? 1,
      scope: { inputs: answers, steps: {}, ...parts.scope },
      signal: parts.signal ?? new AbortController().signal,
      onEvent: (event) => {
        events.push(event);
        parts.onEvent?.(event);
      },
      askPerson: parts.askPerson ?? (() => Promise.reject(new Error('nobody is asked'))),
    };
  };
  return {
    plugin,
    graph,
    performer,
    events,
    step,
    work: (wanted, parts) => performer.perform({ ...call(wanted, parts), part: 'work' }),
    undo: (wanted, parts) => performer.perform({ ...call(wanted, parts), part: 'undo' }),
    ask: (wanted, part, parts) => performer.ask({ ...call(wanted, parts), part }),
  };
}

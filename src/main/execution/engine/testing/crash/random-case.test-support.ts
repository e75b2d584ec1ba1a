import { seededRandom } from '../../../../session/seeded.ts';
import { aStep } from '../../../graph/step.test-support.ts';
import type { StepGraphSpec, StepSpec } from '../../../step-spec.ts';

/** What a step does when its work is begun; a function of the step and the attempt alone. */
export interface Behaviour {
  /** Attempts that fail before one succeeds; `Infinity`: all do. */
  readonly failures: number;
  /** Turns of the event loop that it takes. */
  readonly turns: number;
  readonly says: boolean;
}

export interface CrashExecution extends StepGraphSpec {
  readonly name: string;
  readonly behaviours: { readonly [step: string]: Behaviour };
}

/** What the steps of a case are made of. */
export type Flavour = 'functions' | 'commands' | 'mixed';

/** One or two executions whose results do not depend on timing, so that all runs of them can be compared. */
export interface CrashCase {
  readonly seed: number;
  readonly flavour: Flavour;
  readonly executions: readonly CrashExecution[];
  /** Else it is headless. */
  readonly hasPerson: boolean;
  /** Small ones, so that most of what is read back comes from snapshots; not for sweeps over one segment. */
  readonly segmentBytes?: number;
  readonly random: () => number;
}

const BACKOFF = { initialSeconds: 0.001, maxSeconds: 0.002 };

/** The same seed gives the same case. */
export function crashCase(seed: number, flavour: Flavour): CrashCase {
  const random = seededRandom(seed);
  const executions = Array.from({ length: random() < 0.3 ? 2 : 1 }, (_, index) =>
    randomExecution(`x${index}`, flavour, random),
  );
  // While a step waits for a person others go on, so a failure that stops the rest is hit at any time.
  const isOrderly = executions.every(({ steps }) =>
    steps.every(({ onError }) => onError === 'continue'),
  );
  const hasPerson = random() < 0.5 && isOrderly;
  const segments = random() < 0.5 ? { segmentBytes: 1500 } : {};
  return { seed, flavour, executions, hasPerson, ...segments, random };
}

function randomExecution(name: string, flavour: Flavour, random: () => number): CrashExecution {
  const count = 1 + Math.floor(random() * 8);
  // Where a failure stops the rest, what has begun by then must not depend on timing.
  const isStrict = random() < 0.3;
  const behaviours: Record<string, Behaviour> = {};
  const steps: StepSpec[] = [];
  for (let index = 0; index < count; index += 1) {
    const step = `s${index}`;
    const dependsOn = steps.flatMap((before) =>
      random() < 0.3 && !before.always ? [before.name] : [],
    );
    const isCommand = flavour === 'commands' || (flavour === 'mixed' && random() < 0.5);
    steps.push(randomStep(step, dependsOn, { isStrict, isCommand }, random));
    behaviours[step] = randomBehaviour(steps[index] ?? aStep(step), isStrict, random);
  }
  return {
    name,
    steps,
    behaviours,
    concurrency: isStrict ? 1 : 1 + Math.floor(random() * 4),
    rollback: isStrict && random() < 0.5,
  };
}

function randomStep(
  name: string,
  dependsOn: readonly string[],
  { isStrict, isCommand }: { readonly isStrict: boolean; readonly isCommand: boolean },
  random: () => number,
): StepSpec {
  const idempotent = random() < 0.75;
  const always = dependsOn.length === 0 && random() < 0.08;
  const has = {
    check: !isCommand && random() < 0.3,
    forEach: false,
    undo: !isCommand && random() < 0.3,
    verify: !isCommand && random() < 0.2,
    when: false,
  };
  return aStep(name, {
    dependsOn,
    idempotent,
    always,
    has,
    onError: isStrict ? 'stop' : 'continue',
    mutexes: ['m', 'n'].filter(() => random() < 0.2),
    retry: { maxAttempts: isStrict ? 1 : 1 + Math.floor(random() * 3), backoff: BACKOFF },
    ...(random() < 0.15 ? { forEach: ['x', 'y', 'z'].slice(Math.floor(random() * 3)) } : {}),
    ...(isCommand
      ? {
          work: {
            kind: 'commands',
            commands: [{ cmd: ['sh', '-c', 'true'] }],
          },
        }
      : {}),
  });
}

function randomBehaviour(step: StepSpec, isStrict: boolean, random: () => number): Behaviour {
  const retries = step.retry.maxAttempts - 1;
  // One that must not run twice is skipped when a crash hits it, which must not hide a failure.
  const mayFail = step.idempotent && !step.always && random() < (isStrict ? 0.15 : 0.1);
  const failures = mayFail ? Infinity : Math.floor(random() * (retries + 1));
  return { failures, turns: Math.floor(random() * 4), says: random() < 0.3 };
}

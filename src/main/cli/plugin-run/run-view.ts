import type { ExecutionEngine } from '../../execution/engine/execution-engine.ts';
import type { Output } from '../output.ts';
import { eventLine } from './event-line.ts';

/** How a run is shown while it goes on. */
export interface RunView {
  /** Shows this execution from now on. */
  follow(executionId: string): void;
  /** Says something to a person beside it. */
  say(line: string): void;
  /** Nothing more is shown; what is there stays. */
  end(): void;
}

type Engine = Pick<ExecutionEngine, 'subscribe'>;

/** Every event as a line of JSON; what is for a person goes to standard error. */
export function jsonView(engine: Engine, { out, err }: Output): RunView {
  return {
    follow(id) {
      engine.subscribe(id, undefined, (event) => out(JSON.stringify(event)));
    },
    say: err,
    end: () => undefined,
  };
}

/** A line for each thing that happens, for logs. */
export function plainView(engine: Engine, { out, err }: Output): RunView {
  return {
    follow(id) {
      engine.subscribe(id, undefined, (event) => {
        const line = eventLine(event);
        if (line !== undefined) out(line);
      });
    },
    say: err,
    end: () => undefined,
  };
}

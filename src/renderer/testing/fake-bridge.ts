import {
  emptySnapshot,
  ok,
  reduce,
  type Bridge,
  type Command,
  type HostEvent,
  type HostEventBody,
  type Json,
  type Result,
  type Snapshot,
} from '#shared';

/** A host in memory that does what the test says, and nothing by itself. */
export interface FakeHost {
  readonly bridge: Bridge;
  /** Commands in the order in which they came. */
  readonly sent: readonly Command[];
  /** How often a snapshot was asked for. */
  readonly asked: () => number;
  /** Numbers an event and tells the subscribers. */
  readonly emit: (body: HostEventBody) => void;
  /** Numbers an event that no subscriber hears: a gap. */
  readonly lose: (body: HostEventBody) => void;
  /** Makes questions for a snapshot wait until the returned function is called. */
  readonly holdSnapshots: () => () => void;
  /** Makes the next questions for a snapshot fail, as they do when the connection breaks. */
  readonly failSnapshots: (times: number) => void;
  /** Answers commands from now on; by default every one succeeds with `null`. */
  readonly answerWith: (answer: (command: Command) => Promise<Result<Json>>) => void;
}

/** Makes such a host. What passes through is serialised, as it is on every real bridge. */
export function fakeHost(): FakeHost {
  let snapshot: Snapshot = emptySnapshot('test');
  let asked = 0;
  let failures = 0;
  let held: Promise<void> | undefined;
  let answer: (command: Command) => Promise<Result<Json>> = () => Promise.resolve(ok(null));
  const sent: Command[] = [];
  const listeners = new Set<(event: HostEvent) => void>();

  const number = (body: HostEventBody): HostEvent => {
    const event: HostEvent = { ...structuredClone(body), seq: snapshot.seq + 1 };
    snapshot = reduce(snapshot, event);
    return event;
  };

  const bridge: Bridge = {
    snapshot: async () => {
      asked += 1;
      const taken = structuredClone(snapshot);
      await held;
      if (failures > 0) {
        failures -= 1;
        throw new Error('the connection broke');
      }
      return taken;
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    send: (command) => {
      sent.push(structuredClone(command));
      return answer(command);
    },
    assetAddress: (plugin) => Promise.resolve(`http://${plugin}.localhost/`),
  };

  return {
    bridge,
    sent,
    asked: () => asked,
    emit: (body) => {
      const event = number(body);
      for (const listener of [...listeners]) listener(event);
    },
    lose: (body) => {
      number(body);
    },
    holdSnapshots: () => {
      let release: () => void = () => undefined;
      held = new Promise((resolve) => (release = resolve));
      return () => {
        held = undefined;
        release();
      };
    },
    failSnapshots: (times) => {
      failures = times;
    },
    answerWith: (next) => {
      answer = next;
    },
  };
}

import {
  emptySnapshot,
  type Bridge,
  ok,
  reduce,
  type HostEvent,
  type HostEventBody,
  type Json,
  type Result,
  type Snapshot,
} from '#shared';
import type { HostEndpoint } from './endpoint.ts';

/** A host that does what a test tells it: raises events, and answers commands as asked. */
export interface TestEndpoint extends HostEndpoint {
  raise(body: HostEventBody): void;
  /** Commands that arrived, in order. */
  readonly commands: unknown[];
  /** How many connections listen now. */
  readonly listening: () => number;
  answer: (command: unknown) => Promise<Result<Json>>;
}

export function testEndpoint(sessionId = 'session-1'): TestEndpoint {
  let snapshot: Snapshot = emptySnapshot(sessionId);
  const listeners = new Set<(event: HostEvent) => void>();
  const commands: unknown[] = [];
  const endpoint: TestEndpoint = {
    commands,
    listening: () => listeners.size,
    answer: () => Promise.resolve(ok(null)),
    snapshot: () => snapshot,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    send: (command) => {
      commands.push(command);
      return endpoint.answer(command);
    },
    raise: (body) => {
      const event: HostEvent = { ...body, seq: snapshot.seq + 1 };
      snapshot = reduce(snapshot, event);
      for (const listener of [...listeners]) listener(event);
    },
  };
  return endpoint;
}

/** Resolves with the next `count` events, as soon as it has them. */
export function collectEvents(
  bridge: Pick<Bridge, 'subscribe'>,
  count: number,
): Promise<readonly HostEvent[]> {
  return new Promise((resolve) => {
    const events: HostEvent[] = [];
    const stop = bridge.subscribe((event) => {
      events.push(event);
      if (events.length < count) return;
      stop();
      resolve(events);
    });
  });
}

import { describe, expect, it } from 'vitest';
import type { ExecutionEvent } from '#shared';
import { EventLog } from './event-log.ts';

function logOf(most: number, life = 'a'): EventLog {
  return new EventLog({ executionId: 'x', life, most });
}

function publish(log: EventLog, count: number): void {
  for (let index = 0; index < count; index += 1) {
    log.publish({ type: 'StepOutput', stepName: 's', stream: 'stdout', text: String(index) }, 0);
  }
}

/** Texts of the events that a listener gets, those to come included. */
function listen(log: EventLog, after?: string) {
  const events: ExecutionEvent[] = [];
  const subscription = log.subscribe(after, (event) => events.push(event));
  const texts = (): readonly string[] =>
    events.map((event) => (event.type === 'StepOutput' ? event.text : event.type));
  return { ...subscription, events, texts };
}

describe('EventLog', () => {
  it('gives a new listener everything that is kept, and then what comes', () => {
    const log = logOf(10);
    publish(log, 2);
    const listener = listen(log);
    publish(log, 1);
    expect(listener.complete).toBe(true);
    expect(listener.texts()).toEqual(['0', '1', '0']);
  });

  it('goes on after the event that a listener has had last, without a gap or a repetition', () => {
    const log = logOf(10);
    publish(log, 5);
    const first = listen(log);
    first.unsubscribe();
    const second = listen(log, first.events[2]?.id);
    expect([second.complete, second.texts()]).toEqual([true, ['3', '4']]);
  });

  it('says so when what a listener has missed is not kept any more', () => {
    const log = logOf(3);
    publish(log, 1);
    const [early] = listen(log).events;
    publish(log, 20);
    const late = listen(log, early?.id);
    expect([late.complete, late.texts()]).toEqual([false, []]);
  });

  it('knows no event of an earlier start of the app', () => {
    const log = logOf(3, 'b');
    publish(log, 1);
    expect(listen(log, 'a.1').complete).toBe(false);
    expect(listen(log, 'nonsense').complete).toBe(false);
    expect(listen(log, 'b.9').complete).toBe(false);
  });

  it('keeps at least as many as it was told to, and not many more', () => {
    const log = logOf(100);
    publish(log, 1000);
    const all = listen(log, `a.900`);
    expect(all.complete).toBe(true);
    expect(all.events).toHaveLength(100);
    expect(listen(log, 'a.790').complete).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import type { TraceRecord } from '#shared';
import { gate, startApiRig } from './testing/api-rig.test-support.ts';
import type { ReceivedEvent } from './testing/openapi-check.test-support.ts';

const typesOf = (events: readonly ReceivedEvent[]) => events.map(({ event }) => event);
const isEnded = (events: readonly ReceivedEvent[]) => {
  const last = events.at(-1)?.data as { readonly status?: string } | undefined;
  return events.at(-1)?.event === 'ExecutionStatus' && last?.status === 'completed';
};
const never = () => false;

describe('the events of an execution', () => {
  it('come from its beginning on, each with its type and its id', async () => {
    const { begin, events } = await startApiRig();
    const id = await begin({ first: {}, second: {} });
    const seen = await events(`/api/executions/${id}/events`, isEnded);
    expect(typesOf(seen).filter((type) => /^Step(Start|End)$/.test(type))).toEqual([
      'StepStart',
      'StepEnd',
      'StepStart',
      'StepEnd',
    ]);
    expect(new Set(seen.map((event) => event.id)).size).toBe(seen.length);
  });

  it.each(['header', 'query'])('go on from the last one that a reader has, by %s', async (how) => {
    const { begin, events } = await startApiRig();
    const id = await begin({ first: {}, second: {} });
    const path = `/api/executions/${id}/events`;
    const all = await events(path, isEnded);
    const [first, ...rest] = all;
    const last = first?.id ?? '';
    const again =
      how === 'header'
        ? await events(`${path}?until=end`, never, { 'last-event-id': last })
        : await events(`${path}?until=end&lastEventId=${last}`, never);
    expect(again).toEqual(rest);
  });

  it('lose nothing for a reader that comes and goes while it runs', async () => {
    const { begin, events, engine } = await startApiRig();
    const next = gate();
    const id = await begin({ first: {}, second: { run: () => next.passed }, third: {} });
    const path = `/api/executions/${id}/events`;
    const hasTwo = (seen: readonly ReceivedEvent[]) =>
      seen.filter(({ event }) => event === 'StepStart').length === 2;
    const before = await events(path, hasTwo);
    next.open();
    await engine.whenEnded(id);
    const after = await events(`${path}?until=end`, never, {
      'last-event-id': before.at(-1)?.id ?? '',
    });
    expect([...before, ...after]).toEqual(await events(`${path}?until=end`, never));
  });

  it('begin with the whole where what was missed is not kept', async () => {
    const { begin, events, engine } = await startApiRig();
    const id = await begin({ first: {} });
    await engine.whenEnded(id);
    const [first, ...more] = await events(`/api/executions/${id}/events?until=end`, never, {
      'last-event-id': 'of another life',
    });
    expect(first).toMatchObject({
      event: 'snapshot',
      data: { executionId: id, status: 'completed', steps: [{ name: 'first' }] },
    });
    expect(more).toEqual([]);
  });

  it('end with the execution where the reader wants that, else stay open', async () => {
    const { begin, events, send } = await startApiRig();
    const release = gate();
    const id = await begin({ only: { run: () => release.passed } });
    const toTheEnd = events(`/api/executions/${id}/events?until=end`, (seen) => {
      release.open();
      return seen.length > 1000;
    });
    expect(isEnded(await toTheEnd)).toBe(true);
    const answer = await send({ path: `/api/executions/${id}/events?until=later` });
    expect(answer.json()).toMatchObject({ status: 422, problems: [{ pointer: '/until' }] });
  });

  it('are let go of when the reader leaves, and ended when the app does', async () => {
    const { api, open, withToken, host } = await startApiRig();
    const reader = await open({ path: '/api/flow/events', headers: withToken });
    expect(host.listening()).toBe(1);
    const closed = new Promise((resolve) => reader.on('error', resolve).on('close', resolve));
    reader.resume();
    await api.close();
    await closed;
    expect(host.listening()).toBe(0);
  });
});

describe('the events of the flow', () => {
  const record = (seq: number, message = ''): TraceRecord => ({
    seq,
    time: '2026-01-01T00:00:00.000Z',
    type: 'plan.unchanged',
    reason: 'same',
    message,
  });

  it('begin with where it stands, and go on as it goes', async () => {
    const { events, host } = await startApiRig();
    host.raise({ type: 'trace.recorded', record: record(1) });
    const seen = await events('/api/flow/events', (so) => {
      if (so.length === 1) host.raise({ type: 'trace.recorded', record: record(2) });
      return so.length === 2;
    });
    expect(seen).toMatchObject([
      { id: '1', event: 'snapshot', data: { sessionId: 'session-1', stage: { kind: 'starting' } } },
      { id: '2', event: 'plan.unchanged', data: record(2) },
    ]);
  });

  it('go on from the last one that a reader has', async () => {
    const { events, host } = await startApiRig();
    for (const seq of [1, 2, 3]) host.raise({ type: 'trace.recorded', record: record(seq) });
    const from = (id: string) =>
      events('/api/flow/events', (seen) => seen.at(-1)?.id === '3', { 'last-event-id': id });
    expect((await from('1')).map(({ id }) => id)).toEqual(['2', '3']);
    expect(typesOf(await from('99'))).toEqual(['snapshot']);
    expect(typesOf(await from('nonsense'))).toEqual(['snapshot']);
  });

  it('cut off a reader that takes nothing, and nobody else', async () => {
    const { open, withToken, host } = await startApiRig();
    const idle = await open({ path: '/api/flow/events', headers: withToken });
    const cut = new Promise((resolve) => idle.on('error', () => undefined).on('close', resolve));
    const eager = await open({ path: '/api/flow/events', headers: withToken });
    let received = 0;
    eager.on('data', (chunk: Buffer) => (received += chunk.length));
    const text = 'x'.repeat(256 * 1024);
    let cuts = 0;
    void cut.then(() => (cuts += 1));
    let seq = 0;
    // Sockets hold some MiB of their own before anything waits here.
    for (; cuts === 0 && seq < 200; seq += 1) {
      host.raise({ type: 'trace.recorded', record: record(seq + 1, text) });
      const sent = (seq + 1) * text.length;
      while (received < sent) await new Promise((resolve) => eager.once('data', resolve));
    }
    idle.resume();
    await cut;
    expect(idle.complete).toBe(false);
    expect(received).toBeGreaterThan(seq * text.length);
    eager.destroy();
  });
});

import { describe, expect, it } from 'vitest';
import type { TraceRecord } from '#shared';
import { testEndpoint } from '../../transport/test-endpoint.test-support.ts';
import { FlowTrace } from './flow-trace.ts';

const record = (seq: number): TraceRecord => ({
  seq,
  time: '2026-01-01T00:00:00.000Z',
  type: 'plugin.completed',
  plugin: 'howto',
  outcome: 'completed',
});

/** A trace that has heard these records. */
function traceOf(...seqs: readonly number[]) {
  const host = testEndpoint();
  const trace = new FlowTrace(host);
  const raise = (seq: number) => host.raise({ type: 'trace.recorded', record: record(seq) });
  seqs.forEach(raise);
  return { host, trace, raise };
}

describe('the trace that is kept for readers', () => {
  it('gives what came after a number', () => {
    const { trace } = traceOf(1, 2, 3);
    expect(trace.after(1)).toEqual([record(2), record(3)]);
    expect(trace.after(0)).toHaveLength(3);
    expect(trace.after(3)).toEqual([]);
    expect(trace.lastSeq).toBe(3);
  });

  it('has nothing to give before there is anything, and misses nothing', () => {
    expect(traceOf().trace.after(0)).toEqual([]);
  });

  it('says that it misses what came before the app started', () => {
    const { trace } = traceOf(8, 9);
    expect(trace.after(6)).toBeUndefined();
    expect(trace.after(7)).toHaveLength(2);
  });

  it('keeps the last 10,000 at least, and forgets older ones', () => {
    const { trace } = traceOf(...Array.from({ length: 20_000 }, (_, at) => at + 1));
    expect(trace.after(10_000)).toHaveLength(10_000);
    expect(trace.after(9_998)).toBeUndefined();
  });

  it('begins anew with a new setup', () => {
    const { trace } = traceOf(1, 2, 3, 1);
    expect(trace.after(0)).toEqual([record(1)]);
    expect(trace.after(3)).toBeUndefined();
  });

  it('tells listeners until they leave, and hears nothing once it is disposed of', () => {
    const { host, trace, raise } = traceOf();
    const heard: number[] = [];
    const leave = trace.listen(({ seq }) => heard.push(seq));
    raise(1);
    leave();
    raise(2);
    expect(heard).toEqual([1]);
    trace.dispose();
    expect(host.listening()).toBe(0);
  });
});

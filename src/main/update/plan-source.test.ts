import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fail, ok, type Result } from '#shared';
import { createPlanSource } from './plan-source.ts';
import type { Fetcher } from './sources/fetcher-port.ts';
import type { PlanTrust, TrustedTargets } from './trust/trust-port.ts';

const FOLDER = { kind: 'https', url: 'https://plans.test/kiosk/1' } as const;
const PLAN = Buffer.from('a plan');

/** Objects by the end of their address, sent in two pieces. */
function holding(objects: { readonly [name: string]: Uint8Array }): Fetcher {
  return {
    fetch: async ({ place, sink, onProgress }) => {
      const url = place.kind === 'https' ? place.url : '';
      const bytes = Object.entries(objects).find(([name]) => url.endsWith(name))?.[1];
      if (bytes === undefined) return fail({ code: 'update/not-found', message: url });
      await sink.begin({ total: bytes.length });
      await sink.write(bytes.subarray(0, 2));
      onProgress?.(2, bytes.length);
      await sink.write(bytes.subarray(2));
      onProgress?.(bytes.length, bytes.length);
      return ok({ kind: 'fetched', bytes: bytes.length });
    },
  };
}

function trusting(refreshed: Result<TrustedTargets>): PlanTrust {
  return {
    refresh: () => Promise.resolve(refreshed),
    status: () => Promise.resolve({ rootVersion: 1, isStale: false }),
  };
}

function sourceOf(fetcher: Fetcher, trust: PlanTrust) {
  const progress: number[] = [];
  const source = createPlanSource({ fetcher, folder: ok(FOLDER), trust });
  const fetch = () =>
    source.fetch({
      maxBytes: 1000,
      inForce: { digest: 'other' },
      signal: new AbortController().signal,
      onProgress: (done) => progress.push(done),
    });
  return { fetch, progress };
}

const missing = trusting(fail({ code: 'update/not-found', message: 'no timestamp.json' }));

describe('a signed plan', () => {
  it('is fetched with the progress of its bytes', async () => {
    const sha256 = createHash('sha256').update(PLAN).digest('hex');
    const file = `${sha256}.execution_plan.toml`;
    const target = () => ({ length: PLAN.length, sha256, file });
    const { fetch, progress } = sourceOf(holding({ [file]: PLAN }), trusting(ok({ target })));
    expect(await fetch()).toMatchObject({ value: { bytes: PLAN, isSigned: true } });
    expect(progress).toEqual([2, PLAN.length]);
  });

  it('is not one without signatures, which nobody vouches for', async () => {
    const { fetch } = sourceOf(holding({ 'execution_plan.toml': PLAN }), missing);
    expect(await fetch()).toMatchObject({ failure: { code: 'update/untrusted' } });
  });

  it('is not found where there is no plan at all', async () => {
    const { fetch } = sourceOf(holding({}), missing);
    expect(await fetch()).toMatchObject({ failure: { code: 'update/not-found' } });
  });
});

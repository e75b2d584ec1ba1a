import { describe, expect, it } from 'vitest';
import { problemOfFailure, problemOfRefusal } from './problem.ts';

describe('a problem document', () => {
  it('carries the code of a failure', () => {
    expect(problemOfFailure({ code: 'plugin/no-route', message: 'No route "x".' })).toEqual({
      type: 'urn:firstlight:error:plugin:no-route',
      title: 'The plugin has no route of that name.',
      status: 404,
      detail: 'No route "x".',
      code: 'plugin/no-route',
    });
  });

  it('is a server error for a failure that no client can mend', () => {
    expect(problemOfFailure({ code: 'plugin/start-failed', message: 'It threw.' }).status).toBe(
      500,
    );
  });

  it('of a refusal has no special type', () => {
    expect(problemOfRefusal({ status: 421, detail: 'Not here.' })).toEqual({
      type: 'about:blank',
      title: 'Misdirected request',
      status: 421,
      detail: 'Not here.',
    });
  });
});

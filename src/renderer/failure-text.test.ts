import { ERROR_CODES } from '#shared';
import { describe, expect, it } from 'vitest';
import {
  actionError,
  closestCode,
  failureText,
  failureTitle,
  networkError,
} from './failure-text.ts';
import { execution } from './testing/step-views.ts';

describe('what a failure is called', () => {
  it.each([
    ['plugin/crashed', 'failure.kind.plugin'],
    ['plugin/timeout', 'failure.kind.timeout'],
    ['plugin/bad-manifest', 'failure.kind.missing'],
    ['plugin/screen-failed', 'failure.kind.screen'],
    ['step/command-failed', 'failure.kind.step'],
    ['step/timeout', 'failure.kind.timeout'],
    ['step/not-verified', 'failure.kind.step'],
    ['step/no-program', 'failure.kind.missing'],
    ['step/sudo-denied', 'failure.kind.denied'],
    ['execution/bad-steps', 'failure.kind.missing'],
    ['execution/timeout', 'failure.kind.timeout'],
    ['update/denied', 'failure.kind.update'],
    ['shell/no-plan', 'failure.kind.plan'],
    ['plan/syntax', 'failure.kind.plan'],
    ['shell/port-taken', 'failure.kind.any'],
    ['', 'failure.kind.any'],
  ])('for %j is %s', (code, expected) => {
    expect(failureText(code)).toBe(expected);
  });

  it.each(['plugin/cancelled', 'step/cancelled', 'execution/cancelled'])(
    'does not call it a failure that somebody stopped the work (%s)',
    (code) => {
      expect(failureText(code)).toBe('failure.kind.cancelled');
      expect(failureTitle(code)).toBe('failure.stoppedTitle');
      expect(failureTitle('plugin/failed')).toBe('failure.title');
    },
  );

  it('says more than “something unexpected” for whatever a plugin does', () => {
    const codes = Object.keys(ERROR_CODES).filter((code) => code.startsWith('plugin/'));
    expect(codes.filter((code) => failureText(code) === 'failure.kind.any')).toEqual([]);
  });

  it('is that of the step, where a plugin failed because one did', () => {
    const broken = execution([], { error: { step: 'a', message: '', code: 'step/no-program' } });
    expect(closestCode('plugin/failed', broken)).toBe('step/no-program');
    expect(closestCode('plugin/timeout', broken)).toBe('plugin/timeout');
    expect(closestCode('plugin/failed', execution([], { error: { message: '' } }))).toBe(
      'plugin/failed',
    );
    expect(closestCode('plugin/failed', undefined)).toBe('plugin/failed');
  });

  it('tells a lost connection from a refusal', () => {
    expect(actionError({ code: 'bridge/disconnected', message: '' })).toBe('action.disconnected');
    expect(actionError({ code: 'command/not-now', message: '' })).toBe('action.failed');
  });

  it('tells a wrong password from a network that is not there', () => {
    expect(networkError({ code: 'network/wrong-password', message: '' })).toBe(
      'network.error.wrongPassword',
    );
    expect(networkError({ code: 'network/not-found', message: '' })).toBe('network.error.notFound');
    expect(networkError({ code: 'command/bad', message: '' })).toBe('network.error.failed');
  });
});

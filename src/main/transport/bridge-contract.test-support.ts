import { describe, expect, it, onTestFinished } from 'vitest';
import { emptySnapshot, ok, fail, reduce, type Bridge, type Command } from '#shared';
import { collectEvents, testEndpoint, type TestEndpoint } from './test-endpoint.test-support.ts';

/** One connection of the form under test, to a host with the given endpoint. */
export interface ContractConnection {
  readonly bridge: Bridge;
  readonly close: () => void | Promise<void>;
}

export type Connect = (host: {
  readonly endpoint: TestEndpoint;
  /** Names of plugins that have a screen. */
  readonly screens: readonly string[];
}) => Promise<ContractConnection>;

const dismiss: Command = { type: 'notice.dismiss' };
const log = (text: string) =>
  ({ type: 'log.written', plugin: 'howto', level: 'info', text }) as const;

/** What every transport must do alike. Run once for each form. */
export function bridgeContract(form: string, connect: Connect): void {
  describe(`the bridge over ${form}`, () => {
    const start = async (screens: readonly string[] = []) => {
      const endpoint = testEndpoint();
      const { bridge, close } = await connect({ endpoint, screens });
      onTestFinished(close);
      return { endpoint, bridge, close };
    };

    it('gives the present snapshot', async () => {
      const { endpoint, bridge } = await start();
      endpoint.raise({ type: 'progress.changed', progress: { done: 2, total: 7 } });
      expect(await bridge.snapshot()).toEqual(endpoint.snapshot());
    });

    it('passes events on in order, with their numbers', async () => {
      const { endpoint, bridge } = await start();
      const seen = collectEvents(bridge, 50);
      for (let index = 0; index < 50; index += 1) endpoint.raise(log(`line ${index}`));
      expect(await seen).toEqual(
        Array.from({ length: 50 }, (_, index) => ({ ...log(`line ${index}`), seq: index + 1 })),
      );
    });

    it('leaves no gap between a snapshot and the events that overtake it', async () => {
      const { endpoint, bridge } = await start();
      const asked = bridge.snapshot();
      const original = endpoint.snapshot.bind(endpoint);
      // Raises an event in the very turn in which the host answers.
      endpoint.snapshot = () => {
        endpoint.snapshot = original;
        const answer = original();
        endpoint.raise({ type: 'progress.changed', progress: { done: 1, total: 2 } });
        return answer;
      };
      const rest = collectEvents(bridge, 1);
      const snapshot = await asked;
      // The event is either in the snapshot or delivered behind it; here it came before the answer.
      expect(snapshot.seq).toBe(1);
      expect((await rest)[0]?.seq).toBe(1);
    });

    it('tells nothing more to a listener that has ended', async () => {
      const { endpoint, bridge } = await start();
      const heard: number[] = [];
      const stop = bridge.subscribe((event) => heard.push(event.seq));
      stop();
      const control = collectEvents(bridge, 1);
      endpoint.raise(log('after'));
      await control;
      expect(heard).toEqual([]);
    });

    it('lets a renderer follow the host by reducing what it hears', async () => {
      const { endpoint, bridge } = await start();
      const events = collectEvents(bridge, 3);
      endpoint.raise({ type: 'progress.changed', progress: { done: 1, total: 3 } });
      endpoint.raise({ type: 'work.changed', plugin: 'howto', work: { percent: 40 } });
      endpoint.raise({ type: 'answers.saved', plugin: 'howto', answers: { page: 3 } });
      expect((await events).reduce(reduce, emptySnapshot('session-1'))).toEqual(
        endpoint.snapshot(),
      );
    });

    it('carries a command to the host and its value back', async () => {
      const { endpoint, bridge } = await start();
      endpoint.answer = () =>
        Promise.resolve(ok({ name: 'Desk', tags: ['a', null, 1.5, 'ü\u2028'] }));
      const command: Command = {
        type: 'plugin.call',
        plugin: 'settings',
        route: 'suggest',
        body: { prefix: 'De' },
      };
      expect(await bridge.send(command)).toEqual(
        ok({ name: 'Desk', tags: ['a', null, 1.5, 'ü\u2028'] }),
      );
      expect(endpoint.commands).toEqual([command]);
    });

    it('gives a refused command back as data', async () => {
      const { endpoint, bridge } = await start();
      const refused = fail({ code: 'command/not-now', message: 'Not now.' } as const);
      endpoint.answer = () => Promise.resolve(refused);
      expect(await bridge.send(dismiss)).toEqual(refused);
    });

    it('turns an exception of the host into a failure', async () => {
      const { endpoint, bridge } = await start();
      endpoint.answer = () => Promise.reject(new TypeError('the host has a bug'));
      expect(await bridge.send(dismiss)).toEqual(
        fail({ code: 'bridge/failed', message: 'the host has a bug' }),
      );
    });

    it('answers commands in the order in which they are done, not sent', async () => {
      const { endpoint, bridge } = await start();
      const release: (() => void)[] = [];
      endpoint.answer = (command) =>
        (command as Command).type === 'network.scan'
          ? new Promise((resolve) => release.push(() => resolve(ok('scanned'))))
          : Promise.resolve(ok('dismissed'));
      const slow = bridge.send({ type: 'network.scan' });
      expect(await bridge.send(dismiss)).toEqual(ok('dismissed'));
      release.forEach((go) => go());
      expect(await slow).toEqual(ok('scanned'));
    });

    it('knows where the screen of a plugin is, and says so where there is none', async () => {
      const { bridge } = await start(['howto']);
      expect(new URL(await bridge.assetAddress('howto')).host).toContain('howto');
      await expect(bridge.assetAddress('nobody')).rejects.toThrow(
        'No screen of a plugin named "nobody" is up.',
      );
    });

    it('shares nothing by reference', async () => {
      const { endpoint, bridge } = await start();
      const first = await bridge.snapshot();
      (first.answers as { [key: string]: unknown })['howto'] = { forged: true };
      expect((await bridge.snapshot()).answers).toEqual({});
      expect(endpoint.snapshot().answers).toEqual({});
    });

    it('leaves no listener behind at the host', async () => {
      const { endpoint, close } = await start();
      expect(endpoint.listening()).toBe(1);
      await close();
      expect(endpoint.listening()).toBe(0);
    });
  });
}

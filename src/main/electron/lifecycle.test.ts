import { describe, expect, it } from 'vitest';
import { holdLifecycle } from './lifecycle.ts';
import { FakeApp } from './testing/fake-electron.test-support.ts';

function start(options: { isFirst?: boolean; exitCode?: number } = {}) {
  const app = new FakeApp();
  app.isFirst = options.isFirst ?? true;
  const did: string[] = [];
  let finishStop: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => (finishStop = resolve));
  const holds = holdLifecycle({
    app,
    onSecondStart: () => did.push('second start'),
    stop: () => {
      did.push('stop');
      return stopped;
    },
    exitCode: () => options.exitCode ?? 0,
  });
  return { app, did, holds, finishStop: () => finishStop() };
}

describe('the life of the Electron shell', () => {
  it('ends at once where the app runs already', () => {
    const { app, holds } = start({ isFirst: false });
    expect(holds).toBe(false);
    expect(app.exits).toEqual([0]);
  });

  it('hears of a second start', () => {
    const { app, did } = start();
    app.startAgain();
    expect(did).toEqual(['second start']);
  });

  it('puts setup away before it ends', async () => {
    const { app, did, finishStop } = start({ exitCode: 1 });
    app.closeAllWindows();
    expect(did).toEqual(['stop']);
    expect(app.exits).toEqual([]);
    finishStop();
    expect(await app.ended).toBe(1);
  });

  it('stops setup once, however often it is told to quit', async () => {
    const { app, did, finishStop } = start();
    app.quit();
    app.quit();
    finishStop();
    await app.ended;
    expect(did).toEqual(['stop']);
    expect(app.exits).toEqual([0]);
  });
});

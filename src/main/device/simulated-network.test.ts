import { describe, expect, it } from 'vitest';
import { isOnline, type NetworkState } from '#shared';
import { createSimulatedNetwork, type SimulatedNetworkOptions } from './simulated-network.ts';
import { SIMULATED_NETWORKS, SIMULATED_PASSWORD } from './simulated-networks.ts';
import { manualClock } from './testing/manual-clock.test-support.ts';

function simulate(options: Omit<SimulatedNetworkOptions, 'clock'> = {}) {
  const clock = manualClock();
  const network = createSimulatedNetwork({ clock, scanMs: 10, connectMs: 20, ...options });
  const states: NetworkState[] = [];
  network.onChange((state) => states.push(state));
  return { clock, network, states };
}

async function joining(
  request: { readonly ssid: string; readonly password?: string; readonly hidden?: boolean },
  options: Omit<SimulatedNetworkOptions, 'clock'> = {},
) {
  const { clock, network } = simulate(options);
  const result = network.connect(request);
  clock.advance(20);
  return { result: await result, state: network.state() };
}

describe('simulated network', () => {
  it('finds what is in reach after the time of a scan, strongest first, hidden ones left out', async () => {
    const { clock, network, states } = simulate();
    const scan = network.scan();
    expect(network.state()).toEqual({ wired: false, scanning: true, networks: [] });
    clock.advance(9);
    expect(network.state().scanning).toBe(true);
    clock.advance(1);
    await scan;
    expect(states.map(({ scanning }) => scanning)).toEqual([true, false]);
    expect(network.state().networks.map(({ ssid }) => ssid)).toEqual([
      'Firstlight Home',
      'Corner Café',
      'The-Quite-Long-Name-Of-A-Network',
      '🌻 Sonnenblume',
      'شبكة المنزل',
      'Attic Repeater',
    ]);
  });

  it('has names that fit into the 32 bytes of a network name', () => {
    const lengths = SIMULATED_NETWORKS.map(({ ssid }) => Buffer.byteLength(ssid));
    expect(Math.max(...lengths)).toBe(32);
  });

  it('does one scan at a time', async () => {
    const { clock, network, states } = simulate();
    const scans = [network.scan(), network.scan()];
    clock.advance(10);
    await Promise.all(scans);
    expect(states).toHaveLength(2);
    expect(clock.pending).toBe(0);
  });

  it('joins a secured network with the password, and shows that it is doing so', async () => {
    const { clock, network, states } = simulate();
    const result = network.connect({ ssid: 'Firstlight Home', password: SIMULATED_PASSWORD });
    expect(states).toMatchObject([{ connecting: 'Firstlight Home' }]);
    clock.advance(20);
    expect(await result).toEqual({ ok: true, value: undefined });
    expect(states.at(-1)).toEqual({
      wired: false,
      scanning: false,
      networks: [],
      connected: 'Firstlight Home',
    });
  });

  it.each([
    ['wrong', 'letmein'],
    ['empty', ''],
    ['in other letters', 'Firstlight'],
  ])('refuses a password that is %s, without repeating it', async (_what, password) => {
    const { result, state } = await joining({ ssid: 'Firstlight Home', password });
    expect(result).toEqual({
      ok: false,
      failure: {
        code: 'network/wrong-password',
        message: 'The network "Firstlight Home" did not accept the password.',
      },
    });
    expect(state).toEqual({ wired: false, scanning: false, networks: [] });
  });

  it('joins an open network without a password', async () => {
    const { state } = await joining({ ssid: 'Corner Café' });
    expect(isOnline(state)).toBe(true);
  });

  it('joins a hidden network by its name', async () => {
    const request = { ssid: 'Backstage', password: SIMULATED_PASSWORD, hidden: true };
    expect((await joining(request)).state.connected).toBe('Backstage');
  });

  it.each([
    [{ ssid: 'Backstage', password: SIMULATED_PASSWORD }, 'network/not-found'],
    [{ ssid: 'Nowhere', hidden: true }, 'network/not-found'],
    [{ ssid: 'Attic Repeater', password: SIMULATED_PASSWORD }, 'network/failed'],
  ])('fails to join %j', async (request, code) => {
    expect((await joining(request)).result).toMatchObject({ ok: false, failure: { code } });
  });

  it('gives up the network that it is joining for another one', async () => {
    const { clock, network } = simulate();
    const first = network.connect({ ssid: 'Firstlight Home', password: SIMULATED_PASSWORD });
    const second = network.connect({ ssid: 'Corner Café' });
    clock.advance(20);
    expect(await first).toMatchObject({ ok: false, failure: { code: 'network/failed' } });
    expect(await second).toMatchObject({ ok: true });
    expect(network.state().connected).toBe('Corner Café');
  });

  it('stays in its network when another one refuses it', async () => {
    const { clock, network } = simulate();
    const joined = network.connect({ ssid: 'Corner Café' });
    clock.advance(20);
    await joined;
    const refused = network.connect({ ssid: 'Firstlight Home', password: 'wrong' });
    clock.advance(20);
    await refused;
    expect(network.state().connected).toBe('Corner Café');
  });

  it('is online by cable alone', () => {
    expect(isOnline(simulate({ wired: true }).network.state())).toBe(true);
  });

  it('is offline with no cable and nothing in reach', async () => {
    const { result, state } = await joining({ ssid: 'Corner Café' }, { networks: [] });
    expect(result).toMatchObject({ ok: false, failure: { code: 'network/not-found' } });
    expect(isOnline(state)).toBe(false);
  });

  it('tells nobody who stopped listening', () => {
    const { network } = simulate();
    const heard: NetworkState[] = [];
    network.onChange((state) => heard.push(state))();
    void network.scan();
    expect(heard).toEqual([]);
  });

  it('leaves nobody waiting and no timer behind when it is disposed of', async () => {
    const { clock, network } = simulate();
    const scan = network.scan();
    const join = network.connect({ ssid: 'Corner Café' });
    network.dispose();
    await scan;
    expect(await join).toMatchObject({ ok: false, failure: { code: 'network/failed' } });
    expect(clock.pending).toBe(0);
  });
});

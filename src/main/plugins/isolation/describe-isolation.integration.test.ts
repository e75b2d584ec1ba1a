import { describe, expect, it } from 'vitest';
import { isolations } from '../plugin-rig.test-support.ts';
import { describeIsolation } from './describe-isolation.ts';
import { probe } from './probe-bubblewrap.ts';

describe('the report on isolation', () => {
  it('says what is in force on this machine, and what stays open', async () => {
    const isSandboxed = (await isolations()).includes('bubblewrap');
    const report = await describeIsolation();
    expect(report.bubblewrap.inForce).toBe(isSandboxed);
    expect(report.permission).toEqual({ inForce: true });
    expect(report.notEnforced).toContain('A plugin may read the packages of other plugins.');
    const open = 'Any plugin may reach the network, services of this device included.';
    expect(report.notEnforced.includes(open)).toBe(!isSandboxed);
  });

  it('promises nothing for the Electron shell', async () => {
    const why = 'plugins run in utility processes, which Electron starts by itself';
    const report = await describeIsolation({ shell: 'electron' });
    expect(report.bubblewrap).toEqual({ inForce: false, why });
    expect(report.permission).toEqual({ inForce: false, why });
    expect(report.notEnforced[0]).toMatch(/^Any plugin has the rights of the app's user/);
  });
});

describe.runIf(process.platform === 'linux')('the probe of bubblewrap', () => {
  it('says that it is not installed', async () => {
    expect(await probe('/nowhere/bwrap')).toEqual({ works: false, why: 'bwrap is not installed' });
  });

  it('does not take a program that ends well for a sandbox', async () => {
    expect(await probe('/bin/true')).toEqual({ works: false, why: 'bwrap ended without a word' });
  });

  it('passes on what is said against it', async () => {
    const { works, why } = { why: '', ...(await probe('/bin/ls')) };
    expect(works).toBe(false);
    expect(why).not.toBe('');
  });
});

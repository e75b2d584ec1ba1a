import { permissionFlag } from './permission-flags.ts';
import { probeBubblewrap, type BubblewrapProbe } from './probe-bubblewrap.ts';

/** Which means of isolation are in force for plugins here, and what they leave open. */
export interface IsolationReport {
  readonly bubblewrap: Force;
  /** Node's permission model. */
  readonly permission: Force;
  /** What nothing stops on this machine, a sentence each. */
  readonly notEnforced: readonly string[];
}

/** `why` says in words why it is not. */
export type Force = { readonly inForce: true } | { readonly inForce: false; readonly why: string };

/** Open whatever is in force. */
const ALWAYS_OPEN = [
  'A plugin may read the packages of other plugins.',
  'Which hosts a plugin with `permissions.network` talks to is not looked at: it may reach any, ' +
    'those of this device and its network included.',
  'Which programs a plugin with `permissions.commands` starts is not looked at.',
  'Memory beyond the heap limit, processor time and disk writes of storage are not rationed.',
] as const;

const OPEN_WITHOUT_SANDBOX = [
  'Any plugin may reach the network, services of this device included.',
  'Any plugin may end other processes of the same user.',
  "A plugin that gets past Node's permission model, by a link in its package or by a bug in Node, has " +
    "the rights of the app's user.",
  "A plugin with `permissions.commands` has the rights of the app's user by the programs that it starts.",
] as const;

const OPEN_WITHOUT_ANY = [
  "Any plugin has the rights of the app's user: it may read and write that user's files, the storage " +
    "of other plugins and the app's state included, start programs and end processes.",
  'Any plugin may reach the network, services of this device included.',
] as const;

/**
 * Says what is in force: for `doctor`, and for who has to judge a device. In the Electron shell plugins
 * run in Electron's utility processes, which nothing here can put into a sandbox.
 */
export async function describeIsolation(
  request: { readonly shell?: 'node' | 'electron' } = {},
): Promise<IsolationReport> {
  if (request.shell === 'electron') {
    const why = 'plugins run in utility processes, which Electron starts by itself';
    const none = { inForce: false, why } as const;
    return reportOf(none, none);
  }
  return reportOf(asForce(await probeBubblewrap()), permissionForce());
}

function reportOf(bubblewrap: Force, permission: Force): IsolationReport {
  const open = bubblewrap.inForce
    ? []
    : permission.inForce
      ? OPEN_WITHOUT_SANDBOX
      : OPEN_WITHOUT_ANY;
  return { bubblewrap, permission, notEnforced: [...open, ...ALWAYS_OPEN] };
}

function asForce(probe: BubblewrapProbe): Force {
  return probe.works ? { inForce: true } : { inForce: false, why: probe.why };
}

function permissionForce(): Force {
  return permissionFlag(process.allowedNodeEnvironmentFlags) === undefined
    ? { inForce: false, why: `Node ${process.versions.node} has no permission model` }
    : { inForce: true };
}

import type { IsolationReport } from '../../plugins/isolation/describe-isolation.ts';
import type { Topic } from './topic.ts';

const MODEL = "Node's permission model";

/** What keeps plugins apart, and, never hidden, what nothing stops. `electron` is of the Electron shell. */
export function isolationTopic(node: IsolationReport, electron: IsolationReport): Topic {
  const topic = 'isolation';
  const { bubblewrap, permission } = node;
  const weaker = electron.bubblewrap.inForce
    ? []
    : [`In the Electron shell no plugin is in a sandbox: ${electron.bubblewrap.why}.`];
  const details = [...node.notEnforced, ...weaker];
  if (bubblewrap.inForce) {
    const model = permission.inForce ? ` and ${MODEL}` : ` alone (${permission.why})`;
    return {
      topic,
      status: 'ok',
      message: `plugins are kept apart by bubblewrap${model}`,
      details,
    };
  }
  const message = permission.inForce
    ? `plugins are kept apart by ${MODEL} alone, a seat belt (no bubblewrap: ${bubblewrap.why})`
    : `nothing keeps plugins apart (no bubblewrap: ${bubblewrap.why}; ${permission.why})`;
  const hint = 'On Linux, install bubblewrap 0.8 or newer, and let this user make namespaces.';
  return { topic, status: 'warn', message, hint, details };
}

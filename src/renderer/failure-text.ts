import type { ExecutionOnScreen, Failure } from '#shared';
import type { PlainKey } from './i18n/catalogue.ts';

/** Codes whose family would say too little. */
const KINDS: { readonly [code: string]: PlainKey } = {
  'plugin/timeout': 'failure.kind.timeout',
  'plugin/start-timeout': 'failure.kind.timeout',
  'step/timeout': 'failure.kind.timeout',
  'execution/timeout': 'failure.kind.timeout',
  // Wrong in themselves, like a manifest that is: nothing that a person enters mends them.
  'execution/bad-steps': 'failure.kind.missing',
  'execution/bad-work': 'failure.kind.missing',
  'execution/no-executor': 'failure.kind.missing',
  'execution/damaged': 'failure.kind.missing',
  'step/no-program': 'failure.kind.missing',
  'step/sudo-denied': 'failure.kind.denied',
  'plugin/not-found': 'failure.kind.missing',
  'plugin/bad-archive': 'failure.kind.missing',
  'plugin/wrong-digest': 'failure.kind.missing',
  'plugin/bad-manifest': 'failure.kind.missing',
  'plugin/untrusted': 'failure.kind.missing',
  'plugin/unreachable': 'failure.kind.download',
  'plugin/denied': 'failure.kind.download',
  'plugin/download-timeout': 'failure.kind.download',
  'plugin/screen-failed': 'failure.kind.screen',
  'plugin/cancelled': 'failure.kind.cancelled',
  'step/cancelled': 'failure.kind.cancelled',
  'execution/cancelled': 'failure.kind.cancelled',
  'shell/no-plan': 'failure.kind.plan',
};

const FAMILIES: { readonly [family: string]: PlainKey } = {
  plugin: 'failure.kind.plugin',
  step: 'failure.kind.step',
  execution: 'failure.kind.step',
  network: 'failure.kind.network',
  update: 'failure.kind.update',
  plan: 'failure.kind.plan',
};

/**
 * The code to speak of. `plugin/failed` says of a plugin made of steps only that one of them did not
 * get done; its execution says why.
 */
export function closestCode(code: string, execution: ExecutionOnScreen | undefined): string {
  return code === 'plugin/failed' ? (execution?.error?.code ?? code) : code;
}

/** What happened, in words for someone who has never heard of plugins. Any code is taken. */
export function failureText(code: string): PlainKey {
  const family = code.split('/', 1)[0] ?? '';
  return KINDS[code] ?? FAMILIES[family] ?? 'failure.kind.any';
}

/** What the screen of a failure is called. What somebody stopped has not failed. */
export function failureTitle(code: string): PlainKey {
  return failureText(code) === 'failure.kind.cancelled' ? 'failure.stoppedTitle' : 'failure.title';
}

/** Why an action of a person did not work. */
export function actionError(failure: Failure): PlainKey {
  return failure.code === 'bridge/disconnected' ? 'action.disconnected' : 'action.failed';
}

/** Why a network could not be joined. */
export function networkError(failure: Failure): PlainKey {
  switch (failure.code) {
    case 'network/wrong-password':
      return 'network.error.wrongPassword';
    case 'network/not-found':
      return 'network.error.notFound';
    case 'bridge/disconnected':
      return 'action.disconnected';
    default:
      return 'network.error.failed';
  }
}

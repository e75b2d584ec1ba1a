import type { ErrorCode, Failure } from '#shared';

/** What a failed fetch means for a plugin. */
const PLUGIN_CODES: { readonly [code in ErrorCode]?: ErrorCode } = {
  'update/unreachable': 'plugin/unreachable',
  'update/unsupported-source': 'plugin/unreachable',
  'update/not-found': 'plugin/not-found',
  'update/denied': 'plugin/denied',
  'update/timeout': 'plugin/download-timeout',
  'update/too-large': 'plugin/bad-archive',
  'update/invalid': 'plugin/bad-archive',
};

/** A failure of a fetch as one of the plugin. Its message names the address already. */
export function asPluginFailure(failure: Failure): Failure {
  return { ...failure, code: PLUGIN_CODES[failure.code] ?? failure.code };
}

/** The plan's words name no place at all. */
export function noPlace(failure: Failure): Failure {
  return failure.code === 'update/invalid'
    ? { ...failure, code: 'plugin/not-found' }
    : asPluginFailure(failure);
}

/** Names the plugin: one transfer may be for several. */
export function ofPlugin(name: string, failure: Failure): Failure {
  return { ...failure, message: `Plugin "${name}": ${failure.message}` };
}

export function calledOff(): Failure {
  return { code: 'plugin/cancelled', message: 'its fetching was called off.' };
}

/** With a root of trust, nothing else than a digest in the signed plan vouches for an archive. */
export function notVouchedFor(): Failure {
  return {
    code: 'plugin/untrusted',
    message: 'this device has a root of trust, and the plan pins no digest for its archive.',
    hint: 'Publish the plan with `firstlight publish`, which pins every archive by its sha256.',
  };
}

export function onlyLocal(): Failure {
  return {
    code: 'plugin/not-found',
    message: 'it is local and has no digest, so no archive from elsewhere can be told to be it.',
  };
}

/** The disk refused; `thrown` is the system's error. */
export function notStored(folder: string, thrown: Error & { readonly code: string }): Failure {
  const isFull = thrown.code === 'ENOSPC' || thrown.code === 'EDQUOT';
  return {
    code: 'plugin/not-stored',
    message: isFull
      ? `the disk is full: its archive does not fit into ${folder}.`
      : `its archive cannot be written to ${folder} (${thrown.code}).`,
    hint: 'Make room on the disk, and make sure that the folder can be written to.',
  };
}

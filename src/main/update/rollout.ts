import type { DeviceInfo, FlagDefinition } from '#shared';
import type { FlagAnswer, FlagAnswers } from '../flow/state.ts';

/** Devices of a clone or of a maker who says nothing are in this channel. */
const DEFAULT_CHANNEL = 'stable';

const SILENT = { error: nothing, warn: nothing, info: nothing, debug: nothing };

/**
 * Evaluates a plan's flags on this device, offline, as flagd would (plan contract, section 1). Never
 * fails: a flag that cannot be evaluated takes its default variant, with the reason `ERROR`.
 * The library is loaded only for a plan that has flags, since the first screen waits for this.
 */
export async function evaluateFlags(
  flags: { readonly [flag: string]: FlagDefinition },
  device: DeviceInfo,
): Promise<FlagAnswers> {
  const names = Object.keys(flags);
  if (names.length === 0) return {};
  const { MemoryStorage } = await import('@openfeature/flagd-core');
  // Rules come from afar: they are interpreted, never compiled to code.
  const storage = new MemoryStorage(SILENT, { disableDynamicCodeGeneration: true });
  storage.setConfigurations(JSON.stringify({ flags }));
  const context = {
    targetingKey: device.deviceId,
    product_family: device.productFamily,
    region: device.region,
    locale: device.language,
    channel: DEFAULT_CHANNEL,
    app_version: device.appVersion,
  };
  const answerOf = (name: string): FlagAnswer => {
    const definition = flags[name];
    const fallback = definition?.defaultVariant ?? '';
    const details = storage.getFlag(name)?.evaluate(context);
    const isUsable = details !== undefined && details.reason !== 'ERROR';
    const variant = isUsable ? (details.variant ?? fallback) : fallback;
    return {
      variant,
      value: definition?.variants[variant],
      reason: details?.reason ?? 'ERROR',
    };
  };
  return Object.fromEntries(names.map((name) => [name, answerOf(name)]));
}

function nothing(): void {
  // flagd logs what it also gives as the reason.
}

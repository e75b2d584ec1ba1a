import type { DeviceInfo } from '#shared';

/** What a flag's rule may ask of a device (plan contract, section 1, `[flags]`). */
export interface TargetingContext {
  /** A random id that stays: what `fractional` divides devices by. */
  readonly targetingKey: string;
  readonly product_family: string;
  readonly region: string;
  readonly locale: string;
  readonly channel: string;
  readonly app_version: string;
}

/** The context of this device; `channel` is that of its configuration. */
export function targetingContext(device: DeviceInfo, channel: string): TargetingContext {
  return {
    targetingKey: device.deviceId,
    product_family: device.productFamily,
    region: device.region,
    locale: device.language,
    channel,
    app_version: device.appVersion,
  };
}

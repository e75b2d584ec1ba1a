/** Finds a Chromium or one of its kin; `undefined` where there is none. */
export function findChromium(around?: {
  readonly env?: NodeJS.ProcessEnv;
  readonly platform?: NodeJS.Platform;
}): string | undefined;

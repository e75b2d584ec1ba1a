/** Electron's binary, if it is there. */
export function findElectron(around?: {
  readonly env?: NodeJS.ProcessEnv;
  readonly root?: string;
}): string | undefined;

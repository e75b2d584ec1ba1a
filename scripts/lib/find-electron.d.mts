/** Electron's binary, if it is there. */
export function findElectron(around?: {
  readonly env?: NodeJS.ProcessEnv;
  readonly root?: string;
}): string | undefined;
/** Fetches Electron's binary with its own install script, once per clone. */
export function fetchElectronOnce(options?: {
  readonly log?: (line: string) => void;
  readonly root?: string;
  readonly limitMs?: number;
}): Promise<string | undefined>;

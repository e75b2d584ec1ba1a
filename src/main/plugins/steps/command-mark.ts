/** In the environment of a plugin's commands: whose they are. */
export const COMMAND_MARK = 'FIRSTLIGHT_COMMAND_OF';

/** Marks the commands of one plugin process of one home, also for the app that comes after this one. */
export function commandMark(cacheFolder: string, pid: number | string | undefined): string {
  return `${cacheFolder}#${pid}`;
}

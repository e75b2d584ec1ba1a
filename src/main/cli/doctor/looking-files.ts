import type { FilesPort } from '../../state/files-port.ts';
import { nodeFiles } from '../../state/node-files.ts';

/** Files as they are: what is damaged is left for the app to set aside. */
export const LOOKING: FilesPort = {
  ...nodeFiles,
  rename: () =>
    Promise.reject(Object.assign(new Error('only looking'), { code: 'EROFS', syscall: 'rename' })),
};

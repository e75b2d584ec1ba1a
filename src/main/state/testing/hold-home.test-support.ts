import { openHome } from '../home.ts';
import { nodeFiles } from '../node-files.ts';

// Run as a process of its own: opens the home, says what came of it, and keeps it until told to end.
const home = await openHome(nodeFiles, process.argv[2] ?? '');
process.on('message', () => process.exit(0));
process.send?.(home.ok ? 'opened' : home.failure.code);

/**
 * Where a plugin's process stands. `starting` until `initialize` has returned, `running` while it
 * does its work; `stopped` when it ended because we asked, `crashed` when it ended by itself.
 */
export type ProcessState = 'starting' | 'ready' | 'running' | 'stopping' | 'stopped' | 'crashed';

/** What can happen to it. */
export type ProcessInput = 'started' | 'work-began' | 'work-ended' | 'stop-asked' | 'process-ended';

const MOVES: {
  readonly [state in ProcessState]: { readonly [input in ProcessInput]?: ProcessState };
} = {
  starting: { started: 'ready', 'stop-asked': 'stopping', 'process-ended': 'crashed' },
  ready: { 'work-began': 'running', 'stop-asked': 'stopping', 'process-ended': 'crashed' },
  // A second run at the same time has no move: one plugin, one piece of work.
  running: { 'work-ended': 'ready', 'stop-asked': 'stopping', 'process-ended': 'crashed' },
  stopping: { 'process-ended': 'stopped' },
  stopped: {},
  crashed: {},
};

/** The state after `input`; `undefined` where the input makes no sense and changes nothing. */
export function move(state: ProcessState, input: ProcessInput): ProcessState | undefined {
  return MOVES[state][input];
}

/** Can it answer routes and work? */
export function isUp(state: ProcessState): boolean {
  return state === 'ready' || state === 'running';
}

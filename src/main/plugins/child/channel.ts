import { Socket } from 'node:net';
import { messagePipe, type MessagePipe } from '../message-pipe.ts';

/** The child's end of the message pipe. */
export interface Channel extends MessagePipe {
  /** Calls back when the app is gone. */
  onClose(listener: () => void): void;
  /** Ends the process when everything sent so far has left it. */
  exit(code: number): void;
}

/** Descriptor of the pipe that the Node launcher makes. */
const PIPE = 3;

/** What Electron's `utilityProcess` gives its child instead of a pipe. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

/** Finds the way back to the app, whichever launcher started this process. */
export function openChannel(): Channel {
  const { parentPort } = process as { readonly parentPort?: ParentPort };
  return parentPort === undefined ? pipeChannel() : portChannel(parentPort);
}

function pipeChannel(): Channel {
  const socket = new Socket({ fd: PIPE, readable: true, writable: true });
  // A broken pipe means that the app is gone, and 'close' says so.
  socket.on('error', () => undefined);
  return {
    ...messagePipe(socket),
    onClose: (listener) => socket.on('close', listener),
    exit: (code) => {
      // A turn later, so that what was sent in this one is in the socket.
      setImmediate(() => socket.end(() => process.exit(code)));
    },
  };
}

function portChannel(port: ParentPort): Channel {
  return {
    send: (message) => port.postMessage(message),
    onMessage: (listener) => {
      port.on('message', ({ data }) => listener(typeof data === 'string' ? data : undefined));
    },
    // Electron ends its utility processes with the app.
    onClose: () => undefined,
    // Posted messages are handed over in the turn after they were posted.
    exit: (code) => setImmediate(() => setImmediate(() => process.exit(code))),
  };
}

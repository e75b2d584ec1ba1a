import {
  CLIENT_PROTOCOL_VERSION,
  type ClientHello,
  type ClientLocale,
  type ClientTheme,
  type ClientToHost,
  type ClientWelcome,
  type HostToClient,
} from '../shared/client-messages.ts';
import type { Json, JsonObject } from '../shared/json.ts';
import type { WorkProgress } from '../shared/stage.ts';

/** What a screen is told of, and with what. */
export interface ClientEvents {
  readonly progress: WorkProgress;
  readonly theme: ClientTheme;
  readonly locale: ClientLocale;
}

/** What `ready` gives. */
export type ClientStart = Omit<ClientWelcome, 'type' | 'version'>;

/**
 * All that a plugin's screen can do. Promises reject with a `FirstlightError`, whose `code` is one
 * of those in docs/plugins.md.
 */
export interface FirstlightClient {
  /** Resolves when the app has greeted the screen; theme and language are in effect by then. */
  readonly ready: Promise<ClientStart>;
  /** Answers of an earlier visit; empty before `ready`, and if there was none. */
  readonly answers: JsonObject;
  /** What was typed but not completed, the latest `saveDraft` included. */
  readonly draft: JsonObject;
  /** `undefined` before `ready`, like `locale`. */
  readonly theme: ClientTheme | undefined;
  readonly locale: ClientLocale | undefined;
  /** Asks a route of the plugin's own process. */
  call(route: string, body?: Json): Promise<Json>;
  /** The screen is done: its answers are saved, and the plugin's work begins. */
  complete(answers?: JsonObject): Promise<void>;
  /** Goes to the screen before this one. */
  back(): Promise<void>;
  /** Keeps what was typed, so that it is there after a power cut. Never pass a password. */
  saveDraft(draft: JsonObject): Promise<void>;
  /** Calls back from now on; the returned function ends it. */
  on<E extends keyof ClientEvents>(
    event: E,
    listener: (value: ClientEvents[E]) => void,
  ): () => void;
}

/** What the client needs of the page that it is in. */
export interface ClientPage {
  /** Posts the hello to the parent window and hands over its end of the channel. */
  greet(hello: ClientHello, port: MessagePort): void;
  applyTheme(theme: ClientTheme): void;
  applyLocale(locale: ClientLocale): void;
  /** The app has greeted: the page may be shown to a person. */
  begin(): void;
  /** Resolves once the browser is through with the input event that is being handled, if any. */
  afterInput(): Promise<void>;
}

/** Why the app did not do what it was asked. */
export class FirstlightError extends Error {
  readonly code: string;
  readonly hint: string | undefined;

  constructor(failure: {
    readonly code: string;
    readonly message: string;
    readonly hint?: string;
  }) {
    super(failure.message);
    this.name = 'FirstlightError';
    this.code = failure.code;
    this.hint = failure.hint;
  }
}

type Request = ClientToHost extends infer R
  ? R extends { id: number }
    ? Omit<R, 'id'>
    : never
  : never;

type Listeners = {
  readonly [E in keyof ClientEvents]: Set<(value: ClientEvents[E]) => void>;
};

/** Says hello and speaks with whoever holds the other end of the channel. */
export function createClient(page: ClientPage): FirstlightClient {
  const { port1: port, port2 } = new MessageChannel();
  const waiting = new Map<number, Deferred<Json>>();
  const listeners: Listeners = { progress: new Set(), theme: new Set(), locale: new Set() };
  const ready = deferred<ClientStart>();
  let start: ClientStart | undefined;
  let draft: JsonObject | undefined;
  let lastId = 0;

  const receive = (message: HostToClient): void => {
    switch (message.type) {
      case 'welcome': {
        const { type: _type, version: _version, ...rest } = message;
        start = rest;
        page.applyTheme(rest.theme);
        page.applyLocale(rest.locale);
        page.begin();
        ready.resolve(rest);
        return;
      }
      case 'theme':
        if (start !== undefined) start = { ...start, theme: message.theme };
        page.applyTheme(message.theme);
        for (const listener of listeners.theme) listener(message.theme);
        return;
      case 'locale':
        if (start !== undefined) start = { ...start, locale: message.locale };
        page.applyLocale(message.locale);
        for (const listener of listeners.locale) listener(message.locale);
        return;
      case 'progress':
        for (const listener of listeners.progress) listener(message.work);
        return;
      case 'reply': {
        const asked = waiting.get(message.id);
        waiting.delete(message.id);
        if (message.result.ok) asked?.resolve(message.result.value);
        else asked?.reject(new FirstlightError(message.result.failure));
        return;
      }
      // A newer app may say what this client does not know.
      default:
    }
  };
  // Only the window that was handed the other end can be heard here.
  port.onmessage = ({ data }: MessageEvent<HostToClient>) => receive(data);
  page.greet({ firstlight: 'hello', version: CLIENT_PROTOCOL_VERSION }, port2);

  const ask = async (request: Request): Promise<Json> => {
    await ready.promise;
    lastId += 1;
    const asked = deferred<Json>();
    waiting.set(lastId, asked);
    port.postMessage({ ...request, id: lastId } satisfies ClientToHost);
    return asked.promise;
  };
  /**
   * Asks for what takes this page away. Not from within the click or key press that wants it: an
   * app that is quick would remove the page before the browser has heard that its event was handled,
   * and Chromium waits for that for ever (whoever drives it through its debugging protocol hangs).
   */
  const leave = async (request: Request): Promise<void> => {
    await page.afterInput();
    await ask(request);
  };
  const saver = latestOnly((value: JsonObject) => ask({ type: 'saveDraft', draft: value }));

  return {
    ready: ready.promise,
    get answers() {
      return start?.answers ?? {};
    },
    get draft() {
      return draft ?? start?.draft ?? {};
    },
    get theme() {
      return start?.theme;
    },
    get locale() {
      return start?.locale;
    },
    call: async (route, body = null) => ask({ type: 'call', route, body: asJson(body) }),
    // An argument is evaluated first: what the page changes from now on does not count.
    complete: async (answers = {}) => leave({ type: 'complete', answers: asObject(answers) }),
    back: async () => leave({ type: 'back' }),
    saveDraft: async (value) => {
      // One that cannot be saved must not stand in the way of those that follow.
      const checked = asObject(value);
      draft = checked;
      await saver(checked);
    },
    on: (event, listener) => {
      listeners[event].add(listener);
      return () => listeners[event].delete(listener);
    },
  };
}

/** The value as JSON has it. What has no such form is refused here, where the mistake was made. */
function asJson(value: Json): Json {
  let text: unknown;
  try {
    text = JSON.stringify(value);
  } catch (thrown) {
    throw notJson(thrown instanceof Error ? thrown.message : 'it cannot be shown');
  }
  if (typeof text !== 'string') throw notJson(`it is ${typeof value}`);
  return JSON.parse(text) as Json;
}

/** Answers and drafts are objects, by field name. */
function asObject(value: JsonObject): JsonObject {
  const json = asJson(value);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw notJson('answers and drafts are objects');
  }
  return json as JsonObject;
}

function notJson(why: string): FirstlightError {
  return new FirstlightError({
    code: 'command/bad',
    message: `This is not usable as JSON: ${why}.`,
  });
}

/** While one save is under way, of all that follow only the latest counts: typing makes many. */
function latestOnly<T>(save: (value: T) => Promise<unknown>): (value: T) => Promise<void> {
  let running: Promise<void> | undefined;
  let next: { readonly value: T } | undefined;
  const run = async (): Promise<void> => {
    while (next !== undefined) {
      const { value } = next;
      next = undefined;
      await save(value);
    }
  };
  return (value) => {
    next = { value };
    running ??= run().finally(() => (running = undefined));
    return running;
  };
}

/** `Promise.withResolvers`, which not every web view has. */
function deferred<T>(): Deferred<T> {
  let resolve!: Deferred<T>['resolve'];
  let reject!: Deferred<T>['reject'];
  const promise = new Promise<T>((...functions) => ([resolve, reject] = functions));
  return { promise, resolve, reject };
}

interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: Error) => void;
}

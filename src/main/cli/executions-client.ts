import { ERROR_CODES, fail, ok, type ErrorCode, type Failure, type Result } from '#shared';
import { CLI_AGENT } from '../api/agent.ts';
import { readAddress, type ApiAddress } from '../api/address-file.ts';
import { appVersion } from '../app-version.ts';
import type { Problem } from '../http/problem.ts';
import { nodeFiles } from '../state/node-files.ts';

/** The control API of the app that runs on a home. */
export interface ApiClient {
  /** JSON of an answer, or what went wrong; `execution/no-app` where nobody answers. */
  get<T>(path: string): Promise<Result<T>>;
  post<T>(path: string, body?: object): Promise<Result<T>>;
  /** Plain text of an answer. */
  text(path: string): Promise<Result<string>>;
}

/** The failure of whatever needs a running app. */
export function noApp(home: string): Failure {
  return {
    code: 'execution/no-app',
    message: `No Firstlight with a control API runs on ${home}.`,
    hint: 'Start it with [api] enabled = true in the device configuration, or name its home with --home.',
  };
}

/**
 * Connects to the app that runs on a home; `undefined` where none says that it does. One that was killed
 * has left its address behind: then each request is `execution/no-app`.
 */
export async function connectApi(home: string): Promise<ApiClient | undefined> {
  const address = await readAddress(nodeFiles, home);
  if (address === undefined) return undefined;
  const ask = async (path: string, init: RequestInit = {}): Promise<Result<Response>> => {
    const response = await fetchFrom(address, path, init);
    if (response === undefined) return fail(noApp(home));
    // A program that took over the port of one that was killed does not know the token.
    if (response.status === 401) return fail(noApp(home));
    return response.ok ? ok(response) : fail(await failureOf(response));
  };
  const json = async <T>(answer: Promise<Result<Response>>): Promise<Result<T>> => {
    const response = await answer;
    return response.ok ? ok((await response.value.json()) as T) : response;
  };
  return {
    get: (path) => json(ask(path)),
    post: (path, body) =>
      json(
        ask(path, {
          method: 'POST',
          ...(body === undefined
            ? {}
            : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
        }),
      ),
    text: async (path) => {
      const response = await ask(path);
      return response.ok ? ok(await response.value.text()) : response;
    },
  };
}

async function fetchFrom(
  { url, token }: ApiAddress,
  path: string,
  init: RequestInit,
): Promise<Response | undefined> {
  const headers = new Headers(init.headers);
  headers.set('authorization', `Bearer ${token}`);
  headers.set('user-agent', `${CLI_AGENT}/${appVersion()}`);
  try {
    return await fetch(`${url}${path}`, { ...init, headers });
  } catch (thrown) {
    // What fetch calls it when there is no connection, or it broke.
    if (thrown instanceof TypeError) return undefined;
    throw thrown;
  }
}

async function failureOf(response: Response): Promise<Failure> {
  const { code, detail, hint, title } = (await response.json()) as Problem;
  return {
    code: isKnown(code) ? code : 'command/bad',
    message: detail === '' ? title : detail,
    ...(hint === undefined ? {} : { hint }),
  };
}

function isKnown(code: string | undefined): code is ErrorCode {
  return code !== undefined && Object.hasOwn(ERROR_CODES, code);
}

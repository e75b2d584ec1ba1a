import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { PROBLEM_TYPE, type Problem } from '../../http/problem.ts';
import { openApiDocument } from '../openapi/document.ts';
import { OPERATIONS, type Operation } from '../openapi/operations.ts';

/** What went over the wire. */
export interface Exchange {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** As it was sent; `undefined` for none. */
  readonly body: string | undefined;
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

const document = openApiDocument();

/**
 * The schemas of the document, stricter: a field that it does not name is a fault of the document, while
 * clients are to live with new ones.
 */
const ajv = new Ajv2020({ strict: false, allErrors: true });
ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/);
ajv.addSchema({ ...document, components: tightened(document.components) }, 'api');

const compiled = new Map<string, ValidateFunction>();

/** Problems of a value that is to be of a named schema of the document, in words. */
function schemaProblems(name: string, value: unknown): readonly string[] {
  return problemsAt(`#/components/schemas/${name}`, value);
}

/** Where an exchange is not as the document says; empty where it is. */
export function exchangeProblems(exchange: Exchange): readonly string[] {
  const { method, path, status, type, text } = exchange;
  const operation = operationOf(method, path);
  // What is no operation can only be refused.
  if (operation === undefined) return status < 400 ? ['no such operation'] : problemOf(exchange);
  const at = `#/paths/${pointerPart(operation.path)}/${operation.method}`;
  const { responses } = documentOf(operation);
  if (!(String(status) in responses)) return [`${operation.id} does not name the status ${status}`];
  if (status >= 400) return [...problemOf(exchange), ...refusedBody(at, operation, exchange)];
  const [media = ''] = Object.keys(responses[String(status)]?.content ?? {});
  if (!type.startsWith(media)) return [`${operation.id} answers ${type} instead of ${media}`];
  const sent = acceptedBody(at, operation, exchange);
  if (media === 'text/event-stream') return [...sent, ...eventProblems(path, text)];
  const value: unknown = media === 'application/json' ? JSON.parse(text) : text;
  const where = `${at}/responses/${status}/content/${pointerPart(media)}/schema`;
  return [...sent, ...problemsAt(where, value)];
}

function problemOf({ type, text, status }: Exchange): readonly string[] {
  if (!type.startsWith(PROBLEM_TYPE)) return [`an error of the type ${type}`];
  const problem = JSON.parse(text) as { readonly status: number };
  return [
    ...(problem.status === status ? [] : ['the problem has another status than the answer']),
    ...schemaProblems('Problem', problem),
  ];
}

/** What the server took must be what the document says that it takes. */
function acceptedBody(at: string, { body }: Operation, sent: Exchange): readonly string[] {
  if (body === undefined || sent.body === undefined) return [];
  return problemsAt(`${at}/requestBody/content/application~1json/schema`, JSON.parse(sent.body));
}

/** And the other way round: what it refused for its form must be wrong by the document, too. */
function refusedBody(at: string, operation: Operation, sent: Exchange): readonly string[] {
  const { code, problems } = JSON.parse(sent.text) as Partial<Problem>;
  // Without places in the body, it is what the body means that was wrong.
  if (sent.status !== 422 || code !== 'command/bad' || problems === undefined) return [];
  if (operation.body === undefined || sent.body === undefined) return [];
  return acceptedBody(at, operation, sent).length > 0
    ? []
    : [`${operation.id} refused what its document takes`];
}

function eventProblems(path: string, text: string): readonly string[] {
  const isFlow = path.startsWith('/api/flow');
  return parseEvents(text).flatMap(({ id, event, data }) => {
    if (event === 'snapshot') return schemaProblems(isFlow ? 'Flow' : 'ExecutionView', data);
    const { id: ownId, seq, type } = data as Record<string, unknown>;
    return [
      ...(type === event ? [] : [`an event ${event} of the type ${String(type)}`]),
      ...(id === String(isFlow ? seq : ownId) ? [] : [`an event with the id ${String(id)}`]),
      ...schemaProblems(isFlow ? 'TraceRecord' : 'ExecutionEvent', data),
    ];
  });
}

/** One event of a stream, its data parsed. */
export interface ReceivedEvent {
  readonly id: string | undefined;
  readonly event: string;
  readonly data: unknown;
}

/** The events that are whole in the text of a stream. Comments are left out. */
export function parseEvents(text: string): readonly ReceivedEvent[] {
  return text
    .split('\n\n')
    .slice(0, -1)
    .filter((frame) => !frame.startsWith(':'))
    .map((frame) => {
      const fields = new Map(
        frame.split('\n').map((line) => {
          const end = line.indexOf(': ');
          return [line.slice(0, end), line.slice(end + 2)] as const;
        }),
      );
      const data: unknown = JSON.parse(fields.get('data') ?? 'null');
      return { id: fields.get('id'), event: fields.get('event') ?? '', data };
    });
}

/** The operation that a request is for. */
function operationOf(method: string, path: string): Operation | undefined {
  const [bare = ''] = path.split('?');
  return OPERATIONS.find(
    (operation) =>
      operation.method === method.toLowerCase() &&
      new RegExp(
        `^${operation.path.replace('{path}', '.+').replaceAll(/\{\w+\}/g, '[^/]+')}$`,
      ).test(bare),
  );
}

interface DescribedOperation {
  readonly responses: Readonly<Record<string, { readonly content?: object }>>;
}

function documentOf({ path, method }: Operation): DescribedOperation {
  return document.paths[path]?.[method] as DescribedOperation;
}

function problemsAt(pointer: string, value: unknown): readonly string[] {
  let validate = compiled.get(pointer);
  if (validate === undefined) {
    validate = ajv.compile({ $ref: `api${pointer}` });
    compiled.set(pointer, validate);
  }
  if (validate(value)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) =>
      `${pointer} at "${instancePath}": ${message ?? ''} ${JSON.stringify(params)}`,
  );
}

function pointerPart(text: string): string {
  return encodeURIComponent(text.replaceAll('~', '~0').replaceAll('/', '~1'));
}

/** The same with `additionalProperties: false` wherever fields are named and nothing is said of others. */
function tightened(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(tightened);
  if (typeof node !== 'object' || node === null) return node;
  const inside = Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, tightened(value)]),
  );
  const namesFields = 'type' in node && node.type === 'object' && 'properties' in node;
  return namesFields ? { additionalProperties: false, ...inside } : inside;
}

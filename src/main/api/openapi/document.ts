import { toJsonSchemaDefs, type JsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';
import { PROBLEM_TYPE } from '../../http/problem.ts';
import { streamQuerySchema } from '../request-schemas.ts';
import { NAMED_SCHEMAS } from './named-schemas.ts';
import { OPERATIONS, type Operation } from './operations.ts';

/** What every request can meet: no token, a foreign page, a name that is not the server's, a bug. */
const ALWAYS = [401, 403, 421, 500];

const PROBLEM_TITLES: Readonly<Record<number, string>> = {
  400: 'The body is not JSON.',
  401: 'The token is missing or wrong.',
  403: 'A page of another origin sent it.',
  404: 'There is nothing of that name.',
  409: 'It makes no sense in the present state.',
  413: 'The body is over 1 MiB.',
  415: 'The body is not `application/json`.',
  421: 'It was sent to another host name than 127.0.0.1 or localhost.',
  422: 'What was sent makes no sense in any state.',
  500: 'A bug of the app.',
  502: 'The plugin failed.',
  503: 'Nothing can be written down at the moment.',
  504: 'The plugin did not answer in time.',
};

/** The control API as an OpenAPI 3.1 document, made from the schemas that requests are checked with. */
export function openApiDocument() {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of OPERATIONS)
    (paths[operation.path] ??= {})[operation.method] = describe(operation);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Firstlight control API',
      version: '1',
      summary: 'Starts, follows and controls executions on a device, over loopback.',
      license: { name: 'Apache 2.0', identifier: 'Apache-2.0' },
    },
    servers: [
      {
        url: 'http://127.0.0.1:{port}',
        variables: { port: { default: '0', description: 'In `control-api.json` of the home.' } },
      },
    ],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'Of this start of the app, in `control-api.json` of its home folder.',
        },
      },
      schemas: schemas(),
    },
  };
}

function schemas(): Readonly<Record<string, JsonSchema>> {
  const made = toJsonSchemaDefs(NAMED_SCHEMAS, {
    target: 'draft-2020-12',
    typeMode: 'input',
    // Checks that are functions have no form in JSON Schema.
    ignoreActions: ['check', 'transform'],
    overrideRef: ({ referenceId }) => refTo(referenceId),
  });
  return Object.fromEntries(
    Object.entries(made).map(([name, { $schema: _draft, ...schema }]) => [name, schema]),
  );
}

function refTo(name: string): string {
  return `#/components/schemas/${name}`;
}

function describe(operation: Operation) {
  const { id, summary, description, body, ok, problems, example } = operation;
  const parameters = parametersOf(operation);
  return {
    operationId: id,
    summary,
    ...(description === undefined ? {} : { description }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : { requestBody: { required: body.required, content: jsonOf(choiceOf(body.anyOf)) } }),
    responses: {
      [ok.status]: {
        description: ok.description,
        ...(ok.status === 202
          ? { headers: { Location: { schema: { type: 'string' }, required: true } } }
          : {}),
        content: contentOf(ok.schema),
      },
      ...Object.fromEntries(
        [...new Set([...ALWAYS, ...problems])]
          .sort((a, b) => a - b)
          .map((status) => [
            String(status),
            {
              description: PROBLEM_TITLES[status] ?? 'It was refused.',
              content: { [PROBLEM_TYPE]: { schema: { $ref: refTo('Problem') } } },
            },
          ]),
      ),
    },
    'x-codeSamples': [{ lang: 'Shell', source: example }],
  };
}

const PARAMETER_TEXTS: Readonly<Record<string, string>> = {
  id: 'Id of the execution.',
  step: 'Name of the step.',
  questionId: 'Id of the question.',
  route: '`plugin_route` of the plugin.',
  path: 'Route of the plugin; may have slashes in it.',
};

function parametersOf({ path, ok }: Operation) {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    description: PARAMETER_TEXTS[name] ?? '',
    schema: { type: 'string' },
  }));
  if (ok.schema !== 'events') return inPath;
  const { lastEventId, until } = streamQuerySchema.entries;
  return [
    ...inPath,
    {
      name: 'Last-Event-ID',
      in: 'header',
      description: 'Id of the last event that the reader has.',
      schema: { type: 'string' },
    },
    {
      name: 'lastEventId',
      in: 'query',
      description: v.getDescription(lastEventId.wrapped) ?? '',
      schema: { type: 'string' },
    },
    {
      name: 'until',
      in: 'query',
      description: v.getDescription(until.wrapped) ?? '',
      schema: { type: 'string', enum: ['end'] },
    },
  ];
}

function choiceOf(names: readonly string[]) {
  const [only, ...more] = names.map((name) => ({ $ref: refTo(name) }));
  return more.length === 0 ? only : { oneOf: [only, ...more] };
}

function contentOf(schema: Operation['ok']['schema']) {
  if (schema === 'text') return { 'text/plain': { schema: { type: 'string' } } };
  if (schema === 'events') return { 'text/event-stream': { schema: { type: 'string' } } };
  if (schema === 'anything') return jsonOf({});
  if (typeof schema === 'string') return jsonOf({ $ref: refTo(schema) });
  return jsonOf({ type: 'array', items: { $ref: refTo(schema.listOf) } });
}

function jsonOf(schema: unknown) {
  return { 'application/json': { schema } };
}

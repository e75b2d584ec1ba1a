import type { NAMED_SCHEMAS } from './named-schemas.ts';

type SchemaName = keyof typeof NAMED_SCHEMAS;

/** One operation of the control API, as its document describes it. */
export interface Operation {
  readonly id: string;
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  /** Names of schemas, any of which the body may be. */
  readonly body?: { readonly anyOf: readonly SchemaName[]; readonly required: boolean };
  readonly ok: {
    readonly status: 200 | 202;
    readonly description: string;
    readonly schema: SchemaName | { readonly listOf: SchemaName } | 'text' | 'events' | 'anything';
  };
  /** Statuses of problems, beside those that every request can meet. */
  readonly problems: readonly number[];
  /** What a person types, with `$url`, `$auth` and `$id` set. */
  readonly example: string;
}

const BODY = [400, 413, 415, 422];
const CONTROL = [...BODY, 404, 409, 503];
const ONE = '/api/executions/{id}';
const STATE = { status: 200, description: 'How it is now.', schema: 'ExecutionState' } as const;
const NOTHING = { anyOf: ['Nothing'], required: false } as const;

const curl = (path: string, more = ''): string => `curl -sS -K "$auth" ${more}"$url${path}"`;
const post = (path: string, body?: string): string =>
  curl(path, body === undefined ? '-X POST ' : `--json '${body}' `);

/** Every operation, in the order of the document. */
export const OPERATIONS: readonly Operation[] = [
  {
    id: 'startExecution',
    method: 'post',
    path: '/api/executions',
    summary: 'Start an execution',
    description:
      'Answers as soon as the start is on the disk, and never waits for work. Everything that is wrong with a request is said at once, before any of it is begun. What stands in `config` is written to the journal: name secrets there, never write them out.',
    body: { anyOf: ['StartPlugin', 'StartWork', 'StartBatch'], required: true },
    ok: {
      status: 202,
      description: 'It has begun. `Location` is its address.',
      schema: 'Started',
    },
    problems: [...BODY, 404, 409, 500, 502, 503],
    example: post(
      '/api/executions',
      '{ "type": "command", "config": { "cmd": ["uname", "-a"] }, "name": "Kernel" }',
    ),
  },
  {
    id: 'listExecutions',
    method: 'get',
    path: '/api/executions',
    summary: 'List executions, the newest first',
    ok: {
      status: 200,
      description: 'All that are under way, and the last ones that ended.',
      schema: { listOf: 'ExecutionSummary' },
    },
    problems: [],
    example: curl('/api/executions'),
  },
  {
    id: 'getExecution',
    method: 'get',
    path: ONE,
    summary: 'Show an execution with its steps, results and questions',
    ok: { status: 200, description: 'All of it.', schema: 'ExecutionView' },
    problems: [404],
    example: curl('/api/executions/$id'),
  },
  {
    id: 'getStatus',
    method: 'get',
    path: `${ONE}/status`,
    summary: 'Show how an execution is, in short',
    ok: STATE,
    problems: [404],
    example: curl('/api/executions/$id/status'),
  },
  {
    id: 'pauseExecution',
    method: 'post',
    path: `${ONE}/pause`,
    summary: 'Let running steps end, and start no more',
    body: NOTHING,
    ok: STATE,
    problems: CONTROL,
    example: post('/api/executions/$id/pause'),
  },
  {
    id: 'resumeExecution',
    method: 'post',
    path: `${ONE}/resume`,
    summary: 'Go on, or restart from a step',
    body: { anyOf: ['Resume'], required: false },
    ok: STATE,
    problems: CONTROL,
    example: post('/api/executions/$id/resume', '{ "from": "extract" }'),
  },
  {
    id: 'stopExecution',
    method: 'post',
    path: `${ONE}/stop`,
    summary: 'Call off running steps, by force after a grace period',
    body: NOTHING,
    ok: STATE,
    problems: CONTROL,
    example: post('/api/executions/$id/stop'),
  },
  {
    id: 'runStep',
    method: 'post',
    path: `${ONE}/steps/{step}/run`,
    summary: 'Run one step',
    body: NOTHING,
    ok: STATE,
    problems: CONTROL,
    example: post('/api/executions/$id/steps/extract/run'),
  },
  {
    id: 'skipStep',
    method: 'post',
    path: `${ONE}/steps/{step}/skip`,
    summary: 'Go on without one step',
    body: NOTHING,
    ok: STATE,
    problems: CONTROL,
    example: post('/api/executions/$id/steps/extract/skip'),
  },
  {
    id: 'retryStep',
    method: 'post',
    path: `${ONE}/steps/{step}/retry`,
    summary: 'Try a failed step again',
    body: NOTHING,
    ok: STATE,
    problems: CONTROL,
    example: post('/api/executions/$id/steps/extract/retry'),
  },
  {
    id: 'answerQuestion',
    method: 'post',
    path: `${ONE}/questions/{questionId}`,
    summary: 'Answer a question that a step asks',
    description: 'Pending questions stand in `questions` of the execution.',
    body: { anyOf: ['Answer'], required: true },
    ok: STATE,
    problems: CONTROL,
    example: post('/api/executions/$id/questions/$question', '{ "action": "replace" }'),
  },
  {
    id: 'streamEvents',
    method: 'get',
    path: `${ONE}/events`,
    summary: 'Follow an execution',
    description:
      'Server-sent events, with an `ExecutionEvent` as `data`. A reader that comes back with the id of its last event gets what it missed. Where that is not kept any more, and at a first visit that is too late for the beginning, an event `snapshot` with the whole `ExecutionView` comes first. The stream stays open after the end, since a person may retry; `until=end` closes it. A reader that takes nothing is cut off after 1 MiB.',
    ok: { status: 200, description: 'Events as they happen.', schema: 'events' },
    problems: [404, 422],
    example: curl('/api/executions/$id/events?until=end', '-N '),
  },
  {
    id: 'getLogs',
    method: 'get',
    path: `${ONE}/logs`,
    summary: 'Read what its steps wrote',
    ok: { status: 200, description: 'The last MiB.', schema: 'text' },
    problems: [404],
    example: curl('/api/executions/$id/logs'),
  },
  {
    id: 'getAudit',
    method: 'get',
    path: `${ONE}/audit`,
    summary: 'See who did what to it, when, from where',
    ok: { status: 200, description: 'Oldest first.', schema: { listOf: 'AuditEntry' } },
    problems: [404],
    example: curl('/api/executions/$id/audit'),
  },
  {
    id: 'getPlan',
    method: 'get',
    path: '/api/plan',
    summary: 'Show the active plan',
    ok: { status: 200, description: 'The plan, and where it is from.', schema: 'anything' },
    problems: [404],
    example: curl('/api/plan'),
  },
  {
    id: 'getFlow',
    method: 'get',
    path: '/api/flow',
    summary: 'Show where setup stands',
    ok: { status: 200, description: 'The state of the flow.', schema: 'Flow' },
    problems: [],
    example: curl('/api/flow'),
  },
  {
    id: 'streamFlow',
    method: 'get',
    path: '/api/flow/events',
    summary: 'Follow setup',
    description:
      'Server-sent events, with a `TraceRecord` as `data` and its `seq` as id. At a first visit, and where what was missed is not kept, an event `snapshot` with the `Flow` comes first. `Last-Event-ID: 0` asks for everything since the app started.',
    ok: { status: 200, description: 'The trace as it goes.', schema: 'events' },
    problems: [422],
    example: curl('/api/flow/events', '-N '),
  },
  {
    id: 'listPlugins',
    method: 'get',
    path: '/api/plugins',
    summary: 'List the plugins that are loaded',
    ok: { status: 200, description: 'In the order of their start.', schema: { listOf: 'Plugin' } },
    problems: [],
    example: curl('/api/plugins'),
  },
  ...(['get', 'post'] as const).map((method): Operation => ({
    id: method === 'get' ? 'getPluginRoute' : 'callPluginRoute',
    method,
    path: '/api/plugins/{route}/{path}',
    summary:
      method === 'get' ? "Ask a plugin's own route" : "Ask a plugin's own route, with a body",
    ...(method === 'get'
      ? { description: 'The query becomes the body that the plugin is given.' }
      : { body: { anyOf: ['Anything'], required: false } as const }),
    ok: { status: 200, description: 'What the plugin answers.', schema: 'anything' },
    problems: [404, 409, 502, 504, ...(method === 'get' ? [] : [400, 413, 415])],
    example:
      method === 'get'
        ? curl('/api/plugins/inventory/facts')
        : post('/api/plugins/settings/suggest-name', '{ "language": "en" }'),
  })),
  {
    id: 'getHealth',
    method: 'get',
    path: '/api/health',
    summary: 'Ask how engine, plugins and executors are',
    ok: { status: 200, description: 'Each part.', schema: 'Health' },
    problems: [],
    example: curl('/api/health'),
  },
  {
    id: 'getOpenApi',
    method: 'get',
    path: '/api/openapi.json',
    summary: 'Read this description (OpenAPI 3.1)',
    ok: { status: 200, description: 'The document.', schema: 'anything' },
    problems: [],
    example: curl('/api/openapi.json'),
  },
];

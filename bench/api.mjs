/**
 * The control API against bare fastify with a token and answers of the same size, each in a process of
 * its own: requests per second, and what processor time each takes of the server's main thread, which
 * does not depend on what else the machine does. Ratios travel, figures do not.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Pool } from 'undici';
import { goal, median, table } from './measure.mjs';

const SERVER = fileURLToPath(new URL('api/server.mjs', import.meta.url));
const ROUNDS = 8;
const REQUESTS = 1000;
const CONNECTIONS = 16;
const KINDS = {
  bare: 'bare fastify',
  control: 'control API',
  'kept-nowhere': 'control API, no journal',
};

export async function run() {
  const servers = await Promise.all(Object.keys(KINDS).map(startServer));
  try {
    await compare('start', servers, ({ start }) => start());
    await compare('status', servers, ({ status }) => status());
  } finally {
    for (const { stop } of servers) await stop();
  }
}

async function startServer(kind) {
  const child = fork(SERVER, [kind]);
  const [{ url, token }] = await once(child, 'message');
  const pool = new Pool(url, { connections: CONNECTIONS });
  const headers = { authorization: `Bearer ${token}` };
  const body = JSON.stringify({ type: 'nothing', config: {} });
  const ask = async (options, wanted) => {
    const answer = await pool.request({ headers, ...options });
    const text = await answer.body.text();
    if (answer.statusCode !== wanted) throw new Error(`${answer.statusCode}: ${text}`);
    return text;
  };
  const post = {
    method: 'POST',
    path: '/api/executions',
    headers: { ...headers, 'content-type': 'application/json' },
    body,
  };
  let id;
  return {
    kind,
    start: async () => {
      id = JSON.parse(await ask(post, 202)).executionId;
    },
    status: () => ask({ method: 'GET', path: `/api/executions/${id}/status` }, 200),
    usedCpu: async () => {
      child.send('cpu');
      return (await once(child, 'message'))[0];
    },
    stop: async () => {
      await pool.close();
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

/** They take turns, so that whatever else the machine does meets each alike. */
async function compare(what, servers, ask) {
  const rates = Object.fromEntries(servers.map(({ kind }) => [kind, []]));
  const cpu = Object.fromEntries(servers.map(({ kind }) => [kind, 0]));
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const server of servers) {
      const before = await server.usedCpu();
      const since = performance.now();
      let left = REQUESTS;
      await Promise.all(
        Array.from({ length: CONNECTIONS }, async () => {
          while (left-- > 0) await ask(server);
        }),
      );
      const seconds = (performance.now() - since) / 1000;
      // The first round warms up.
      if (round === 0) continue;
      rates[server.kind].push(REQUESTS / seconds);
      cpu[server.kind] += (await server.usedCpu()) - before;
    }
  }
  const perRequest = (kind) => cpu[kind] / (ROUNDS * REQUESTS);
  table(
    `${what}, ${CONNECTIONS} connections, median of ${ROUNDS} rounds`,
    Object.entries(KINDS).map(([kind, who]) => ({
      who,
      'requests/s': Math.round(median(rates[kind])),
      'us of the main thread': perRequest(kind).toFixed(1),
    })),
  );
  for (const kind of Object.keys(KINDS).slice(1)) {
    const ratio = median(rates[kind].map((rate, round) => rate / rates.bare[round]));
    goal(`${what} per second, ${KINDS[kind]} against bare`, ratio, 0.85, 'least');
    goal(
      `${what} per second of its processor, ${KINDS[kind]} against bare`,
      perRequest('bare') / perRequest(kind),
      0.85,
      'least',
    );
  }
}

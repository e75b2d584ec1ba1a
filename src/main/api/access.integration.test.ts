import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { nodeFiles } from '../state/node-files.ts';
import { addressFile } from './address-file.ts';
import { startApiRig } from './testing/api-rig.test-support.ts';

async function emptyHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'firstlight-api-home-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  return home;
}

/** What a socket is answered, until the other end closes it. */
function talk(options: { readonly host: string; readonly port: number }, text: string) {
  return new Promise<string>((resolve, reject) => {
    const socket = connect(options);
    let answer = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => (answer += chunk));
    socket.on('error', reject).on('close', () => resolve(answer));
    socket.on('connect', () => socket.write(text));
  });
}

describe('the address of the control API', () => {
  it('stands in a file that only its owner can read, while it runs', async () => {
    const { api, home, port, token } = await startApiRig();
    const file = addressFile(home);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({
      url: `http://127.0.0.1:${port}`,
      token,
      pid: process.pid,
    });
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    await api.close();
    await expect(stat(file)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('takes the place of one that a crash left behind, whatever rights that had', async () => {
    const home = await emptyHome();
    await writeFile(addressFile(home), '{"url":"http://127.0.0.1:1","token":"old","pid":1}', {
      mode: 0o644,
    });
    const { token } = await startApiRig({ home });
    expect((await stat(addressFile(home))).mode & 0o777).toBe(0o600);
    expect(await readFile(addressFile(home), 'utf8')).toContain(token);
  });

  it('of a later start is left alone at the end of an earlier one', async () => {
    const home = await emptyHome();
    const first = await startApiRig({ home });
    const address = '{"url":"http://127.0.0.1:1","token":"later","pid":1}';
    await writeFile(addressFile(home), address);
    await first.api.close();
    expect(await readFile(addressFile(home), 'utf8')).toBe(address);
  });

  it('has another token at each start', async () => {
    expect((await startApiRig()).token).not.toBe((await startApiRig()).token);
  });

  it('cannot be on a port that somebody has', async () => {
    const { port } = await startApiRig();
    await expect(startApiRig({ port })).rejects.toThrow(
      `Port ${port} of the control API is in use by another program.`,
    );
  });

  it('that nobody could be told is not served', async () => {
    const full = Object.assign(new Error('full'), { code: 'ENOSPC', syscall: 'open' });
    const files = { ...nodeFiles, open: () => Promise.reject(full) };
    await expect(startApiRig({ files })).rejects.toThrow(/cannot be written to \(ENOSPC\)/);
  });

  it('is on loopback alone', async () => {
    const { port } = await startApiRig();
    const others = Object.values(networkInterfaces()).flatMap((all = []) =>
      all.filter(({ family, internal }) => family === 'IPv4' && !internal),
    );
    for (const host of ['::1', ...others.map(({ address }) => address)]) {
      await expect(talk({ host, port }, ''), host).rejects.toMatchObject({
        code: expect.stringMatching(/ECONNREFUSED|EADDRNOTAVAIL|ENETUNREACH/) as string,
      });
    }
  });
});

describe('a request', () => {
  it.each(['/api/executions', '/api/health', '/api/openapi.json', '/nothing', '/%61pi/plugins'])(
    'to %s needs the token',
    async (path) => {
      const { send, token } = await startApiRig();
      for (const authorization of ['', 'Bearer ', `Bearer ${token.slice(1)}`, `Basic ${token}`]) {
        const { status, headers } = await send({ path, headers: { authorization } });
        expect([status, headers['www-authenticate']]).toEqual([401, 'Bearer']);
      }
    },
  );

  it('may come under either name of loopback', async () => {
    const { send, port } = await startApiRig();
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`])
      expect((await send({ path: '/api/health', headers: { host } })).status).toBe(200);
  });

  it.each(['rebound.example', '127.0.0.1', '127.0.0.1:1', 'localhost', '[::1]:1'])(
    'under the name "%s" is refused, token or not',
    async (host) => {
      const { send } = await startApiRig();
      expect((await send({ path: '/api/health', headers: { host } })).status).toBe(421);
    },
  );

  it('without any name is refused', async () => {
    const { port, token } = await startApiRig();
    const asked = `GET /api/health HTTP/1.0\r\nauthorization: Bearer ${token}\r\n\r\n`;
    expect(await talk({ host: '127.0.0.1', port }, asked)).toContain('HTTP/1.1 421');
  });

  it('of a page of another origin is refused, token or not', async () => {
    const { send, port } = await startApiRig();
    const own = `http://127.0.0.1:${port}`;
    for (const origin of ['https://evil.example', 'null', `http://127.0.0.1:${port + 1}`])
      expect((await send({ path: '/api/health', headers: { origin } })).status).toBe(403);
    expect((await send({ path: '/api/health', headers: { origin: own } })).status).toBe(200);
  });

  it('gets no leave for pages of other origins', async () => {
    const { send } = await startApiRig();
    const preflight = await send({ method: 'OPTIONS', path: '/api/executions' });
    expect(preflight.status).toBe(405);
    for (const { headers } of [preflight, await send({ path: '/api/executions' })])
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it('to an address that there is not is answered with a problem', async () => {
    const { send } = await startApiRig();
    const { status, headers, json } = await send({ path: '/nothing' });
    expect(status).toBe(404);
    expect(headers['content-type']).toContain('application/problem+json');
    expect(json()).toEqual({
      type: 'about:blank',
      title: 'Not found',
      status: 404,
      detail: 'Nothing is here.',
    });
    expect((await send({ path: '/%zz' })).status).toBe(400);
  });

  it.each([
    ['PUT', '/api/executions', 'POST, GET'],
    ['DELETE', '/api/executions/x', 'GET'],
    ['GET', '/api/executions/x/pause', 'POST'],
    ['HEAD', '/api/health', 'GET'],
    ['PATCH', '/api/plugins/inventory/facts', 'GET, POST'],
  ])('of the method %s to %s is told what is allowed', async (method, path, allowed) => {
    const { send } = await startApiRig();
    const { status, headers } = await send({ method, path });
    expect([status, headers.allow]).toEqual([405, allowed]);
  });

  it('has a body of JSON, or none', async () => {
    const { send } = await startApiRig();
    const posted = async (type: string, body: string) => {
      const headers = { 'content-type': type };
      return send({ method: 'POST', path: '/api/executions', headers, body });
    };
    expect((await posted('text/plain', '{}')).status).toBe(415);
    expect((await posted('application/x-www-form-urlencoded', 'type=command')).status).toBe(415);
    expect((await posted('application/json', '{')).json()).toMatchObject({
      status: 400,
      code: 'command/bad',
    });
    expect((await posted('application/json', '{"__proto__":{}}')).status).toBe(400);
  });

  it('has a body of a MiB at most', async () => {
    const { post } = await startApiRig();
    const answer = await post('/api/executions', { type: 'x'.repeat(1024 * 1024) });
    expect(answer.status).toBe(413);
  });

  it('that is no HTTP is answered with a problem', async () => {
    const { port } = await startApiRig();
    const answer = await talk({ host: '127.0.0.1', port }, 'hello\r\n\r\n');
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    expect(head).toContain('HTTP/1.1 400');
    expect(head).toContain('application/problem+json');
    expect(JSON.parse(body)).toMatchObject({ status: 400 });
  });

  it('that meets a bug says nothing of it, and the app is told', async () => {
    const { send, bugs } = await startApiRig({
      plan: () => {
        throw new Error('a bug of ours');
      },
    });
    const { status, text } = await send({ path: '/api/plan' });
    expect(status).toBe(500);
    expect(text).not.toContain('a bug of ours');
    expect(bugs).toEqual(['a bug of ours']);
  });
});

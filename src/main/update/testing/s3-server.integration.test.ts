import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startS3Server, type S3Server } from './s3-server.test-support.ts';

let server: S3Server;
beforeAll(async () => {
  server = await startS3Server();
});
afterAll(() => server.stop());

const text = async (address: string): Promise<string> => (await fetch(address)).text();

it('hands out what was put into a public bucket, to anybody', async () => {
  await server.makeBucket('open', { public: true });
  await server.put('open', 'a/b c.txt', 'hello');
  expect(await text(`${server.endpoint}/open/a/b%20c.txt`)).toBe('hello');
});

it('refuses unsigned requests for what is in another bucket', async () => {
  await server.makeBucket('closed');
  await server.put('closed', 'a.txt', 'hello');
  expect((await fetch(`${server.endpoint}/closed/a.txt`)).status).toBe(403);
});

it('forgets what was removed', async () => {
  await server.makeBucket('once', { public: true });
  await server.put('once', 'a.txt', 'hello');
  await server.remove('once', 'a.txt');
  expect((await fetch(`${server.endpoint}/once/a.txt`)).status).toBe(404);
});

it('publishes a folder as it is', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'firstlight-s3-'));
  try {
    mkdirSync(path.join(folder, 'metadata'));
    writeFileSync(path.join(folder, 'metadata/1.root.json'), '{}');
    writeFileSync(path.join(folder, 'execution_plan.toml'), '# plan');
    await server.makeBucket('plans', { public: true });
    await server.publish(folder, 'plans', 'kiosk/1.0');
  } finally {
    rmSync(folder, { recursive: true });
  }
  expect(await text(`${server.endpoint}/plans/kiosk/1.0/metadata/1.root.json`)).toBe('{}');
  expect(await text(`${server.endpoint}/plans/kiosk/1.0/execution_plan.toml`)).toBe('# plan');
});

it('tells what it was asked, in order', async () => {
  const before = (await server.requests()).length;
  await fetch(`${server.endpoint}/nobody/one`);
  await fetch(`${server.endpoint}/nobody/two?x=1`);
  expect((await server.requests()).slice(before)).toEqual([
    { method: 'GET', path: '/nobody/one', status: 404 },
    { method: 'GET', path: '/nobody/two?x=1', status: 404 },
  ]);
});

it('is gone after it was stopped', async () => {
  const other = await startS3Server();
  await other.stop();
  await expect(fetch(other.endpoint)).rejects.toThrow('fetch failed');
});

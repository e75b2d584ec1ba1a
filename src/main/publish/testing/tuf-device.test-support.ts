import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Updater } from 'tuf-js';

/** A published plan's folder over http. */
export interface PlanServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves a folder; `beforeEach` may hold a request up. */
export async function servePlan(
  folder: string,
  beforeEach: () => Promise<void> = () => Promise.resolve(),
): Promise<PlanServer> {
  const server = createServer((request, response) => {
    void beforeEach()
      .then(() => readFile(path.join(folder, decodeURIComponent(request.url ?? ''))))
      .then(
        (bytes) => response.end(bytes),
        () => response.writeHead(404).end(),
      );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A device that knows nothing but `tuf-js` and a root. */
export interface TufDevice {
  /** Updates from the server and gives the digests of all targets, each fetched and verified. */
  update(server: PlanServer): Promise<{ readonly [target: string]: string }>;
  dispose(): Promise<void>;
}

export async function createTufDevice(rootFile: string): Promise<TufDevice> {
  const folder = await mkdtemp(path.join(tmpdir(), 'firstlight-tuf-'));
  await copyFile(rootFile, path.join(folder, 'root.json'));
  return {
    update: async ({ url }) => {
      const updater = new Updater({
        metadataDir: folder,
        targetDir: folder,
        metadataBaseUrl: `${url}/metadata`,
        targetBaseUrl: url,
        config: { fetchRetries: 0, fetchTimeout: 5000 },
      });
      await updater.refresh();
      const targets = await readFile(path.join(folder, 'targets.json'), 'utf8');
      const { signed } = JSON.parse(targets) as { signed: { targets: object } };
      const digests: { [target: string]: string } = {};
      for (const target of Object.keys(signed.targets)) {
        const info = await updater.getTargetInfo(target);
        if (info === undefined) throw new Error(`no target ${target}`);
        const file = await updater.downloadTarget(info);
        digests[target] = createHash('sha256')
          .update(await readFile(file))
          .digest('hex');
      }
      return digests;
    },
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}

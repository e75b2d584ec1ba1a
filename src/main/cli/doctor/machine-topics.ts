import { accessSync, constants, existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { appVersion } from '../../app-version.ts';
import { homeUser } from '../../state/home-lock.ts';
import type { HomePaths } from '../../state/home.ts';
import { writeFailure } from '../../state/write-failure.ts';
import type { Topic } from './topic.ts';

/** The versions that a report of a bug should name. */
export function versionsTopic(): Topic {
  const { version, platform, arch } = process;
  const message = `Firstlight ${appVersion()}, Node ${version.slice(1)}, ${platform} ${arch}`;
  return { topic: 'versions', status: 'ok', message };
}

/**
 * May the state be written, and does somebody use it now? Makes nothing. `other` is a home in the working
 * folder that this is not: the one that `npm start` uses.
 */
export function homeTopic(paths: HomePaths, other?: string): Topic {
  const topic = standingOf(paths);
  if (other === undefined) return topic;
  const detail = `\`npm start\` uses another one, ${other}: look at it with --home .firstlight`;
  return { ...topic, details: [detail] };
}

function standingOf({ folder, locks }: HomePaths): Topic {
  const topic = 'home folder';
  const isThere = existsSync(folder);
  const standing = isThere ? folder : nearestParent(folder);
  try {
    if (!statSync(standing).isDirectory()) {
      const message = `${folder}: a file stands where a folder should be, ${standing}`;
      return { topic, status: 'problem', message, hint: 'Choose another folder with --home DIR.' };
    }
    accessSync(standing, constants.W_OK);
  } catch (thrown) {
    const { message, hint } = writeFailure(folder, thrown);
    return { topic, status: 'problem', message, ...(hint === undefined ? {} : { hint }) };
  }
  if (!isThere) return { topic, status: 'ok', message: `${folder}, to be made at the first start` };
  const user = homeUser(locks);
  const use = user === undefined ? 'nobody uses it now' : `process ${user} uses it now`;
  return { topic, status: 'ok', message: `${folder}, can be written to, ${use}` };
}

function nearestParent(folder: string): string {
  let parent = path.dirname(folder);
  while (!existsSync(parent)) parent = path.dirname(parent);
  return parent;
}

/** Can it be now? Certificates and signatures are judged by the clock. */
export function clockTopic({
  now,
  built,
}: {
  readonly now: number;
  readonly built: number;
}): Topic {
  const topic = 'clock';
  const time = new Date(now).toISOString().slice(0, 16).replace('T', ' ');
  if (now >= built) return { topic, status: 'ok', message: `${time} UTC` };
  const date = new Date(built).toISOString().slice(0, 10);
  return {
    topic,
    status: 'problem',
    message: `${time} UTC, which is before this app was built (${date}): https servers cannot be verified`,
    hint: 'Set the clock.',
  };
}

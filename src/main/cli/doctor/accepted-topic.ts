import { readJsonFile } from '../../state/atomic-file.ts';
import type { HomePaths } from '../../state/home.ts';
import { decodeRecord, type AcceptedRecord } from '../../update/accepted-record.ts';
import { LOOKING } from './looking-files.ts';
import type { Topic } from './topic.ts';

const TOPIC = 'accepted plan';

/** Which plan this home has accepted from an update. */
export async function acceptedTopic(
  { accepted: file }: Pick<HomePaths, 'accepted'>,
  needsSignature: boolean,
): Promise<Topic> {
  const read = await readJsonFile({ files: LOOKING, path: file, decode: decodeRecord });
  if (read.ok && read.value.kind === 'absent') return recordTopic(undefined, needsSignature);
  if (read.ok && read.value.kind === 'read') return recordTopic(read.value.value, needsSignature);
  return {
    topic: TOPIC,
    status: 'warn',
    message: `${file} is damaged, or cannot be read`,
    hint: 'If it is damaged, the next start sets it aside and goes on with the base plan.',
  };
}

/** What the record of accepted plans comes to; `undefined` before the first start. */
export function recordTopic(record: AcceptedRecord | undefined, needsSignature: boolean): Topic {
  const topic = TOPIC;
  const accepted = record?.accepted;
  if (accepted === undefined) {
    return { topic, status: 'ok', message: 'none yet: setup runs the base plan' };
  }
  const stage = record?.trial === undefined ? 'passed its trial' : 'on trial';
  const message = `${accepted.product_family}, revision ${accepted.revision}, ${stage}`;
  if (!needsSignature || accepted.isSigned) return { topic, status: 'ok', message };
  const unused = `${message}, but unsigned: it is not used where plans must be signed`;
  return { topic, status: 'warn', message: unused };
}

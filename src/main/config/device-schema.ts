import * as v from 'valibot';
import { line, problem, segment, whole } from '../../shared/plan-schema.ts';
import { TEXT_LIMITS as limits } from '../../shared/text-rules.ts';
import type { DeviceConfig } from './device-config.ts';

/**
 * The one description of `device.toml`: reading it, the JSON Schema in `resources/schema/` and the names
 * of environment variables come from here. All fields are optional. What needs the disk or a closer look
 * at a text is checked in `value-rules.ts` and `named-files.ts`.
 */

const seconds = (max: number) =>
  v.pipe(
    v.number(),
    v.gtValue(0, problem('out-of-range')),
    v.maxValue(max, problem('out-of-range')),
  );

const place = line(limits.place);

const HOUR = 3600;
const DAY = 24 * HOUR;
/** 1 TiB. */
const MOST_MIB = 1024 * 1024;

/** Each table of the file by name. */
export const deviceTables = {
  update: v.pipe(
    v.object({
      budget_seconds: v.optional(
        v.pipe(
          seconds(HOUR),
          v.description(
            'In all, from the first connection to the newer plan in place; then setup moves on without.',
          ),
        ),
        15,
      ),
      channel: v.optional(
        v.pipe(segment, v.description('Rollout channel of this device, the `channel` of flags.')),
        'stable',
      ),
    }),
    v.description('How newer plans are taken.'),
  ),
  transfer: v.pipe(
    v.object({
      connect_seconds: v.optional(
        v.pipe(seconds(HOUR), v.description('Until the head of an answer is there.')),
        5,
      ),
      stall_seconds: v.optional(v.pipe(seconds(HOUR), v.description('Without a single byte.')), 10),
      total_seconds: v.optional(
        v.pipe(seconds(DAY), v.description('For one object in all, retries included.')),
        900,
      ),
      retries: v.optional(
        v.pipe(whole(0, 20), v.description('Further attempts after one that may pass.')),
        4,
      ),
      parallel: v.optional(
        v.pipe(whole(1, 32), v.description('Plugin archives fetched at a time.')),
        4,
      ),
    }),
    v.description('Limits of each single transfer, for every kind of source.'),
  ),
  s3: v.pipe(
    v.object({
      region: v.exactOptional(
        v.pipe(
          segment,
          v.description('Region of buckets. Left out: what an address says, else `us-east-1`.'),
        ),
      ),
      endpoint: v.exactOptional(
        v.pipe(
          place,
          v.description('Origin of an S3-compatible server, such as `https://s3.example.com`.'),
        ),
      ),
      path_style: v.exactOptional(
        v.pipe(
          v.boolean(),
          v.description(
            'Bucket in the path in place of the host name. Left out: `true` with an endpoint.',
          ),
        ),
      ),
      credentials: v.optional(
        v.pipe(
          v.picklist(['none', 'chain']),
          v.description(
            '`none`: unsigned requests, for what anybody may read. `chain`: environment, profile files, instance roles.',
          ),
        ),
        'none',
      ),
    }),
    v.description('How S3 is spoken to.'),
    v.transform((s3): DeviceConfig['s3'] => ({
      ...s3,
      path_style: s3.path_style ?? s3.endpoint !== undefined,
    })),
  ),
  https: v.pipe(
    v.object({
      ca_file: v.exactOptional(
        v.pipe(
          place,
          v.description('PEM file of authorities trusted beside the system’s; for S3 too.'),
        ),
      ),
    }),
    v.description('How https servers are trusted.'),
  ),
  unc: v.pipe(
    v.object({
      mounts: v.optional(
        v.pipe(
          v.record(place, place),
          v.description(
            'Share, as `\\\\server\\share`, to the folder that it is mounted at. Not needed on Windows.',
          ),
        ),
        {},
      ),
    }),
    v.description('Where shares are mounted on this device.'),
  ),
  trust: v.pipe(
    v.object({
      root: v.exactOptional(
        v.pipe(
          place,
          v.description(
            'Folder that holds `root.json`. Left out: `resources/trust`, if that holds one, else plans are unsigned.',
          ),
        ),
      ),
    }),
    v.description('Whose signatures plans need.'),
  ),
  store: v.pipe(
    v.object({
      max_mib: v.optional(
        v.pipe(
          whole(1, MOST_MIB),
          v.description(
            'Limit of all unpacked plugins, in MiB. Beyond it, those that no plan needs are removed at start.',
          ),
        ),
        1024,
      ),
    }),
    v.description('What is kept on the device.'),
  ),
  api: v.pipe(
    v.object({
      enabled: v.exactOptional(
        v.pipe(
          v.boolean(),
          v.description(
            'Let programs on this device control executions over HTTP. They need the token in `control-api.json` of the home folder. Left out: `true` in the browser shell, else `false`.',
          ),
        ),
      ),
      port: v.optional(
        v.pipe(
          whole(0, 65_535),
          v.description('Port on the loopback address. 0 is any free one, which the file names.'),
        ),
        0,
      ),
    }),
    v.description('The control API.'),
  ),
};

/** The device configuration: TOML tree in, `DeviceConfig` with all defaults out. */
export const deviceSchema = v.pipe(
  v.object({
    update: v.optional(deviceTables.update, {}),
    transfer: v.optional(deviceTables.transfer, {}),
    s3: v.optional(deviceTables.s3, {}),
    https: v.optional(deviceTables.https, {}),
    unc: v.optional(deviceTables.unc, {}),
    trust: v.optional(deviceTables.trust, {}),
    store: v.optional(deviceTables.store, {}),
    api: v.optional(deviceTables.api, {}),
  }),
  v.title('Firstlight device configuration'),
  v.description('What the maker or the administrator of a device has said of it.'),
  v.transform((config): DeviceConfig => config),
);

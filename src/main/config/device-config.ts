/**
 * What the device maker, or who administers the device, has said of it: `resources/device.toml`, over
 * it `/etc/firstlight/device.toml`, over both the environment. Checked, defaults filled in, paths
 * absolute. Field names are those of the file.
 */
export interface DeviceConfig {
  readonly update: {
    /** In all, from the first connection to the plan in place; then setup moves on. Default 15. */
    readonly budget_seconds: number;
    /** Rollout channel of this device, a flag's `channel`. Default `stable`. */
    readonly channel: string;
  };
  /** Limits of each single transfer, for every source. */
  readonly transfer: {
    /** Until the head of the answer is there. Default 5. */
    readonly connect_seconds: number;
    /** Without a single byte. Default 10. */
    readonly stall_seconds: number;
    /** For one object in all, retries included. Default 900. */
    readonly total_seconds: number;
    /** Further attempts after one that may pass. Default 4. */
    readonly retries: number;
    /** Plugin archives at a time. Default 4. */
    readonly parallel: number;
  };
  readonly s3: {
    /** Default `us-east-1`, or what an address says. */
    readonly region?: string;
    /** Origin of an S3-compatible server; without one, Amazon's. */
    readonly endpoint?: string;
    /** Bucket in the path in place of the host name. Default false; true with an endpoint. */
    readonly path_style: boolean;
    /** `none`: unsigned requests. `chain`: environment, profile files, instance roles. Default `none`. */
    readonly credentials: 'none' | 'chain';
  };
  readonly https: {
    /** PEM file of authorities trusted beside the system's; for S3 too. */
    readonly ca_file?: string;
  };
  readonly unc: {
    /** `\\server\share` to the folder that it is mounted at. Not needed on Windows. */
    readonly mounts: { readonly [share: string]: string };
  };
  readonly trust: {
    /** Folder that holds `root.json`. Absent, where the build carries none either: plans are unsigned. */
    readonly root?: string;
  };
  readonly store: {
    /** Of all unpacked plugins, in MiB: beyond it, those that no plan needs go. Default 1024. */
    readonly max_mib: number;
  };
  readonly api: {
    /** May programs on this device control executions over HTTP? Absent: as the shell has it. */
    readonly enabled?: boolean;
    /** On loopback; 0, the default, is any free one. */
    readonly port: number;
  };
}

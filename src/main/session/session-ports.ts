import type { JsonObject, TraceRecord } from '#shared';
import type { Clock } from '../clock.ts';
import type { NetworkPort, ProvisioningPort } from '../device/device-port.ts';
import type { FlowEffect } from '../flow/effects.ts';
import type { FlowMode, FlowState } from '../flow/state.ts';
import type { ExecutionEngine } from '../execution/engine/execution-engine.ts';
import type { WorkPerformer } from '../executors/work-performer.ts';
import type { PluginHost } from '../plugins/plugin-port.ts';
import type { PluginSupply } from '../plugins/supply/plugin-supply.ts';
import type { PlanTrial } from '../update/plan-trial.ts';
import type { Rollouts } from '../update/rollouts/rollouts-port.ts';
import type { LoadedPlan, Updater } from '../update/update-port.ts';
import type { EventHub } from './event-hub.ts';
import type { HeadlessAnswers } from './headless.ts';
import type { Journal } from './journal.ts';

/** Everything of the world that a session touches. */
export interface SessionPorts {
  readonly hub: EventHub;
  readonly clock: Clock;
  /** 0 (inclusive) to 1 (exclusive). */
  readonly random: () => number;
  readonly mode: FlowMode;
  readonly plugins: PluginHost | undefined;
  /** Does the work of plugins; absent where no process is to be started. */
  readonly executions: ExecutionEngine | undefined;
  /** Does the work items of executors for plugins. */
  readonly works: WorkPerformer | undefined;
  readonly network: NetworkPort;
  readonly provisioning: ProvisioningPort;
  /** Absent where this session keeps the plan it has. */
  readonly updater: Updater | undefined;
  /** The plan that came with the app: it names where newer ones come from. */
  readonly base: LoadedPlan;
  readonly rollouts: Rollouts;
  /** The trial of a plan that was accepted; absent where none ever is. */
  readonly trial: PlanTrial | undefined;
  /** Fetches plugins ahead of their turn; absent where all of them are there. */
  readonly supply: PluginSupply | undefined;
  /** Absent for a run that is never resumed. */
  readonly journal: Journal | undefined;
  readonly writeTrace: (record: TraceRecord) => void;
  readonly headlessAnswers: HeadlessAnswers;
  /** First attempts to fail on purpose, by plugin name. */
  readonly failures: ReadonlyMap<string, number>;
  readonly deviceId: string;
  readonly appVersion: string;
  /** IANA name. */
  readonly timeZone: string;
}

/** Where a session starts: at its beginning, or where it was left. */
export interface SessionStart {
  readonly state: FlowState;
  readonly effects: readonly FlowEffect[];
  readonly active: Pick<LoadedPlan, 'plan' | 'digest'>;
  readonly answers: { readonly [plugin: string]: JsonObject };
  /** Unix milliseconds. */
  readonly startedAt: number;
  /** Trace records that were written before. */
  readonly traceLength: number;
}

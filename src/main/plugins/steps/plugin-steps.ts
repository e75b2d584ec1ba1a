import { fail, ok, type Failure, type Json, type JsonObject, type Result } from '#shared';
import type { Timer } from '../../clock.ts';
import type { StepCall } from '../../execution/engine/step-performer.ts';
import type { Connection } from '../connection.ts';
import type { PluginLimits } from '../limits.ts';
import type { DescribedSteps, StepsKind } from '../plugin-port.ts';
import { LATE, within } from '../within.ts';
import type { CommandRights } from './command-rights.ts';
import { endCommands } from './end-commands.ts';
import { emptyGraph, readGraph, runGraph } from './plugin-graph.ts';
import type { SteppedPlugin } from './plugin-performer.ts';
import { StepCalls } from './step-calls.ts';

/** The plugin that the steps belong to, as they need it. */
interface Owner extends Pick<SteppedPlugin, 'kill' | 'whyEnded' | 'named' | 'run'> {
  readonly name: string;
  /** From now on the plugin's log must not tell it. */
  keepSecret(value: Json): void;
  /** The first of its steps begins: why it cannot, if so. */
  workBegan(): Failure | undefined;
  /** The last one has ended. */
  workEnded(): void;
  /** Why it cannot answer. */
  silence(): Failure | undefined;
}

/** The steps of one plugin process: what they are, and which of them are under way. */
export class PluginSteps implements SteppedPlugin {
  readonly connection: Connection;
  readonly limits: PluginLimits;
  readonly timer: Timer;
  readonly rights: CommandRights;
  readonly calls: StepCalls;
  isPlain = false;
  private readonly owner: Owner;
  private readonly commandMark: string | undefined;
  private hasCommands = false;
  private underWay = 0;

  constructor(request: {
    readonly owner: Owner;
    readonly connection: Connection;
    readonly limits: PluginLimits;
    readonly timer: Timer;
    readonly rights: CommandRights;
    readonly commandMark: string | undefined;
  }) {
    ({
      owner: this.owner,
      connection: this.connection,
      limits: this.limits,
      timer: this.timer,
      rights: this.rights,
      commandMark: this.commandMark,
    } = request);
    this.calls = new StepCalls((value) => this.owner.keepSecret(value));
  }

  /** What its work is for these answers. `kind` is what its module says without having been asked. */
  async describe(
    answers: JsonObject,
    { stepsKind, secretInputs }: { stepsKind: StepsKind; secretInputs: readonly string[] },
  ): Promise<Result<DescribedSteps>> {
    const silence = this.owner.silence();
    if (silence !== undefined) return fail(silence);
    this.isPlain = stepsKind === 'run';
    if (this.isPlain) return ok({ graph: runGraph(this.owner.name), secretInputs });
    if (stepsKind === 'none') return ok({ graph: emptyGraph(), secretInputs });
    const { startMs } = this.limits;
    const asked = this.connection.ask((plugin) => plugin.describeSteps({ answers }));
    const reply = await within(asked, startMs, this.timer);
    if (reply === LATE) {
      await this.kill('it did not say what its steps are');
      return fail(this.late());
    }
    if (reply === undefined) return fail(await this.whyEnded());
    const read = reply.ok ? readGraph(reply.value, this.owner.name) : reply;
    if (!read.ok) return fail(this.named(read.failure));
    this.isPlain = read.value.kind === 'run';
    return ok({ graph: read.value.graph, secretInputs });
  }

  stepBegan(): Failure | undefined {
    const problem = this.underWay === 0 ? this.owner.workBegan() : this.owner.silence();
    if (problem === undefined) this.underWay += 1;
    return problem;
  }
  stepEnded(): void {
    this.underWay -= 1;
    if (this.underWay === 0) this.owner.workEnded();
  }
  startsCommands(): void {
    this.hasCommands = true;
  }
  /** Ends what is left of its commands; its process has ended. */
  async endCommands(): Promise<void> {
    if (!this.hasCommands || this.commandMark === undefined) return;
    await endCommands(new Set([this.commandMark]));
  }

  kill(why: string): Promise<void> {
    return this.owner.kill(why);
  }
  whyEnded(): Promise<Failure> {
    return this.owner.whyEnded();
  }
  named(failure: Failure): Failure {
    return this.owner.named(failure);
  }
  run(call: StepCall): Promise<Result<void>> {
    return this.owner.run(call);
  }

  private late(): Failure {
    return {
      code: 'plugin/timeout',
      message: `Plugin "${this.owner.name}" did not say within ${this.limits.startMs / 1000} seconds what its steps are.`,
    };
  }
}

import type {
  Actor,
  AuditEntry,
  ExecutionControl,
  ExecutionEvent,
  ExecutionQuestion,
  ExecutionStatus,
  ExecutionSummary,
  ExecutionView,
  JsonObject,
  LogLevel,
  Result,
} from '#shared';
import type { StepGraph } from '../graph/step-graph.ts';
import type { StepPerformer } from './step-performer.ts';

/** What an execution is begun with. */
export interface StartExecution {
  /** `plugin`, or a type of work. Decides the default time limit. */
  readonly type: string;
  readonly name: string;
  readonly graph: StepGraph;
  readonly performer: StepPerformer;
  readonly inputs: JsonObject;
  /** Names of inputs that are secret: they are never written down. */
  readonly secretInputs?: readonly string[];
  /** Who goes on with it after a restart. */
  readonly owner: 'flow' | 'api' | 'cli';
  /** Whose steps these are: with other steps under the same name, a person is asked. */
  readonly identity: ExecutionIdentity;
  /** Seconds; `undefined` for the type's own limit. */
  readonly timeLimitSeconds?: number;
  /** Nobody is there to ask: questions get their default, interrupted steps are skipped. */
  readonly headless?: boolean;
  /** Answers to questions by class, from an answers file. */
  readonly answers?: { readonly [questionClass: string]: string };
  /**
   * Called when nobody needs the performer any more: the execution has ended, or was left. Who wants more
   * of it afterwards has it revived. Without this, one that has ended keeps its performer.
   */
  readonly release?: (() => void) | undefined;
  readonly actor: Actor;
}

export interface ExecutionIdentity {
  readonly planDigest?: string;
  readonly plugin?: string;
  readonly pluginVersion?: string;
  /** Of the setup, for executions of the flow. */
  readonly sessionId?: string;
  /** Names of the secret answers that somebody gave, where they are not the plugin's own. */
  readonly givenSecrets?: readonly string[];
  /** What `POST /api/executions` was sent, to begin the same again after a restart. */
  readonly request?: JsonObject;
}

/** Which execution is looked for; what is missing does not matter. */
export interface FindExecution {
  readonly plugin: string;
  readonly sessionId?: string;
  readonly owner?: StartExecution['owner'];
}

/** An execution as its owner looks for it, to go on with it. */
export interface FoundExecution {
  readonly executionId: string;
  readonly owner: StartExecution['owner'];
  readonly type: string;
  readonly name: string;
  readonly identity: ExecutionIdentity;
  /** What was kept of them: secret ones are missing. */
  readonly inputs: JsonObject;
  readonly stepsDigest: string;
  readonly status: ExecutionStatus;
  /** Somebody performs it in this life of the app. */
  readonly isAdopted: boolean;
}

/** Runs executions, any number at once. One per device. */
export interface ExecutionEngine {
  /**
   * Resolves with the id as soon as the start is on the disk; never waits for work. `shell/read-only`
   * where the disk takes nothing: it is not begun later either. The flow's starts wait for the disk.
   */
  start(request: StartExecution): Promise<Result<{ readonly executionId: string }>>;
  /**
   * What a crash left unfinished goes on, with a performer of this life. One that has ended only gets the
   * performer: a control makes it run again. `first` is done before anything goes on: a step that would
   * begin at once cannot be resumed from any more. Where it is refused, nothing goes on.
   */
  adopt(
    executionId: string,
    life: Pick<StartExecution, 'performer' | 'inputs' | 'headless' | 'answers' | 'release'>,
    first?: { readonly control: ExecutionControl; readonly actor: Actor },
  ): Promise<Result<void>>;
  get(executionId: string): ExecutionView | undefined;
  /** Newest first. */
  list(): readonly ExecutionSummary[];
  /** Goes on with what was left, with the performer that the options of the engine bring up. */
  revive(executionId: string): Promise<Result<void>>;
  /** The newest execution of a plugin that matches. */
  find(match: FindExecution): FoundExecution | undefined;
  /** What recovery found unfinished and nobody has adopted yet. */
  unadopted(): readonly FoundExecution[];
  /**
   * Ends what runs without a word about it, and lets go of the performer: whoever adopts it goes on as
   * after a crash.
   */
  suspend(executionId: string): void;
  /** Gives up an execution that nobody will go on with: it is `cancelled`, nothing is undone. */
  abandon(executionId: string, reason: string): void;
  /** Asks a person about an execution as a whole; rejects when the signal is aborted. */
  ask(
    executionId: string,
    question: Omit<ExecutionQuestion, 'id' | 'stepName'>,
    signal: AbortSignal,
  ): Promise<string>;
  /**
   * A control that makes no sense now is `execution/not-now` with the state in its message. While the disk
   * takes nothing it is `shell/read-only`, as an answer is; what was decided when that began is not lost,
   * and done when there is room.
   */
  control(
    executionId: string,
    control: ExecutionControl,
    actor: Actor,
  ): Promise<Result<ExecutionView>>;
  /** `execution/not-now` where the question is not pending, `command/bad` for an unknown action. */
  answer(
    executionId: string,
    questionId: string,
    action: string,
    actor: Actor,
  ): Promise<Result<ExecutionView>>;
  /**
   * Hears the events of one execution, from after `lastEventId` on: those that are still kept come
   * first. `complete` is false where some before them are not kept any more (the listener then asks for
   * the view). `undefined` where there is no such execution.
   */
  subscribe(
    executionId: string,
    lastEventId: string | undefined,
    listener: (event: ExecutionEvent) => void,
  ): { readonly complete: boolean; readonly unsubscribe: () => void } | undefined;
  /** Hears that the view of some execution has changed; at most every 50 ms for each. */
  onChange(listener: (executionId: string) => void): () => void;
  /**
   * Takes in a line that a plugin wrote apart from the output of its steps: the execution of it that is
   * under way has it in its log. Gives it back without what is secret to any execution of the plugin.
   */
  logLine(plugin: string, level: LogLevel, text: string): string;
  /** Captured output, at most the last MiB. `undefined` where there is no such execution. */
  logs(executionId: string): Promise<string | undefined>;
  audit(executionId: string): readonly AuditEntry[] | undefined;
  /** Resolves when it stands at a final status; at once if it does. Never rejects. */
  whenEnded(executionId: string): Promise<ExecutionView>;
  /** Nothing more is begun or written, as at a power cut; running work is aborted. */
  dispose(): Promise<void>;
}

// The one barrel file of the project: what crosses a border between processes, and nothing else.
export * from './bridge.ts';
export * from './client-messages.ts';
export * from './commands.ts';
export * from './core-answers.ts';
export * from './device.ts';
export * from './diagnostic.ts';
export * from './error-codes.ts';
export * from './events.ts';
export * from './executions.ts';
export * from './failure.ts';
export * from './json.ts';
export * from './manifest.ts';
export * from './plan.ts';
export * from './result.ts';
export * from './snapshot.ts';
export * from './stage.ts';
export * from './trace.ts';

/**
 * Whatever can run a graph of steps that do nothing. Each form is given the graph as its own API wants it,
 * made beforehand, and runs it whole; all of them `async`, but for the loop and the machine.
 */
import { auto } from 'async';
import { Listr } from 'listr2';
import { PGraph } from 'p-graph';
import { createMachine } from '../../src/main/execution/machine/create-machine.ts';

const nothing = async () => undefined;

/** The floor: Kahn's algorithm over string ids, which checks nothing, keeps nothing and awaits nothing. */
export function kahnLoop(steps) {
  return () => {
    const missing = new Map();
    const dependents = new Map();
    for (const { name, dependsOn } of steps) {
      missing.set(name, dependsOn.length);
      for (const before of dependsOn) {
        const known = dependents.get(before);
        if (known === undefined) dependents.set(before, [name]);
        else known.push(name);
      }
    }
    const order = [];
    for (const [name, count] of missing) if (count === 0) order.push(name);
    for (const name of order) {
      for (const dependent of dependents.get(name) ?? []) {
        const count = missing.get(dependent) - 1;
        missing.set(dependent, count);
        if (count === 0) order.push(dependent);
      }
    }
    if (order.length !== steps.length) throw new Error('not all steps ran');
  };
}

/** The machine alone, whose every decision is carried out at once. */
export function machineAlone(graph) {
  const weights = graph.steps.map(() => 1);
  return () => {
    const machine = createMachine({ graph, weights });
    const decide = (input) => {
      const decided = machine.handle(input);
      if (!decided.ok) throw new Error(decided.failure.message);
      return decided.value.actions;
    };
    const actions = [...decide({ type: 'begin', at: 0 })];
    for (const { step } of actions) {
      const outcome = { kind: 'completed', result: resultOf(step) };
      actions.push(...decide({ type: 'settled', step, outcome, random: 0, at: 0 }));
    }
    if (machine.status !== 'completed') throw new Error(`it ended ${machine.status}`);
  };
}

function resultOf(stepName) {
  return {
    stepName,
    success: true,
    skipped: false,
    output: '',
    durationSeconds: 0,
    attempts: 1,
    outputs: {},
  };
}

/** `concurrency`: 0 for as many as there are. */
export function pGraph(steps, concurrency) {
  const nodes = new Map(steps.map(({ name }) => [name, { run: nothing }]));
  const edges = steps.flatMap(({ name, dependsOn }) => dependsOn.map((before) => [before, name]));
  const options = concurrency === 0 ? {} : { concurrency };
  return () => new PGraph(nodes, edges).run(options);
}

export function asyncAuto(steps, concurrency) {
  const tasks = Object.fromEntries(
    steps.map(({ name, dependsOn }) => [name, [...dependsOn, nothing]]),
  );
  return () => (concurrency === 0 ? auto(tasks) : auto(tasks, concurrency));
}

/** It knows lists and no dependencies: layers one after the other, the steps of each beside each other. */
export function listr(steps, concurrency) {
  const options = { renderer: 'silent', concurrent: concurrency === 0 ? true : concurrency };
  const layers = layersOf(steps).map((names) => names.map((title) => ({ title, task: nothing })));
  const [only] = layers;
  const isChain = layers.every((layer) => layer.length === 1);
  return () => {
    if (isChain) return new Listr(layers.flat(), { renderer: 'silent' }).run();
    if (layers.length === 1) return new Listr(only, options).run();
    const inOrder = layers.map((layer) => ({
      title: 'layer',
      task: (_, task) => task.newListr(layer, { concurrent: options.concurrent }),
    }));
    return new Listr(inOrder, { renderer: 'silent' }).run();
  };
}

function layersOf(steps) {
  const depths = new Map();
  const layers = [];
  for (const { name, dependsOn } of steps) {
    const depth = Math.max(0, ...dependsOn.map((before) => depths.get(before) + 1));
    depths.set(name, depth);
    (layers[depth] ??= []).push(name);
  }
  return layers;
}

import { isBroken } from './execution-state.ts';
import type { NodeTable } from './node-table.ts';
import type { StepNode } from './step-node.ts';

// Which nodes go back to pending when an execution is opened again. Pure questions: the answers become
// one record.

/** A node and everything that depends on it, directly or not. Of an item: on its container. */
export function withDependents(node: StepNode): ReadonlySet<StepNode> {
  const found = new Set([node]);
  // A set grows while it is walked.
  for (const each of found) {
    for (const dependent of (each.container ?? each).dependents) found.add(dependent);
  }
  return found;
}

/** What a retry of this node means: of a container, the items that did not succeed. */
export function unsuccessfulPart(node: StepNode): readonly StepNode[] {
  const items = (node.children ?? []).filter((child) => isBroken(child));
  return items.length > 0 ? items : [node];
}

/** Of everything that a node depends on, directly or not, something that is not done. */
export function unmetDependency(table: NodeTable, node: StepNode): StepNode | undefined {
  return dependencyOf(table, node, (each) => !each.isSatisfied);
}

/** The failed step that a node waits for in vain. */
export function failedDependency(table: NodeTable, node: StepNode): StepNode | undefined {
  return dependencyOf(table, node, ({ status }) => status === 'failed');
}

/**
 * Everything that runs (again) once `chosen` does: what was undone, what was blocked or cancelled and
 * could run now, clean-up, and what had secret outputs that are needed again.
 */
export function reopened(table: NodeTable, chosen: Iterable<StepNode>): ReadonlySet<StepNode> {
  const nodes = new Set(chosen);
  for (const node of table.all()) if (node.undone && node.isSatisfied) nodes.add(node);
  // Those that cannot succeed any more, and all behind them.
  const lost = new Set<StepNode>();
  for (const node of table.kahnOrder()) {
    const isBehind = !node.isAlways && node.dependencies.some((each) => lost.has(each));
    const isBad = !node.isSatisfied && hasFailed(node, nodes);
    if (isBehind || isBad) lost.add(node);
    else if (isBroken(node) && !nodes.has(node)) {
      for (const part of node.children ?? [node]) if (isBroken(part)) nodes.add(part);
    }
  }
  // What runs again is cleaned up after again.
  if ([...nodes].some((node) => !node.isAlways)) {
    for (const node of table.steps) if (node.isAlways && !node.isOpen) nodes.add(node);
  }
  return withLostSecrets(table, nodes);
}

/**
 * Secrets are kept nowhere, so they go with the life of the app: a step that gave one runs again if
 * anything that depends on it has yet to run.
 */
export function withLostSecrets(
  table: NodeTable,
  chosen: ReadonlySet<StepNode>,
): ReadonlySet<StepNode> {
  const nodes = new Set(chosen);
  const isNeeded = new Set<StepNode>();
  for (const node of table.kahnOrder().toReversed()) {
    const isToRun = (each: StepNode) => each.isOpen || nodes.has(each) || isReopened(each, nodes);
    if (!node.dependents.some((each) => isToRun(each) || isNeeded.has(each))) continue;
    isNeeded.add(node);
    const parts = node.children ?? [node];
    for (const part of parts) if (part.secretsLost) nodes.add(part);
  }
  return nodes;
}

function isReopened(node: StepNode, reset: ReadonlySet<StepNode>): boolean {
  return node.children?.some((child) => reset.has(child)) === true;
}

/** It, or one of its items, and stays so. */
function hasFailed(node: StepNode, reset: ReadonlySet<StepNode>): boolean {
  if (reset.has(node)) return false;
  return (node.children ?? [node]).some((part) => part.status === 'failed' && !reset.has(part));
}

/** Looks only behind what is not met. */
function dependencyOf(
  table: NodeTable,
  node: StepNode,
  isSought: (node: StepNode) => boolean,
): StepNode | undefined {
  const seen = new Set([node.container ?? node]);
  // A set grows while it is walked.
  for (const each of seen) {
    for (const dependency of each.dependencies) {
      if (isSought(dependency)) return dependency;
      if (!table.isMet(dependency)) seen.add(dependency);
    }
  }
  return undefined;
}

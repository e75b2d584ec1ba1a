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

/** The failed step that a node waits for in vain. */
export function failedDependency(node: StepNode): StepNode | undefined {
  const seen = new Set([node.container ?? node]);
  for (const each of seen) {
    for (const dependency of each.dependencies) {
      if (dependency.status === 'failed') return dependency;
      if (isBroken(dependency)) seen.add(dependency);
    }
  }
  return undefined;
}

/**
 * Everything that runs (again) once `chosen` does: what was undone, what was blocked or cancelled and
 * could run now, and what had secret outputs that are needed again.
 */
export function reopened(table: NodeTable, chosen: Iterable<StepNode>): ReadonlySet<StepNode> {
  const nodes = new Set(chosen);
  for (const node of table.all()) if (node.undone && node.isSatisfied) nodes.add(node);
  for (const node of table.kahnOrder()) {
    if (nodes.has(node) || node.isSatisfied || node.status === 'pending') continue;
    const canRun = node.isAlways || node.dependencies.every((each) => mayStillSucceed(each, nodes));
    if (!canRun || hasFailedItem(node, nodes)) continue;
    for (const part of node.children ?? [node]) {
      if (part.status === 'blocked' || part.status === 'cancelled') nodes.add(part);
    }
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

function mayStillSucceed(node: StepNode, reset: ReadonlySet<StepNode>): boolean {
  if (node.isSatisfied || reset.has(node)) return true;
  if (!node.isOpen && !isReopened(node, reset)) return false;
  return !hasFailedItem(node, reset);
}

function isReopened(node: StepNode, reset: ReadonlySet<StepNode>): boolean {
  return node.children?.some((child) => reset.has(child)) === true;
}

function hasFailedItem(node: StepNode, reset: ReadonlySet<StepNode>): boolean {
  const isFailed = (child: StepNode) => child.status === 'failed' && !reset.has(child);
  return node.children?.some(isFailed) === true;
}

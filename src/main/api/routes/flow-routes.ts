import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Json, Snapshot, TraceRecord } from '#shared';
import { problemOfRefusal } from '../../http/problem.ts';
import { sendProblem } from '../../http/send-problem.ts';
import type { HostEndpoint } from '../../transport/endpoint.ts';
import type { ApiRoute } from '../route.ts';
import type { StreamEvent } from '../streams/event-stream.ts';
import type { FlowTrace } from '../streams/flow-trace.ts';
import { openStream, readStreamRequest } from '../streams/open-stream.ts';

/** The flow as programs may see it: what a person has typed is none of their business. */
export type FlowView = Omit<Snapshot, 'answers' | 'drafts'>;

export interface FlowPorts {
  readonly host: HostEndpoint;
  readonly trace: FlowTrace;
  /** The active plan with its info; `undefined` before there is one. */
  readonly plan: () => Json | undefined;
}

/** The setup: its plan, where it stands, and its trace as it goes. */
export function flowRoutes({ host, trace, plan }: FlowPorts): readonly ApiRoute[] {
  const showPlan = (_request: FastifyRequest, reply: FastifyReply) => {
    const active = plan();
    return active === undefined
      ? sendProblem(reply, problemOfRefusal({ status: 404, detail: 'No plan is active.' }))
      : active;
  };

  const follow = (request: FastifyRequest, reply: FastifyReply) => {
    const asked = readStreamRequest(request);
    if (!asked.ok) return sendProblem(reply, asked.failure);
    const stream = openStream(reply);
    const seq = seqOf(asked.value.lastEventId);
    const missed = seq === undefined ? undefined : trace.after(seq);
    const snapshot = {
      id: String(trace.lastSeq),
      event: 'snapshot',
      data: flowOf(host.snapshot()),
    };
    stream.replay(missed === undefined ? [snapshot] : missed.map(frameOf));
    stream.whenClosed(trace.listen((record) => stream.send(frameOf(record))));
    return reply;
  };

  return [
    { method: 'GET', url: '/api/plan', handle: showPlan },
    { method: 'GET', url: '/api/flow', handle: () => flowOf(host.snapshot()) },
    { method: 'GET', url: '/api/flow/events', handle: follow },
  ];
}

/** Field by field: whatever a snapshot comes to hold one day is not shown before somebody wants it. */
function flowOf(snapshot: Snapshot): FlowView {
  const { seq, sessionId, plan, stage, progress, preferences, network, update } = snapshot;
  const { work, executions, notice } = snapshot;
  return {
    ...{ seq, sessionId, stage, progress, preferences, network, update, work, executions },
    ...(plan === undefined ? {} : { plan }),
    ...(notice === undefined ? {} : { notice }),
  };
}

function frameOf(record: TraceRecord): StreamEvent {
  return { id: String(record.seq), event: record.type, data: record };
}

/** `Last-Event-ID` as a number of the trace; what is none asks for a fresh beginning. */
function seqOf(lastEventId: string | undefined): number | undefined {
  return lastEventId !== undefined && /^\d{1,15}$/.test(lastEventId)
    ? Number(lastEventId)
    : undefined;
}

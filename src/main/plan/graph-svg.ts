import { nodeLines } from './graph-labels.ts';
import { layOut, type Cell, type GraphLayout } from './graph-layout.ts';
import type { GraphEdge, GraphNode, PlanGraph } from './graph.ts';

// Sizes in CSS pixels.
const BOX = { width: 190, height: 58 };
const STEP = { x: 236, y: 74 };
/** Between blocks, so that handoffs have a lane to come back in. */
const BLOCK_GAP = 34;
const MARGIN = 24;
const LEGEND_HEIGHT = 40;
/** About how many letters fit a box; the rest is in the tooltip. */
const LONGEST_LABEL = 27;

/** The graph as a picture that stands alone: no scripts, no fonts or files from elsewhere. */
export function toSvg(graph: PlanGraph): string {
  const layout = layOut(graph);
  const spot = spots(layout);
  const width = 2 * MARGIN + (layout.columns - 1) * STEP.x + BOX.width + MARGIN;
  const height = LEGEND_HEIGHT + spot.bottom + MARGIN;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="Event graph of an execution plan">`,
    `<style>${STYLE}</style>`,
    `<defs>${marker('arrow')}${marker('back')}${marker('next')}</defs>`,
    `<rect class="paper" width="${width}" height="${height}"/>`,
    legend(),
    `<g transform="translate(0 ${LEGEND_HEIGHT})">`,
    ...graph.edges.map((edge) => drawEdge(edge, { layout, spot })),
    ...graph.nodes.map((node) => drawNode(node, spot.of(node.id))),
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Top left corners of boxes by node. */
interface Spots {
  of(id: string): Point;
  readonly bottom: number;
}

function spots({ cells, rows, blockRows }: GraphLayout): Spots {
  const place = ({ column, row, block }: Cell): Point => ({
    x: MARGIN + column * STEP.x,
    y: MARGIN + row * STEP.y + block * BLOCK_GAP,
  });
  const origin = { column: 0, row: 0, block: 0 };
  return {
    of: (id) => place(cells.get(id) ?? origin),
    bottom: MARGIN + rows * STEP.y + Math.max(0, blockRows.length - 1) * BLOCK_GAP,
  };
}

const STYLE = `
.paper{fill:#fff}
text{font:13px system-ui,"Segoe UI",Roboto,sans-serif;fill:#111827;text-anchor:middle}
.note{font-size:11px;fill:#4b5563}
.box{stroke-width:1.5}
.core .box{fill:#dbeafe;stroke:#1d4ed8}
.plugin .box{fill:#f0fdf4;stroke:#15803d}
.event .box{fill:#fff;stroke:#6b7280}
.start .box{fill:#f3f4f6;stroke:#374151}
.handoff .box{fill:#fef3c7;stroke:#b45309}
.dead .box{fill:#fee2e2;stroke:#b91c1c;stroke-dasharray:5 3}
.edge{fill:none;stroke:#6b7280;stroke-width:1.5;marker-end:url(#arrow)}
.next{stroke:#1d4ed8;stroke-width:3;marker-end:url(#next)}
.back{stroke:#b45309;stroke-dasharray:6 4;marker-end:url(#back)}
.cross{stroke-dasharray:3 3}
#arrow path{fill:#6b7280}
#back path{fill:#b45309}
#next path{fill:#1d4ed8}
.legend text{text-anchor:start}
`;

function marker(id: string): string {
  return `<marker id="${id}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L8 4L0 8z"/></marker>`;
}

const LEGEND = [
  ['core', 'core plugin'],
  ['plugin', 'plugin of the plan'],
  ['event', 'event'],
  ['handoff', 'handoff event'],
  ['dead', 'never starts'],
] as const;

function legend(): string {
  const items = LEGEND.map(
    ([style, words], at) =>
      `<g class="${style}" transform="translate(${MARGIN + at * 170} 20)"><rect class="box" width="16" height="16" rx="3"/><text x="24" y="13">${words}</text></g>`,
  );
  return `<g class="legend">${items.join('')}</g>`;
}

function drawNode(node: GraphNode, { x, y }: Point): string {
  const [name = '', ...notes] = nodeLines(node);
  const radius = node.kind === 'event' || node.kind === 'start' ? BOX.height / 2 : 6;
  const lines = [name, ...notes];
  const middle = BOX.width / 2;
  // Lines are 15 apart and centred on the box.
  const first = BOX.height / 2 + 4 - ((lines.length - 1) * 15) / 2;
  const text = lines.map((line, at) => {
    const style = at === 0 ? '' : ' class="note"';
    return `<text${style} x="${middle}" y="${first + at * 15}">${escape(shorten(line))}</text>`;
  });
  const title = `<title>${escape(lines.join('\n'))}</title>`;
  const box = `<rect class="box" width="${BOX.width}" height="${BOX.height}" rx="${radius}"/>`;
  return `<g class="${styleOf(node)}" transform="translate(${x} ${y})">${title}${box}${text.join('')}</g>`;
}

function styleOf(node: GraphNode): string {
  if (node.kind === 'plugin' && !node.starts) return 'dead';
  if (node.kind === 'event' && !node.raised) return 'dead';
  return node.kind === 'event' && node.handoff ? 'handoff' : node.kind;
}

function drawEdge(
  edge: GraphEdge,
  { layout, spot }: { readonly layout: GraphLayout; readonly spot: Spots },
): string {
  const from = spot.of(edge.from);
  const to = spot.of(edge.to);
  switch (edge.kind) {
    case 'next':
      return path('edge next', [
        { x: from.x + 40, y: from.y + BOX.height },
        { x: to.x + 40, y: to.y },
      ]);
    case 'hands back':
      return path('edge back', handback(from, to));
    case 'raises':
    case 'starts': {
      const style = layout.treeEdges.has(edge) ? 'edge' : 'edge cross';
      return path(style, elbow(from, to));
    }
  }
}

/** Out of the right side, down the gutter, and along the gap above the block it returns to. */
function handback(from: Point, to: Point): readonly Point[] {
  const gutter = from.x + BOX.width + 14;
  const lane = to.y - BLOCK_GAP / 2;
  const target = to.x + BOX.width - 40;
  const side = from.y + BOX.height / 2 + 10;
  return [
    { x: from.x + BOX.width, y: side },
    { x: gutter, y: side },
    { x: gutter, y: lane },
    { x: target, y: lane },
    { x: target, y: to.y },
  ];
}

/** Straight to the right, or with one bend in the gutter before the target; backwards, around below. */
function elbow(from: Point, to: Point): readonly Point[] {
  const start = { x: from.x + BOX.width, y: from.y + BOX.height / 2 };
  const end = { x: to.x, y: to.y + BOX.height / 2 };
  if (to.x > from.x) {
    const bend = to.x - 22;
    return start.y === end.y
      ? [start, end]
      : [start, { x: bend, y: start.y }, { x: bend, y: end.y }, end];
  }
  const bend = start.x + 22;
  const below = to.y + BOX.height + 10;
  const foot = { x: to.x + BOX.width / 2, y: to.y + BOX.height };
  return [start, { x: bend, y: start.y }, { x: bend, y: below }, { x: foot.x, y: below }, foot];
}

function path(style: string, points: readonly Point[]): string {
  const d = points.map(({ x, y }, at) => `${at === 0 ? 'M' : 'L'}${x} ${y}`).join('');
  return `<path class="${style}" d="${d}"/>`;
}

function shorten(text: string): string {
  return text.length > LONGEST_LABEL ? `${text.slice(0, LONGEST_LABEL - 1)}…` : text;
}

const ENTITIES: { readonly [char: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (char) => ENTITIES[char] ?? char);
}

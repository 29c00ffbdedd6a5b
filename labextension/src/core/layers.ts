/** Where the nodes of a graph of descent are drawn: what was made from something stands to its right. */

export interface IPoint {
  x: number;
  y: number;
}

export interface ILayout {
  /** The middle of each node, in the order of the ids. */
  nodes: IPoint[];
  /** The way of each edge that is drawn, between places of ids. */
  edges: { from: number; to: number; points: IPoint[] }[];
  width: number;
  height: number;
}

export interface ISizes {
  width: number;
  height: number;
}

/**
 * Layers that edges may cross in all to be laid out by dagre, which takes its time for each crossing: a third of a second
 * for so many. The longest are drawn straight instead, up to a number that a store by somebody else cannot exceed.
 */
const CROSSINGS = 200;
const DRAWN = 1500;

type Edge = readonly [number, number];

/**
 * Layers from left to right, with few crossings: dagre's work, which is loaded with the first graph that is drawn.
 *
 * Edges to itself and to what is not there are left out; a cycle, which a run cannot have, is drawn all the same.
 */
export async function layout(ids: string[], edges: [string, string][], sizes: ISizes): Promise<ILayout> {
  const { Graph, layout: arrange } = await import('@dagrejs/dagre');
  const graph = new Graph();
  graph.setGraph({ rankdir: 'LR', ranker: 'tight-tree', nodesep: 14, ranksep: 56, marginx: 4, marginy: 4 });
  graph.setDefaultEdgeLabel(() => ({}));
  // Not by their ids: a record may name a run `__proto__`.
  const places = new Map(ids.map((id, place) => [id, place]));
  ids.forEach((_, place) => graph.setNode(String(place), { ...sizes }));
  const known = edges.slice(0, DRAWN).flatMap(([from, to]): Edge[] => {
    const [start, end] = [places.get(from), places.get(to)];
    return start === undefined || end === undefined || start === end ? [] : [[start, end]];
  });
  const deciding = shortest(known, ids.length);
  deciding.forEach(([from, to]) => graph.setEdge(String(from), String(to)));
  arrange(graph);
  const { width = 0, height = 0 } = graph.graph() as Partial<ISizes>;
  const nodes = ids.map((_, place) => point(graph.node(String(place)) as IPoint));
  return {
    nodes,
    edges: known.map(edge => {
      const [from, to] = edge;
      const way = deciding.has(edge) ? (graph.edge(String(from), String(to)) as { points: IPoint[] }) : null;
      return { from, to, points: way?.points.map(point) ?? [nodes[from], nodes[to]] };
    }),
    width: Math.max(0, width),
    height: Math.max(0, height)
  };
}

/** Edges that cross so many layers in all. Each node has one from the layer before it: that is where it will stand. */
function shortest(edges: Edge[], count: number): Set<Edge> {
  const layers = new Array<number>(count).fill(0);
  for (let round = 0, moved = true; moved && round < count; round++) {
    moved = false;
    for (const [from, to] of edges) {
      if (layers[to] <= layers[from]) {
        layers[to] = layers[from] + 1;
        moved = true;
      }
    }
  }
  const span = ([from, to]: Edge) => Math.max(1, layers[to] - layers[from]);
  const found = new Set<Edge>();
  let room = CROSSINGS;
  for (const edge of [...edges].sort((one, other) => span(one) - span(other))) {
    room -= span(edge);
    if (room >= 0 || span(edge) === 1) {
      found.add(edge);
    }
  }
  return found;
}

function point({ x, y }: IPoint): IPoint {
  return { x: Math.round(x), y: Math.round(y) };
}

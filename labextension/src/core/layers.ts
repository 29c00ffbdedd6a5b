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
/** Around the drawing. */
const MARGIN = 6;

type Edge = readonly [number, number];

/**
 * Layers from left to right, with few crossings: dagre's work, which is loaded with the first graph that is drawn.
 *
 * Edges to itself and to what is not there are left out; a cycle, which a run cannot have, is drawn all the same.
 */
export async function layout(ids: string[], edges: [string, string][], sizes: ISizes): Promise<ILayout> {
  const { Graph, layout: arrange } = await import('@dagrejs/dagre');
  const graph = new Graph();
  graph.setGraph({ rankdir: 'LR', ranker: 'tight-tree', nodesep: 14, ranksep: 48 });
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
  const nodes = ids.map((_, place) => graph.node(String(place)) as IPoint);
  const ways = known.map(edge => {
    const [from, to] = edge;
    const way = deciding.has(edge) ? (graph.edge(String(from), String(to)) as { points: IPoint[] }) : null;
    return { from, to, points: way?.points ?? [nodes[from], nodes[to]] };
  });
  return framed(nodes, ways, sizes);
}

/** Everything moved to where it can be seen: dagre lets edges go around what it frames. */
function framed(nodes: IPoint[], edges: ILayout['edges'], { width, height }: ISizes): ILayout {
  const corners = nodes.flatMap(({ x, y }) => [
    { x: x - width / 2, y: y - height / 2 },
    { x: x + width / 2, y: y + height / 2 }
  ]);
  const points = [...corners, ...edges.flatMap(edge => edge.points)];
  const least = (of: (point: IPoint) => number) =>
    points.reduce((found, point) => Math.min(found, of(point)), Infinity);
  const [left, top] = [least(({ x }) => x) - MARGIN, least(({ y }) => y) - MARGIN];
  const moved = ({ x, y }: IPoint) => ({ x: Math.round(x - left), y: Math.round(y - top) });
  return {
    nodes: nodes.map(moved),
    edges: edges.map(edge => ({ ...edge, points: edge.points.map(moved) })),
    width: points.length ? Math.ceil(MARGIN - least(({ x }) => -x) - left) : 0,
    height: points.length ? Math.ceil(MARGIN - least(({ y }) => -y) - top) : 0
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

import { inputsOf, type Node, type Value } from './graph.ts';

/** Nodes that share something, and what is wanted of them. */
export interface Group {
  readonly nodes: readonly Node[];
  readonly wanted: ReadonlySet<Value>;
}

/** Wanted values with the nodes that they need, those that share a node together: what moves is then made again alone. */
export function groupsOf(nodes: readonly Node[], wanted: readonly Value[]): Group[] {
  const makers = new Map<Value, Node>(nodes.flatMap((node) => node.outputs.map((value) => [value, node] as const)));
  const heads = new Map<Node, Node>();
  const head = (node: Node): Node => {
    let at = node;
    for (let next = heads.get(at); next !== undefined && next !== at; next = heads.get(at)) at = next;
    return at;
  };
  const needed = new Set<Node>();
  const need = (node: Node) => {
    if (needed.has(node)) return;
    needed.add(node);
    for (const value of inputsOf(node)) {
      const maker = makers.get(value);
      if (maker === undefined) continue;
      need(maker);
      heads.set(head(maker), head(node));
    }
  };
  for (const value of wanted) {
    const maker = makers.get(value);
    if (maker) need(maker);
  }
  const groups = new Map<Node, { nodes: Node[]; wanted: Set<Value> }>();
  for (const node of nodes.filter((one) => needed.has(one))) {
    const at = head(node);
    const group = groups.get(at) ?? { nodes: [], wanted: new Set() };
    groups.set(at, group);
    group.nodes.push(node);
    for (const value of node.outputs) if (wanted.includes(value)) group.wanted.add(value);
  }
  return [...groups.values()];
}

"""Values of networkx."""

from __future__ import annotations

from tests.fingerprint.libraries.rows import pairs, values

NEEDS = ("networkx",)

DIFFER = pairs(
    "networkx",
    NEEDS,
    [
        ("direction", "v = nx.Graph([(1, 2)])", "v = nx.DiGraph([(1, 2)])"),
        ("which-way", "v = nx.DiGraph([(1, 2)])", "v = nx.DiGraph([(2, 1)])", "list(v.edges)"),
        (
            "weight",
            "v = nx.Graph()\nv.add_edge(1, 2, w=1)",
            "v = nx.Graph()\nv.add_edge(1, 2, w=2)",
            "list(v.edges.data())",
        ),
        ("node-data", "v = nx.Graph()\nv.add_node(1)", "v = nx.Graph()\nv.add_node(1, c='r')", "list(v.nodes.data())"),
        ("graph-data", "v = nx.Graph()", "v = nx.Graph(name='g')", "v.graph"),
        (
            "order-of-nodes",
            "v = nx.Graph()\nv.add_nodes_from([1, 2])",
            "v = nx.Graph()\nv.add_nodes_from([2, 1])",
            "list(v)",
        ),
        ("parallel-edges", "v = nx.MultiGraph([(1, 2)])", "v = nx.MultiGraph([(1, 2), (1, 2)])", "v.number_of_edges()"),
        ("node-type", "v = nx.Graph([(1, 2)])", "v = nx.Graph([('1', '2')])", "list(v)"),
        (
            "view-or-copy",
            "g = nx.path_graph(3)\nv = [g, g.nodes]",
            "v = [nx.path_graph(3), nx.path_graph(3).nodes]",
            "v[0].nodes is v[1]",
        ),
        ("frozen", "v = nx.path_graph(2)", "v = nx.freeze(nx.path_graph(2))", "nx.is_frozen(v)"),
    ],
)

EQUAL = pairs(
    "networkx",
    NEEDS,
    [
        (
            "after-use",
            "v = nx.path_graph(3)",
            "v = nx.path_graph(3)\nv.adj, v.nodes, v.edges, v.degree, nx.shortest_path(v, 0, 2), repr(v), str(v)",
            "list(v.edges)",
        ),
        (
            "directed-after-use",
            "v = nx.DiGraph([(1, 2)])",
            "v = nx.DiGraph([(1, 2)])\nv.adj, v.pred, v.succ, v.in_edges, v.out_degree, nx.is_directed_acyclic_graph(v)",
            "list(v.edges)",
        ),
    ],
)

ROUNDTRIP = values(
    "networkx",
    NEEDS,
    [
        "v = nx.karate_club_graph()",
        "v = nx.DiGraph([(1, 2, {'w': 1})])",
        "v = nx.MultiDiGraph([(1, 2), (1, 2)])",
        "v = nx.path_graph(4)\nv.nodes, v.edges, v.adj",
        "v = nx.path_graph(4).subgraph([1, 2])",
        "v = nx.path_graph(4).nodes",
        "v = nx.path_graph(4).edges",
        "v = nx.freeze(nx.path_graph(2))",
    ],
)

// Reads a file with the program that people open it with; prints what was read as JSON.
// node export_readers.cjs NODE_MODULES KIND FILE
"use strict";
const fs = require("fs");
const path = require("path");
const { pathToFileURL } = require("url");
const [modules, kind, file] = process.argv.slice(2);
const text = fs.readFileSync(file, "utf8");
const print = (value) => console.log(JSON.stringify(value));

function graphology(parser) {
  const { MultiDirectedGraph } = require("graphology");
  const graph = require(parser).parse(MultiDirectedGraph, text);
  print({
    nodes: graph.order,
    edges: graph.size,
    labels: graph.mapNodes((_, a) => a.label),
    node: graph.mapNodes((_, a) => a),
    edge: graph.mapEdges((_, a) => a),
  });
}

function cytoscape() {
  const made = require("cytoscape")({ headless: true, elements: JSON.parse(text).elements });
  made.layout({ name: "breadthfirst" }).run();
  const spots = made.nodes().map((n) => n.position());
  print({
    nodes: made.nodes().length,
    edges: made.edges().length,
    labels: made.nodes().map((n) => n.data("label")),
    placed: spots.every((p) => Number.isFinite(p.x) && Number.isFinite(p.y)),
    apart: new Set(spots.map((p) => p.x + "," + p.y)).size,
  });
}

async function mermaid() {
  const { JSDOM } = require("jsdom");
  const dom = new JSDOM("<html><body></body></html>");
  globalThis.window = dom.window;
  globalThis.document = dom.window.document;
  const library = (await import(pathToFileURL(path.join(modules, "mermaid", "dist", "mermaid.core.mjs")))).default;
  library.initialize({ maxTextSize: 1e7, maxEdges: 1e5 });
  const diagram = await library.mermaidAPI.getDiagramFromText(text);
  const decode = (s) => s.replace(/ﬂ°°(\d+)¶ß/g, (_, n) => String.fromCodePoint(Number(n))).replace(/#(\d+);/g, (_, n) => String.fromCodePoint(Number(n)));
  const nodes = [...diagram.db.getVertices().values()];
  print({ type: diagram.type, nodes: nodes.length, edges: diagram.db.getEdges().length, labels: nodes.map((n) => decode(n.text)), classes: nodes.map((n) => n.classes) });
}

if (kind === "gexf") graphology("graphology-gexf");
else if (kind === "graphml") graphology("graphology-graphml");
else if (kind === "cytoscape") cytoscape();
else mermaid();

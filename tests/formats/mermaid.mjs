// Reads graphs as Mermaid reads them and prints what it found: node mermaid.mjs FILE..., run where node_modules are.
// One JSON line a file: {"labels": [...], "edges": n, "links": n, "type": "..."}.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const modules = join(process.cwd(), 'node_modules');
const { JSDOM } = createRequire(join(modules, 'x.js'))('jsdom');
const { window } = new JSDOM('');
Object.assign(globalThis, { window, document: window.document });
const file = pathToFileURL(join(modules, 'mermaid/dist/mermaid.core.mjs'));
const mermaid = (await import(file)).default;
mermaid.initialize({ securityLevel: 'strict', startOnLoad: false });

// Mermaid keeps `#nn;` in a form of its own until it draws.
const decode = (text) =>
  text.replace(/ﬂ°°(\d+)¶ß/g, (_, code) => String.fromCodePoint(Number(code)));

for (const path of process.argv.slice(2)) {
  const text = readFileSync(path, 'utf8');
  await mermaid.parse(text);
  const diagram = await mermaid.mermaidAPI.getDiagramFromText(text);
  const vertices = [...diagram.db.getVertices().values()];
  console.log(JSON.stringify({
    labels: vertices.map((vertex) => decode(vertex.text)),
    edges: diagram.db.getEdges().length,
    links: vertices.filter((vertex) => vertex.link || vertex.haveCallback).length,
    subgraphs: diagram.db.getSubGraphs().length,
    type: diagram.type,
  }));
}

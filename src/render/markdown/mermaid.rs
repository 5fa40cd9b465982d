//! The import chains of the worst findings as one graph, which GitHub draws.
//!
//! Mermaid's own limits are 50,000 characters (`maxTextSize`) and 500 edges (`maxEdges`); a graph that people can read
//! is far smaller, and the limits here keep it so.

use std::collections::BTreeSet;

use super::escape;
use crate::model::{ChainLink, Evidence, Finding, ModuleRef};

/// Findings whose chains are drawn.
const CHAINS: usize = 6;
/// Packages that are drawn.
const NODES: usize = 30;
/// Links of a chain that are drawn; of a longer one the middle is left out.
const LINKS: usize = 8;
/// Characters of a package in its box.
const LABEL: usize = 70;
/// Characters of a version in its box.
const VERSION: usize = 30;

/// One graph of the chains that these findings have, in a fence; nothing where there is none worth drawing.
pub(super) fn graph(findings: &[&Finding]) -> Option<String> {
    let mut graph = Graph::default();
    let chains = findings.iter().filter_map(|finding| chain(finding));
    for links in chains.filter(|links| links.len() > 1).take(CHAINS) {
        graph.add(links);
    }
    (!graph.edges.is_empty()).then(|| graph.text())
}

/// How the finding's package comes to be imported.
fn chain(finding: &Finding) -> Option<&[ChainLink]> {
    finding.evidence.iter().find_map(|evidence| match evidence {
        Evidence::Chain { links } => Some(links.as_slice()),
        _ => None,
    })
}

/// Boxes and arrows, in the order in which they were met.
#[derive(Default)]
struct Graph<'a> {
    nodes: Vec<Node<'a>>,
    edges: Vec<(usize, usize)>,
    /// The packages of the findings.
    culprits: BTreeSet<usize>,
}

/// A box.
#[derive(PartialEq)]
enum Node<'a> {
    Package {
        path: &'a str,
        version: Option<&'a str>,
    },
    /// Links that are left out, of the chain to this package.
    Hidden {
        number: usize,
        to: &'a str,
    },
}

impl<'a> Graph<'a> {
    fn add(&mut self, links: &'a [ChainLink]) {
        let [.., last] = links else { return };
        let hidden = links.len().saturating_sub(LINKS);
        let head = if hidden == 0 { links.len() } else { LINKS / 2 };
        let mut chain: Vec<Node<'a>> = links[..head].iter().map(package).collect();
        if hidden > 0 {
            chain.push(Node::Hidden { number: hidden, to: &last.package });
            chain.extend(links[head + hidden..].iter().map(package));
        }
        let new = chain.iter().filter(|node| !self.nodes.contains(node)).count();
        if self.nodes.len() + new > NODES {
            return;
        }
        let mut before = None;
        for node in chain {
            let at = self.node(node);
            if let Some(before) = before.filter(|before| *before != at)
                && !self.edges.contains(&(before, at))
            {
                self.edges.push((before, at));
            }
            before = Some(at);
        }
        self.culprits.extend(before);
    }

    /// The number of a box.
    fn node(&mut self, node: Node<'a>) -> usize {
        self.nodes.iter().position(|known| *known == node).unwrap_or_else(|| {
            self.nodes.push(node);
            self.nodes.len() - 1
        })
    }

    fn text(&self) -> String {
        let mut out = String::from("```mermaid\nflowchart LR\n");
        for (number, node) in self.nodes.iter().enumerate() {
            let label = match node {
                Node::Package { path, version: None } => escape::label(path, LABEL),
                Node::Package { path, version: Some(version) } => {
                    format!("{}<br>{}", escape::label(path, LABEL), escape::label(version, VERSION))
                }
                Node::Hidden { number, .. } => format!("{number} more packages"),
            };
            out.push_str(&format!("  n{number}[\"{label}\"]\n"));
        }
        for (from, to) in &self.edges {
            out.push_str(&format!("  n{from} --> n{to}\n"));
        }
        // A stroke is seen on a light page and on a dark one.
        out.push_str("  classDef culprit stroke:#d1242f,stroke-width:3px\n");
        let culprits: Vec<String> = self.culprits.iter().map(|at| format!("n{at}")).collect();
        out.push_str(&format!("  class {} culprit\n```\n", culprits.join(",")));
        out
    }
}

fn package(link: &ChainLink) -> Node<'_> {
    let version = link.module.as_ref().and_then(|ModuleRef { version, .. }| version.as_deref());
    Node::Package { path: &link.package, version }
}

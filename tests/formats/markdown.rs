//! The job summary, read by a Markdown renderer of GitHub's flavour and by Mermaid.

use comrak::nodes::{AstNode, NodeValue};
use comrak::{Arena, parse_document};
use gowoa::model::{Evidence, Report};
use gowoa::render::markdown::{Options, render_with};

use crate::harness::{self, hostile, hostile_seed, keep, many, sample};

/// What Mermaid reads, and the edges it draws (`maxTextSize`, `maxEdges`).
const MERMAID_TEXT: usize = 50_000;
const MERMAID_EDGES: usize = 500;

/// The readers, by name.
const READERS: &[(&str, Options)] = &[
    ("summary", Options::SUMMARY),
    ("comment", Options::COMMENT),
    ("azure", Options::AZURE),
    ("small", Options { bytes: 8 << 10, ..Options::COMMENT }),
];

/// Everything on that GitHub has, and more, so that nothing of a Report is made anything of.
fn extensions() -> comrak::Options<'static> {
    let mut options = comrak::Options::default();
    let extension = &mut options.extension;
    extension.strikethrough = true;
    extension.table = true;
    extension.autolink = true;
    extension.tasklist = true;
    extension.superscript = true;
    extension.footnotes = true;
    extension.inline_footnotes = true;
    extension.alerts = true;
    extension.math_dollars = true;
    extension.math_code = true;
    extension.wikilinks_title_after_pipe = true;
    extension.spoiler = true;
    options
}

/// The reports, and the names they are kept under.
fn reports() -> Vec<(&'static str, Report)> {
    vec![
        ("sample", sample()),
        ("seed", hostile_seed()),
        ("hostile", hostile()),
        ("ten", many(10)),
        ("many", many(10_000)),
    ]
}

#[test]
fn nothing_of_a_report_becomes_markup() {
    for (name, report) in reports() {
        for (reader, options) in READERS {
            let text = render_with(&report, options);
            keep(&format!("markdown-{name}-{reader}.md"), &text);
            assert!(text.len() <= options.bytes, "{name} for {reader}: {} bytes", text.len());
            let page = Page::read(&text);
            page.judge(&format!("{name} for {reader}"), options);
        }
    }
}

/// What the renderer made of a page.
#[derive(Default)]
struct Page {
    /// Kinds of nodes that are ours.
    headings: Vec<String>,
    /// Everything else that would be markup.
    foreign: Vec<String>,
    /// The HTML, in order.
    html: Vec<String>,
    /// Columns of each row of each table.
    columns: Vec<usize>,
    /// Kind and text of each fenced block.
    blocks: Vec<(String, String)>,
    /// The first three nodes below the document.
    first: Vec<String>,
}

impl Page {
    fn read(text: &str) -> Self {
        let arena = Arena::new();
        let root = parse_document(&arena, text, &extensions());
        let mut page = Self::default();
        for node in root.descendants().skip(1) {
            page.add(node);
        }
        page.first = root.children().take(3).map(plain_text).collect();
        page
    }

    fn add<'a>(&mut self, node: &'a AstNode<'a>) {
        use NodeValue as N;
        match &node.data.borrow().value {
            N::Paragraph | N::Text(_) | N::SoftBreak | N::Code(_) | N::Strong | N::List(_) => {}
            N::Item(_) | N::Table(_) | N::TableCell | N::ThematicBreak => {}
            N::Heading(_) => self.headings.push(plain_text(node)),
            N::TableRow(_) => self.columns.push(node.children().count()),
            N::CodeBlock(block) => self.blocks.push((block.info.clone(), block.literal.clone())),
            N::HtmlBlock(block) => self.html.push(block.literal.clone()),
            N::HtmlInline(literal) => self.html.push(literal.clone()),
            other => self.foreign.push(format!("{other:?}")),
        }
    }

    fn judge(&self, what: &str, options: &Options) {
        assert_eq!(self.foreign, [""; 0], "{what}");
        assert!(self.first[0].starts_with("gowoa: "), "{what}: {:?}", self.first);
        assert!(self.columns.iter().all(|columns| *columns == 3), "{what}: {:?}", self.columns);
        let own = |heading: &&String| {
            HEADINGS.iter().any(|own| heading.starts_with(own))
                || (!options.fold
                    && heading.chars().next().is_some_and(|c| "0123456789ew".contains(c)))
        };
        let foreign: Vec<_> = self.headings.iter().filter(|heading| !own(heading)).collect();
        assert!(foreign.is_empty(), "{what}: {foreign:?}");
        self.judge_html(what, options);
        for (info, text) in &self.blocks {
            assert!(["text", "sh", "go", "mermaid"].contains(&info.as_str()), "{what}: {info}");
            assert!(info != "mermaid" || options.mermaid, "{what}");
            assert!(info != "mermaid" || text.len() < MERMAID_TEXT, "{what}");
            assert!(info != "mermaid" || text.matches("-->").count() < MERMAID_EDGES, "{what}");
        }
    }

    /// Only our own tags, each closed.
    fn judge_html(&self, what: &str, options: &Options) {
        let mut open = 0_i32;
        for line in self.html.iter().flat_map(|html| html.lines()) {
            match line {
                "<br>" => continue,
                "<details>" => open += 1,
                "</details>" => open -= 1,
                summary => {
                    let inner = summary
                        .strip_prefix("<summary>")
                        .and_then(|rest| rest.strip_suffix("</summary>"))
                        .unwrap_or_else(|| panic!("{what}: {summary}"));
                    let bare = ["<b>", "</b>", "<code>", "</code>"]
                        .iter()
                        .fold(inner.to_owned(), |text, tag| text.replace(tag, ""));
                    assert!(!bare.contains(['<', '>', '"']), "{what}: {summary}");
                }
            }
            assert!(options.fold && (0..=1).contains(&open), "{what}: {line}");
        }
        assert_eq!(open, 0, "{what}: <details> is left open");
    }
}

/// The headings of a page; others name findings, and stand where nothing can be folded.
const HEADINGS: &[&str] = &[
    "gowoa: PASS",
    "gowoa: FAIL",
    "gowoa: INCOMPLETE",
    "What kept gowoa from an answer",
    "Could not be judged",
    "What needs action",
    "How it comes into the build",
    "What was proven, and what was not",
    "Evidence",
];

/// The text of a node and of all below it.
fn plain_text<'a>(node: &'a AstNode<'a>) -> String {
    let mut text = String::new();
    for node in node.descendants() {
        match &node.data.borrow().value {
            NodeValue::Text(literal) => text.push_str(literal),
            NodeValue::Code(code) => text.push_str(&code.literal),
            NodeValue::SoftBreak | NodeValue::TableCell => text.push(' '),
            _ => {}
        }
    }
    text
}

#[test]
fn the_sample_reads_like_this() {
    insta::assert_snapshot!("summary", render_with(&sample(), &Options::SUMMARY));
    insta::assert_snapshot!("azure", render_with(&sample(), &Options::AZURE));
}

#[test]
fn the_verdict_comes_first_and_every_error_has_a_row() {
    let report = sample();
    let text = render_with(&report, &Options::SUMMARY);
    let page = Page::read(&text);
    assert_eq!(page.first[0], "gowoa: INCOMPLETE");
    assert!(page.first[1].contains("the dependencies of 1 package could not be resolved"));
    assert!(page.first[2].starts_with("FAIL "), "{:?}", page.first);
    let open = |f: &&gowoa::model::Finding| f.waived.is_none() && !f.known;
    for finding in
        report.findings.iter().filter(open).filter(|f| f.severity > gowoa::model::Severity::Note)
    {
        let row = text.lines().find(|line| {
            line.starts_with(&format!("| **{}** ", finding.severity))
                && line.contains(&format!("(`{}`) |", finding.check))
        });
        assert!(row.is_some(), "{}", finding.message);
    }
    for expected in [
        "`go get github.com/go-ole/go-ole@v1.3.0`",
        "required in `go.mod:9`",
        "<summary>1 waived finding</summary>",
        "<summary>1 finding that the baseline has</summary>",
        "GOOS=windows GOARCH=arm64 CGO_ENABLED=0 go build ./host",
        "`gowoa explain ",
    ] {
        assert!(text.contains(expected), "{expected}");
    }
}

#[test]
fn a_pass_is_short_and_has_no_table() {
    let mut report = sample();
    report.verdict = gowoa::model::ReportVerdict::Pass;
    report.findings.clear();
    report.problems.clear();
    report.results.retain(|result| result.verdict == gowoa::model::ResultVerdict::Pass);
    (report.counts.errors, report.counts.warnings, report.counts.notes) = (0, 0, 0);
    (report.counts.waived, report.counts.known, report.counts.inconclusive) = (0, 0, 0);
    let text = render_with(&report, &Options::SUMMARY);
    keep("markdown-pass-summary.md", &text);
    let page = Page::read(&text);
    assert_eq!(page.first[0], "gowoa: PASS");
    assert_eq!(page.headings.len(), 2, "{:?}", page.headings);
    assert!(text.lines().count() < 25 && page.columns.is_empty(), "{text}");
}

#[test]
fn what_is_left_out_is_counted() {
    let text = render_with(&many(10_000), &Options::SUMMARY);
    let rows = |severity: &str| text.matches(&format!("\n| **{severity}** ")).count();
    let left = |severity: &str| -> usize {
        let line = text.lines().find(|line| line.starts_with("And ")).unwrap();
        let number = line.split(&format!(" more {severity}")).next().unwrap();
        number.rsplit(' ').next().unwrap().parse().unwrap()
    };
    let report = many(10_000);
    assert_eq!(u64::try_from(rows("error") + left("error")).unwrap(), report.counts.errors);
    assert_eq!(u64::try_from(rows("warning") + left("warning")).unwrap(), report.counts.warnings);
    assert_eq!(rows("error") + rows("warning"), Options::SUMMARY.findings);
}

#[test]
fn mermaid_reads_every_graph() {
    let Some((node, peers)) = harness::node_module("mermaid") else { return };
    if !peers.join("node_modules/jsdom").is_dir() {
        return harness::skip("no npm module jsdom, which Mermaid needs outside of a browser");
    }
    let directory = tempfile::tempdir().unwrap();
    let mut one_hop = hostile_seed();
    for finding in &mut one_hop.findings {
        finding.evidence.iter_mut().for_each(shorten);
    }
    let mut arguments = vec![harness::root().join("tests/formats/mermaid.mjs")];
    for (name, report) in reports().into_iter().chain([("one hop", one_hop)]) {
        let page = Page::read(&render_with(&report, &Options::SUMMARY));
        let graph = page.blocks.iter().find(|(info, _)| info == "mermaid");
        let Some((_, graph)) = graph else { panic!("{name} has no graph") };
        let path = directory.path().join(name);
        fs_err::write(&path, graph).unwrap();
        arguments.push(path);
    }
    let arguments: Vec<&str> = arguments.iter().map(|path| path.to_str().unwrap()).collect();
    let found = harness::run(&node, &peers, &arguments).unwrap_or_else(|words| panic!("{words}"));
    let graphs: Vec<serde_json::Value> =
        found.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(graphs.len(), arguments.len() - 1);
    for graph in &graphs {
        assert!(graph["type"].as_str().unwrap().starts_with("flowchart"), "{graph}");
        assert_eq!((&graph["links"], &graph["subgraphs"]), (&0.into(), &0.into()), "{graph}");
    }
    let labels = |graph: &serde_json::Value| -> Vec<String> {
        graph["labels"].as_array().unwrap().iter().map(|l| l.as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(
        labels(&graphs[0]),
        [
            "example.com/app/host",
            "github.com/shirou/gopsutil/v3/host<br>v3.21.9",
            "github.com/go-ole/go-ole<br>v1.2.5"
        ]
    );
    // Every box but the one of what is left out shows what was written, with its entities read back.
    let all = labels(graphs.last().unwrap()).concat();
    for canary in
        ["\"] --> evil[\"x\"]; end;", "%%{init:", "<script>alert('x')</script>", "C:\\Users\\me"]
    {
        assert!(all.contains(canary), "{canary}: {all}");
    }
}

/// Leaves the first links of a chain, which all fit on one graph.
fn shorten(evidence: &mut Evidence) {
    if let Evidence::Chain { links } = evidence {
        let at: Vec<usize> = (0..links.len())
            .filter(|at| {
                let package = &links[*at].package;
                ["<script>", "C:\\", "\"] -->", "%%{"]
                    .iter()
                    .any(|canary| package.starts_with(canary))
            })
            .collect();
        *links = at.into_iter().map(|at| links[at].clone()).collect();
    }
}

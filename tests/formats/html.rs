//! The HTML report, read by the parser of browsers (html5ever) and by a browser.
//!
//! `html_browser.cjs` drives Chromium through playwright-core; both are wanted where they can be had, and the tests
//! say so where they are not. The pages that they look at stay below the target directory.

use std::collections::BTreeSet;
use std::path::PathBuf;

use gowoa::model::Report;
use gowoa::render::Format;
use scraper::{Html, Selector};

use crate::harness::{hostile, hostile_seed, many, node_module, peer, render, root, run, sample};

/// Errors that the parser names although what it read is right, or what it read was not ours to change.
const TOLERATED: &[&str] = &[];

fn page(report: &Report) -> String {
    render(Format::Html, report)
}

fn select<'a>(html: &'a Html, selector: &str) -> Vec<scraper::ElementRef<'a>> {
    html.select(&Selector::parse(selector).unwrap()).collect()
}

/// Parses a page and what its `<noscript>` elements hold, without a complaint.
fn parse(text: &str) -> (Html, Vec<Html>) {
    let whole = Html::parse_document(text);
    let packed: Vec<Html> = select(&whole, "noscript")
        .iter()
        .map(|element| Html::parse_fragment(&element.text().collect::<String>()))
        .collect();
    for html in packed.iter().chain([&whole]) {
        let wrong: Vec<_> = html
            .errors
            .iter()
            .filter(|error| !TOLERATED.iter().any(|known| error.contains(known)))
            .take(5)
            .collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }
    (whole, packed)
}

/// What every page must be, whatever the report.
fn judge(name: &str, report: &Report) -> (Html, Vec<Html>) {
    let text = page(report);
    let (html, packed) = parse(&text);
    for part in packed.iter().chain([&html]) {
        for element in select(part, "*") {
            let element = element.value();
            assert!(
                !element
                    .attrs()
                    .any(|(key, _)| key.starts_with("on") || key == "style" || key == "src"),
                "{name}: {element:?}"
            );
            assert!(
                !matches!(
                    element.name(),
                    "img" | "iframe" | "object" | "embed" | "link" | "base" | "video" | "audio"
                ),
                "{name}: {element:?}"
            );
            if let Some(href) = element.attr("href") {
                let web = href.starts_with("https://") || href.starts_with("http://");
                assert!(
                    href.starts_with('#') || web && element.name() == "a",
                    "{name}: {element:?}"
                );
            }
        }
    }
    assert_eq!(select(&html, "script").len(), 1, "{name}");
    assert_eq!(select(&html, "style").len(), 1, "{name}");
    assert_eq!(select(&html, "h1").len(), 1, "{name}");
    assert_eq!(select(&html, "li.finding").len(), report.findings.len(), "{name}");
    references(name, &html);
    headings(name, &html);
    (html, packed)
}

/// Ids are unique, and what refers to one finds it.
fn references(name: &str, html: &Html) {
    let ids: Vec<&str> =
        select(html, "[id]").iter().filter_map(|element| element.value().id()).collect();
    let unique: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), unique.len(), "{name}: an id stands twice");
    for element in select(html, "a[href^='#'], label[for], [aria-labelledby], [aria-describedby]") {
        let element = element.value();
        let referred = ["href", "for", "aria-labelledby", "aria-describedby"];
        for id in referred.iter().filter_map(|key| element.attr(key)) {
            let id = id.trim_start_matches('#');
            assert!(unique.contains(id), "{name}: nothing is {id:?}");
        }
    }
}

/// No level of headings is left out.
fn headings(name: &str, html: &Html) {
    let mut last = 0;
    for heading in select(html, "h1, h2, h3, h4, h5, h6") {
        let level = heading.value().name().as_bytes()[1] - b'0';
        assert!(level <= last + 1, "{name}: {} after a heading of level {last}", heading.html());
        last = level;
    }
}

#[test]
fn pages_are_well_formed_and_hold_what_the_report_holds() {
    let sample = sample();
    let (html, _) = judge("sample", &sample);
    let text: String = html.root_element().text().collect();
    for finding in &sample.findings {
        assert!(text.contains(&finding.message), "{}", finding.message);
    }
    for words in [
        "variant_amd64.go defines VARIANT",
        "github.com/shirou/gopsutil/v3/host v3.21.9",
        "00000600  55 48 89 e5 48 83 ec 20  c3",
        "mov rbp,rsp",
        ".inst 0xe5894855 (unallocated)",
        "GetVariantDate passes a double in an integer register",
        "we ship without this feature until v2",
        "golang.org/x/crypto@v0.55.0",
    ] {
        assert!(text.contains(words), "{words}");
    }
    assert!(!select(&html, "svg.map title").is_empty());
    for name in ["10 findings", "10,000 findings"] {
        judge(name, &many(if name == "10 findings" { 10 } else { 10_000 }));
    }
}

#[test]
fn hostile_text_is_text() {
    let seed = hostile_seed();
    let (html, _) = judge("hostile", &seed);
    let text: String = html.root_element().text().collect();
    assert!(text.contains("<script>alert('x')</script>"), "the hostile report has no script in it");
    assert!(text.contains(r"\u{202e}"), "bidi overrides are seen");
    judge("10 MB", &hostile());
}

/// The policy lets the one style and the one script through, and nothing else.
#[test]
fn the_policy_names_the_hashes() {
    let html = Html::parse_document(&page(&sample()));
    let policy = select(&html, "meta[http-equiv='Content-Security-Policy']");
    let policy = policy[0].value().attr("content").unwrap();
    let directives: BTreeSet<&str> =
        policy.split("; ").map(|directive| directive.split(' ').next().unwrap()).collect();
    assert_eq!(
        directives,
        BTreeSet::from(["default-src", "style-src", "script-src", "base-uri", "form-action"])
    );
    assert!(!policy.contains("unsafe"), "{policy}");
}

/// The page of a report, where Chromium can read it.
fn written(name: &str, report: &Report) -> PathBuf {
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("html");
    fs_err::create_dir_all(&directory).unwrap();
    let path = directory.join(format!("{name}.html"));
    fs_err::write(&path, page(report)).unwrap();
    path
}

/// Chromium's word on a page; what it must hold stands in `html_browser.cjs`, by mode.
#[expect(clippy::print_stderr, reason = "what was measured is worth a look")]
fn browse(mode: &str, name: &str, report: &Report) {
    let Some((node, modules)) = node_module("playwright-core") else { return };
    let Some(chromium) = peer("chromium") else { return };
    let path = written(name, report);
    let script = root().join("tests/formats/html_browser.cjs");
    let arguments = [&script, &modules, &chromium, &path];
    let mut arguments: Vec<&str> = arguments.iter().map(|path| path.to_str().unwrap()).collect();
    arguments.push(mode);
    match run(&node, root(), &arguments) {
        Ok(words) => eprintln!("{name}: {words}"),
        Err(words) => panic!("{name}: {words}"),
    }
}

#[test]
fn a_browser_shows_filters_and_sorts_the_sample() {
    browse("whole", "sample", &sample());
}

#[test]
fn nothing_hostile_runs_or_loads_in_a_browser() {
    browse("hostile", "hostile", &hostile_seed());
}

#[test]
fn a_browser_takes_ten_findings_and_ten_thousand() {
    browse("many", "ten", &many(10));
    browse("many", "ten-thousand", &many(10_000));
}

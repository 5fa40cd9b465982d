//! The reports, the renderers, and the programs that read what comes out.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use gowoa::model::{BuildState, ChainLink, Evidence, Report, ResultVerdict};
use gowoa::policy::totals;
use gowoa::render::{Format, json};

use crate::peers;
pub(crate) use crate::peers::{peer, skip};

/// Bytes that the strings of the hostile report are blown up to.
pub(crate) const LONG: usize = 10_000_000;
/// Items that its lists are blown up to.
const MANY_NAMES: usize = 20_000;

/// The root of the repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn committed(name: &str) -> Report {
    let path = root().join("testdata/reports").join(name);
    json::parse(&fs_err::read_to_string(path).unwrap()).unwrap()
}

/// Everything that a Report can say.
pub(crate) fn sample() -> Report {
    committed("sample.json")
}

/// The worst strings, each as short as it was written.
pub(crate) fn hostile_seed() -> Report {
    committed("hostile.json")
}

/// The worst strings, and a few of 10 MB each.
pub(crate) fn hostile() -> Report {
    let mut report = hostile_seed();
    let nasty = report.problems.iter().map(|p| p.message.as_str()).collect::<Vec<_>>().join(" ");
    let names: Vec<String> = report.problems.iter().map(|p| p.message.clone()).collect();
    let long = |separator: &str| {
        let one = nasty.clone() + separator;
        let mut text = one.repeat(LONG / one.len() + 1);
        text.truncate(text.floor_char_boundary(LONG));
        text
    };
    let many: Vec<String> = names.iter().cycle().take(MANY_NAMES).cloned().collect();
    report.subjects[0].name = long("");
    report.findings[0].message = long("\n");
    report.findings[1].help = Some(long("\n"));
    report.findings[2]
        .evidence
        .insert(0, Evidence::Output { command: "go".to_owned(), status: None, text: long("\r\n") });
    let link = |name: &String| ChainLink { package: name.clone(), module: None };
    report.findings[3].evidence.push(Evidence::Chain { links: many.iter().map(link).collect() });
    report.findings[3].evidence.push(Evidence::Stops { packages: many.clone() });
    report.problems[0].details.push(long("\u{2028}"));
    report.unproven[0].names = many;
    report
}

/// The report with the totals that it has and no `fail` that no finding explains: a saved one is not believed
/// otherwise.
pub(crate) fn sound(mut report: Report) -> Report {
    for result in &mut report.results {
        let explained = report
            .findings
            .iter()
            .any(|finding| finding.check == result.check && finding.subject == result.subject);
        if result.verdict == ResultVerdict::Fail && !explained {
            result.verdict = ResultVerdict::Pass;
        }
    }
    for subject in &mut report.subjects {
        let mut builds = report.results.iter().filter(|result| {
            result.check.as_str() == "cross-compile" && result.subject == subject.id
        });
        let passes = builds.any(|result| result.verdict == ResultVerdict::Pass);
        if subject.build == Some(BuildState::Failed) && passes {
            subject.build = Some(BuildState::Linked);
        }
    }
    // gowoa reads no report about another target, whatever strings it holds.
    report.plan.target = "windows/arm64".to_owned();
    totals::recount(&mut report.counts, &report.findings, &report.results);
    report
}

/// A report with `number` findings.
pub(crate) fn many(number: usize) -> Report {
    crate::many::many(&sample(), number)
}

/// The report in that format.
pub(crate) fn render(format: Format, report: &Report) -> String {
    format
        .render(report, &gowoa::checks::catalogue())
        .unwrap_or_else(|error| panic!("{format}: {error}"))
}

/// The directory that holds `node_modules/NAME`, and node; says that the test is skipped where one lacks.
pub(crate) fn node_module(name: &str) -> Option<(PathBuf, PathBuf)> {
    let peers = peers::directory();
    if !peers.join("node_modules").join(name).is_dir() {
        skip(&format!(
            "no npm module {name}: run scripts/peers.sh, or name its directory in GOWOA_PEERS"
        ));
        return None;
    }
    Some((peer("node")?, peers))
}

/// Runs a reader; its output where it is content.
///
/// # Errors
/// Its words, and its status, where it is not.
#[expect(clippy::disallowed_methods, reason = "a test asks another program")]
pub(crate) fn run(program: &Path, directory: &Path, arguments: &[&str]) -> Result<String, String> {
    let Output { status, stdout, stderr } =
        Command::new(program).current_dir(directory).args(arguments).output().unwrap();
    let out = String::from_utf8_lossy(&stdout).into_owned();
    if status.success() {
        return Ok(out);
    }
    let mut words = String::from_utf8_lossy(&stderr).into_owned();
    write!(words, "{out}\n{status}").unwrap();
    Err(words)
}

/// Keeps an output for people to look at, where `GOWOA_KEEP` names a directory.
pub(crate) fn keep(name: &str, text: &str) {
    if let Some(directory) = std::env::var_os("GOWOA_KEEP") {
        fs_err::create_dir_all(&directory).unwrap();
        fs_err::write(Path::new(&directory).join(name), text).unwrap();
    }
}

//! A report made of the worst strings.

use crate::model::{
    Anchor, AnchorKind, BuildState, ChainLink, ControlOutcome, Evidence, FileSetClass, Finding,
    Host, ImageMap, ListingLine, Location, MapSection, MapSpan, ModuleRef, PhaseReport, PlanReport,
    Problem, Report, ReportVerdict, ResultVerdict, Severity, SpanKind, Subcommand, Subject,
    SubjectId, SubjectKind, ToolRef, Unproven, Waived,
};

use super::{CROSS, empty_report, finding, module, package, result, subject};

/// Strings that break careless writers of XML, terminals and workflow logs.
pub(crate) const NASTY: &[&str] = &[
    "ends a CDATA section ]]> here, twice ]]]]>>",
    "\u{1b}[31mred\u{1b}[0m \u{1b}]0;title\u{7}\u{9b}1mC1 \u{1b}]8;;unterminated",
    "every control: \0\u{1}\u{2}\u{3}\u{4}\u{5}\u{6}\u{7}\u{8}\u{b}\u{c}\u{e}\u{f}\u{10}\u{11}\u{12}\
     \u{13}\u{14}\u{15}\u{16}\u{17}\u{18}\u{19}\u{1a}\u{1b}\u{1c}\u{1d}\u{1e}\u{1f}\u{7f}\u{80}\u{9f}",
    "not characters \u{fffe}\u{ffff}, and a replaced surrogate \u{fffd}",
    "::error file=a,line=1::owned\n::set-output name=x::y\r\n##[error]old ##vso[task.complete result=Succeeded]x",
    "<script>alert('x')</script> & \"quoted\" &amp; &#0;",
    "a lone \n newline,\ta tab,\r a return, \"quotes\" and 'apostrophes'",
    "[[ATTACHMENT|/etc/passwd]] [[[attachment|C:\\secret]]",
    "C:\\Users\\me\\go\\src\\app\\main.go:1:2",
    "emoji 🦀👩‍👩‍👧, CJK 漢字, right-to-left \u{202e}gnp.exe",
    "recombined ]\0]\u{1b}[0m> and #\0#[x]",
    "",
    " \n\t ",
    // Markdown and what GitHub makes of plain text.
    "</script><!-- comment --!> --> <style>*{display:none}</style><img src=x onerror=alert(1)>",
    "</details></summary></td></table><details open><summary>mine</summary> &lt;b&gt; &#x3c;i&#x3e;",
    "a | b || c \\| d \\\\| e\n| --- | --- |\n| cell | cell |",
    "`one` ``two`` ```three```\n```\n~~~~\n``````````````````````````````````````````` ` `` ```",
    "[link](https://evil.example/a) ![image](https://evil.example/b.png) [ref][1] [1]: https://evil.example 'x'",
    "<https://evil.example> https://evil.example/c www.evil.example mailto:me@evil.example me@evil.example",
    "@octocat @github/security #123 GH-123 owner/repo#7 owner/repo@deadbeefdeadbeefdeadbeefdeadbeefdeadbeef",
    "a5c3785ed8d6a35868bc169f07e40e889087fd2e :tada: JIRA-123 [^1]\n\n[^1]: footnote\n\n- [ ] task\n1. list",
    "$math$ $`a`$ $$\\sum_{i}$$ **bold** __bold__ *em* _em_ ~~gone~~ ==mark== ~sub~ ^sup^ \\* \\",
    "# heading\n> [!CAUTION]\n> quoted\n***\nsetext\n===\n    indented\n\t* item\n+ item\n<!--\n-->",
    // Mermaid.
    "\"] --> evil[\"x\"]; end; %% comment\nclick n0 href \"javascript:alert(1)\" \"#quot;\" #35; subgraph",
    "%%{init: {'securityLevel':'loose'}}%%\n---\ntitle: x\n---\nstyle n0 fill:#f00; classDef default fill:#000;",
    // JavaScript, templates and the rest.
    "line\u{2028}paragraph\u{2029} \u{feff}mark \u{2066}isolated\u{2069} zero\u{200b}width \u{fffd}\u{fffd}\u{fffd}",
    "${{ github.token }} {{ template }} {% raw %} <%= erb %> \\u003cscript\\u003e %0A%0D%AZP25 %3A%2C",
    "javascript:alert(1) data:text/html,<b> vbscript:x file:///etc/passwd \\\\server\\share\\x.exe",
    "..\\..\\windows\\system32:stream CON NUL. COM1 trailing. ",
];

/// How often what makes a report long is repeated.
struct Scale {
    output: usize,
    names: usize,
    message: usize,
}

/// A report made of the worst strings: every text field is hostile, names collide and are far too
/// long, locations point outside, one message and one output have a megabyte.
pub(crate) fn hostile_report() -> Report {
    hostile(&Scale { output: 10_000, names: 5_000, message: 100_000 })
}

/// The same, and short enough to lie in the repository; `tests/formats` makes strings of it long again.
pub(crate) fn hostile_seed() -> Report {
    let mut report = hostile(&Scale { output: 1, names: 2, message: 1 });
    let text = |at: usize| NASTY[at].to_owned();
    report.tool = ToolRef { name: text(5), version: text(1) };
    report.started = text(4);
    report.plan = hostile_plan();
    report.verdict = ReportVerdict::Fail;
    report.counts.errors = u64::MAX;
    report.phases = NASTY
        .iter()
        .map(|s| PhaseReport {
            name: (*s).to_owned(),
            summary: (*s).to_owned(),
            duration_ms: u64::MAX,
            go_ms: Some(u64::MAX),
        })
        .collect();
    report.subjects.push(Subject {
        machine: Some(text(2)),
        size: Some(u64::MAX),
        sha256: Some(text(5)),
        packages: NASTY.iter().map(|s| (*s).to_owned()).collect(),
        map: Some(hostile_map()),
        ..subject(SubjectKind::Image, "<img src=x>.exe")
    });
    report
}

/// Settings as a saved report may hold them.
fn hostile_plan() -> PlanReport {
    let all = || NASTY.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
    let text = |at: usize| Some(NASTY[at].to_owned());
    PlanReport {
        subcommand: Subcommand::Check,
        expect: text(5),
        target: NASTY[6].to_owned(),
        go_version: text(1),
        go_origin: text(5),
        go: text(4),
        patterns: all(),
        cgo: true,
        c_compiler: text(4),
        tags: all(),
        go_flags: all(),
        environment: NASTY.iter().map(|s| ((*s).to_owned(), (*s).to_owned())).collect(),
        tests: true,
        offline: true,
        fail_on: Some(Severity::Note),
        module: text(5),
        listing: text(5),
        rules: all(),
        config: text(8),
        baseline: text(8),
        started_in: text(6),
        directory: text(4),
        base: text(5),
        all_modules: true,
        no_config: true,
        given: ["--config", "--fail-on", "--baseline", "--tags"]
            .into_iter()
            .chain(NASTY.iter().copied())
            .map(str::to_owned)
            .collect(),
        reports: Vec::new(),
    }
}

/// Stretches that overlap, and lie outside of their section.
fn hostile_map() -> ImageMap {
    let spans = NASTY
        .iter()
        .map(|s| MapSpan {
            offset: u64::MAX,
            length: u64::MAX,
            kind: SpanKind::Opaque,
            label: (*s).to_owned(),
        })
        .collect();
    let section = |name: &&str| MapSection {
        name: (*name).to_owned(),
        rva: u32::MAX,
        file_offset: u64::MAX,
        size: u64::MAX,
        executable: true,
        spans: Vec::new(),
    };
    let mut sections: Vec<MapSection> = NASTY.iter().map(section).collect();
    sections[0].spans = spans;
    ImageMap { sections }
}

fn hostile(scale: &Scale) -> Report {
    let subjects = hostile_subjects();
    let mut results = Vec::new();
    let mut findings = Vec::new();
    for (i, s) in subjects.iter().enumerate() {
        let nasty = NASTY[i % NASTY.len()];
        let verdict = match i % 4 {
            0 | 1 => ResultVerdict::Fail,
            2 => ResultVerdict::Inconclusive,
            _ => ResultVerdict::NotApplicable,
        };
        results.push(result(CROSS, &s.id, verdict, nasty));
        if verdict == ResultVerdict::Fail {
            findings.push(hostile_finding(i, s, nasty, scale));
        }
    }
    results.push(result("<&\"']]>\0", &subjects[0].id, ResultVerdict::Fail, ""));
    let bytes = "]]>&<\u{1b}[1m".repeat(scale.message);
    findings.push(finding(CROSS, Severity::Error, &subjects[0].id, &bytes));
    findings.push(finding("no-result", Severity::Error, &SubjectId("nobody".to_owned()), "lost"));
    Report {
        host: Host { name: "\0\u{1b}[0m".to_owned(), platform: NASTY[5].to_owned() },
        duration_ms: u64::MAX,
        problems: NASTY
            .iter()
            .map(|s| Problem {
                message: (*s).to_owned(),
                details: vec![(*s).to_owned()],
                next: Some((*s).to_owned()),
            })
            .collect(),
        unproven: vec![Unproven {
            label: NASTY[0].to_owned(),
            text: NASTY[1].to_owned(),
            names: NASTY.iter().map(|s| (*s).to_owned()).collect(),
        }],
        subjects,
        results,
        findings,
        ..empty_report()
    }
}

fn hostile_finding(i: usize, subject: &Subject, nasty: &str, scale: &Scale) -> Finding {
    let files =
        ["C:\\a\\b.go", "/etc/passwd", "..\\..\\up.go", "sub\\dir\\x.go", "./y.go", "m@v1/z.go"];
    let severity = if i.is_multiple_of(3) { Severity::Warning } else { Severity::Error };
    Finding {
        class: Some(nasty.to_owned()),
        help: Some(nasty.to_owned()),
        package: Some(subject.name.clone()),
        module: Some(ModuleRef {
            path: nasty.to_owned(),
            version: None,
            replaced_by: Some(nasty.to_owned()),
            vendored: false,
        }),
        location: Some(Location {
            file: Some(files[i % files.len()].to_owned()),
            line: Some(u32::MAX),
            column: Some(1),
            section: Some(nasty.to_owned()),
            rva: Some(u32::MAX),
            file_offset: Some(u64::MAX),
            function: Some(nasty.to_owned()),
        }),
        anchor: Some(Anchor {
            file: if i.is_multiple_of(2) { nasty } else { files[i % files.len()] }.to_owned(),
            line: Some(u32::MAX),
            column: Some(u32::MAX),
            kind: AnchorKind::Location,
        }),
        evidence: hostile_evidence(nasty, scale),
        origin: vec![nasty.to_owned()],
        waived: (i % 8 == 4).then(|| Waived { reason: nasty.to_owned(), expires: None }),
        ..finding(CROSS, severity, &subject.id, nasty)
    }
}

/// Every kind of evidence.
fn hostile_evidence(nasty: &str, scale: &Scale) -> Vec<Evidence> {
    let text = || nasty.to_owned();
    let some = || Some(nasty.to_owned());
    let links = NASTY.iter().map(|s| ChainLink {
        package: (*s).to_owned(),
        module: Some(ModuleRef { version: some(), ..module(s, nasty) }),
    });
    let outcome = ControlOutcome::Fails;
    vec![
        Evidence::Output {
            command: text(),
            status: Some(i32::MIN),
            text: nasty.repeat(scale.output),
        },
        Evidence::Stops { packages: vec![text(); scale.names] },
        Evidence::Reproduce { command: text() },
        Evidence::Cause { text: text(), file: some(), line: Some(u32::MAX) },
        Evidence::Control { target: text(), outcome, text: some() },
        Evidence::Chain { links: links.collect() },
        Evidence::Files { amd64_only: vec![text()], arm64_only: vec![text()] },
        Evidence::Field { name: text(), value: text(), file_offset: Some(u64::MAX) },
        Evidence::Code {
            rva: u32::MAX,
            file_offset: u64::MAX,
            bytes: text(),
            x86: vec![text()],
            a64: vec![text()],
        },
        Evidence::Source { file: text(), line: u32::MAX, text: text() },
        Evidence::Listing {
            command: text(),
            lines: vec![ListingLine {
                function: text(),
                file: some(),
                line: Some(u32::MAX),
                text: text(),
            }],
        },
        Evidence::Linked {
            image: text(),
            functions: vec![text()],
            reflection: true,
            link_proof: true,
            path: vec![text()],
        },
        Evidence::Tried { module: text(), target: text(), outcome, text: some() },
        Evidence::Rule { id: text(), summary: text(), url: some() },
    ]
}

/// Names that are hostile, equal, equal once cleaned, far too long, and equal once cut.
fn hostile_subjects() -> Vec<Subject> {
    let long = "n".repeat(2_000);
    let mut subjects = Vec::new();
    let names = NASTY.iter().map(|s| (*s).to_owned()).chain([
        "same".to_owned(),
        "same".to_owned(),
        "sa\0me".to_owned(),
        "sa\u{1}me".to_owned(),
        format!("{long}漢"),
        format!("{long}漢"),
        "🦀".repeat(600),
    ]);
    for (i, name) in names.enumerate() {
        let id = SubjectId(format!("package:{i:03}:{name}"));
        subjects.push(Subject { id, ..package(&name, FileSetClass::Portable, BuildState::Failed) });
    }
    subjects.push(Subject {
        build: Some(BuildState::NotWindows),
        ..subject(SubjectKind::Package, "not\u{fffe}windows")
    });
    subjects.push(subject(SubjectKind::Test, "same"));
    subjects
}

//! A screening as a table of what needs looking at: what, how it is reached, why, and what to do.
//!
//! Everything about a finding stands in the other formats; here each has one line of why and one of what to do.

use super::evidence::tone;
use super::screen::Screen;
use super::{View, count, plural};
use crate::model::{Evidence, Finding, ModuleRef, Reachability, Severity};
use crate::render::reach;
use crate::render::words::{self, is_command};

/// Findings of one severity that are listed; the rest is counted.
const ROWS: usize = 60;
/// Notes that are listed.
const NOTES: usize = 12;
/// Heads of two columns.
const CLASS: &str = "class";
const REACHED: &str = "reached by";
/// One odd class must not push the packages out of sight.
const WIDEST: usize = 40;

/// The rows, worst first, below a heading; nothing where there is no finding that counts.
pub(super) fn write(screen: &mut Screen, view: &View<'_>, all: bool) {
    let open = |severity: Severity| {
        let findings = view.report.findings.iter();
        findings.filter(move |f| f.severity == severity && f.is_open())
    };
    let severities = [Severity::Error, Severity::Warning, Severity::Note];
    let rows: Vec<&Finding> = severities.into_iter().flat_map(open).collect();
    if rows.is_empty() {
        return;
    }
    let columns = |text: &str| text.chars().count().min(WIDEST);
    let what = rows.iter().map(|f| columns(&kind(f))).max().unwrap_or(0).max(CLASS.len());
    let reach = rows.iter().map(|f| columns(reached(f))).max().unwrap_or(0).max(REACHED.len());
    screen.gap();
    screen.line(&format!("verdict  {:what$}  {:reach$}  package, module@version", CLASS, REACHED));
    for severity in severities {
        let limit = match severity {
            _ if all => usize::MAX,
            Severity::Note => NOTES,
            _ => ROWS,
        };
        let found: Vec<&Finding> = open(severity).collect();
        let shown = found.get(..limit.min(found.len())).unwrap_or_default();
        for (number, finding) in shown.iter().enumerate() {
            row(screen, view, finding, what, reach);
            // What is true of several in a row is said below the last of them.
            let alike = |next: &&Finding| {
                kind(next) == kind(finding)
                    && why(next) == why(finding)
                    && next.help == finding.help
            };
            if !shown.get(number + 1).is_some_and(alike) {
                explanation(screen, finding);
            }
        }
        if found.len() > limit {
            let more = plural(count(found.len() - limit), &format!("more {severity}"));
            screen.line(&format!("and {more}: {}", view.with_all()));
        }
    }
}

/// The line of one finding.
fn row(screen: &mut Screen, view: &View<'_>, finding: &Finding, what: usize, reach: usize) {
    let word = finding.severity.as_str();
    let (kind, reached) = (kind(finding), reached(finding));
    let name = view.about(finding);
    let module = module(finding.module.as_ref());
    // The root package of a module has its name.
    let same = finding.module.as_ref().is_some_and(|of| of.path == name && of.version.is_some());
    let (name, module) = match module.strip_prefix(", ") {
        Some(module) if same => (module, ""),
        _ => (name, module.as_str()),
    };
    let rest = format!(
        "{:gap$}{kind:what$}  {reached:reach$}  {name}{module}{}",
        "",
        words::origin(view, finding),
        gap = 9_usize.saturating_sub(word.len())
    );
    screen.toned_line(tone(finding.severity), word, &rest);
}

/// Why, and what to do.
fn explanation(screen: &mut Screen, finding: &Finding) {
    screen.keyed("why", &why(finding));
    let help = words::live(finding.help.as_deref().unwrap_or("see the JSON report"));
    let mut lines = help.lines();
    let (first, second) = (lines.next().unwrap_or_default(), lines.next());
    // A command has to stay whole, and what no version mends has another way out.
    let dead_end = first.starts_with("no newer version");
    for (key, line) in
        [("do", Some(first)), ("", second.filter(|line| dead_end || line.ends_with(" mod vendor")))]
    {
        match line {
            Some(line) if is_command(line) => screen.keyed_lines(key, [line]),
            Some(line) => screen.keyed(key, line),
            None => {}
        }
    }
}

/// `cross-compile: undefined-symbol`.
fn kind(finding: &Finding) -> String {
    match &finding.class {
        Some(class) if class != finding.check.as_str() => format!("{}: {class}", finding.check),
        _ => finding.check.to_string(),
    }
}

/// How the package gets into what is built, in words.
fn reached(finding: &Finding) -> &'static str {
    // A package of another module is a root of the build only where somebody asked about it.
    let version = finding.module.as_ref().and_then(|module| module.version.as_ref());
    match (finding.reachability, version) {
        (Some(Reachability::LinkedFunction), _) if kept_in(finding).is_some() => "reflection alone",
        (Some(Reachability::MainModule), Some(_)) => "asked about",
        (reachability, _) => reachability.map_or("-", reach::short),
    }
}

/// The exe that has it for reflection alone.
fn kept_in(finding: &Finding) -> Option<&str> {
    finding.evidence.iter().find_map(|one| match one {
        Evidence::Linked { image, reflection: true, .. } => Some(image.as_str()),
        _ => None,
    })
}

/// `, module@version`, with what replaces it or that it is vendored.
fn module(module: Option<&ModuleRef>) -> String {
    let Some(ModuleRef { path, version, replaced_by, vendored }) = module else {
        return String::new();
    };
    let Some(version) = version else { return String::new() };
    let vendored = if *vendored { " (vendored)" } else { "" };
    let by = replaced_by.as_ref().map(|by| format!(" => {by}")).unwrap_or_default();
    format!(", {path}@{version}{by}{vendored}")
}

/// The message and, where it is known, the cause, in one line.
fn why(finding: &Finding) -> String {
    let message = finding.message.lines().next().unwrap_or_default();
    // The package stands in the line above.
    let about = finding.package.as_deref().map(|package| format!("{package} "));
    let message = about.and_then(|about| message.strip_prefix(about.as_str())).unwrap_or(message);
    let place = finding.location.as_ref().and_then(|at| {
        let file = at.file.as_ref()?;
        let line = at.line.map(|line| format!(":{line}")).unwrap_or_default();
        Some(format!("{file}{line}"))
    });
    let place = match place {
        Some(place) if !message.contains(&place) => format!(" ({place})"),
        _ => String::new(),
    };
    let cause = finding.evidence.iter().find_map(|one| match one {
        Evidence::Cause { text, .. } => Some(text.as_str()),
        _ => None,
    });
    let mut text = match cause {
        Some(cause) => format!("{message}{place}; {cause}"),
        None => format!("{message}{place}"),
    };
    if let Some(image) = kept_in(finding) {
        text.push_str(&format!("; {image} holds it{}", reach::NO_CALL));
    }
    // So does the module.
    let module = finding.module.as_ref();
    let prefix = module.and_then(|m| Some(format!("{}@{}/", m.path, m.version.as_ref()?)));
    prefix.map_or(text.clone(), |prefix| text.replace(&prefix, ""))
}

#[cfg(test)]
mod tests {
    use crate::model::{Report, Severity, Subcommand, SubjectId, SubjectKind};
    use crate::render::sample::{empty_report, finding, module};
    use crate::render::terminal::{Options, render};

    fn report(messages: &[(&str, &str)]) -> Report {
        let mut report = empty_report();
        report.plan.subcommand = Subcommand::Screen;
        for (package, message) in messages {
            let id = SubjectId::new(SubjectKind::Package, package);
            let mut note = finding("slow-path", Severity::Note, &id, message);
            note.package = Some((*package).to_owned());
            note.module = Some(module("d.e/m", "v1.0.0"));
            note.help = Some("go get d.e/m@v1.1.0".to_owned());
            report.findings.push(note);
        }
        report
    }

    #[test]
    fn alike_findings_in_a_row_share_what_is_said_of_them() {
        let text = render(
            &report(&[
                ("d.e/m/a", "d.e/m/a runs Go code"),
                ("d.e/m/b", "d.e/m/b runs Go code"),
                ("d.e/m", "d.e/m asks the processor"),
            ]),
            &Options::default(),
        );
        let rows: Vec<&str> =
            text.lines().skip_while(|line| !line.starts_with("verdict")).collect();
        assert_eq!(
            rows.get(1..8).unwrap_or_default(),
            [
                "note     slow-path  -           d.e/m/a, d.e/m@v1.0.0",
                "note     slow-path  -           d.e/m/b, d.e/m@v1.0.0",
                "  why      runs Go code",
                "  do       go get d.e/m@v1.1.0",
                "note     slow-path  -           d.e/m@v1.0.0",
                "  why      asks the processor",
                "  do       go get d.e/m@v1.1.0",
            ]
        );
    }
}

//! How texts for people say what a finding and its evidence hold: the same words in every format.

use super::reach;
use super::view::{View, names};
use crate::model::{
    ChainLink, Confidence, ControlOutcome, Evidence, Finding, IN_THIS_RUN, ListingLine, Location,
    ModuleRef, ReportVerdict, Waived,
};

/// In front of where a field stands.
pub(super) const AT_FILE_OFFSET: &str = " at file offset ";
/// Why a finding that the baseline has does not count.
pub(super) const KNOWN: &str = "in the baseline";

/// The verdict as it stands in a headline.
pub(super) const fn verdict(verdict: ReportVerdict) -> &'static str {
    match verdict {
        ReportVerdict::Pass => "PASS",
        ReportVerdict::Fail => "FAIL",
        ReportVerdict::Incomplete => "INCOMPLETE",
    }
}

/// How sure the check is, where it is not; nothing needs to be said of what was seen.
pub(super) const fn doubt(confidence: Confidence) -> Option<&'static str> {
    match confidence {
        Confidence::High => None,
        Confidence::Medium => Some("medium: the pattern is strong, the effect was not seen"),
        Confidence::Low => Some("low: a guess worth a look"),
    }
}

/// The message, with its place in front where it does not name it.
pub(super) fn sentence(finding: &Finding) -> String {
    match place(finding) {
        Some(place) if !finding.message.contains(&place) => format!("{place}: {}", finding.message),
        _ => finding.message.clone(),
    }
}

/// What the finding is about: `github.com/go-ole/go-ole v1.2.5`, or the name of its subject; and in which of several
/// directories or reports.
pub(super) fn heading(view: &View<'_>, finding: &Finding) -> String {
    let name = view.about(finding);
    format!("{name}{}{}", version(finding.module.as_ref()), origin(view, finding))
}

/// ` (in services/a)` for a finding of one of several modules, or of merged reports; else nothing.
pub(super) fn origin(view: &View<'_>, finding: &Finding) -> String {
    match origins(view, finding) {
        Some(of) => format!(" (in {of})"),
        None => String::new(),
    }
}

/// The directories or reports that a finding is of, where a report has several.
pub(super) fn origins(view: &View<'_>, finding: &Finding) -> Option<String> {
    /// A finding is rarely of more; who merges dozens of reports reads the rest in the JSON.
    const MOST: usize = 4;
    match finding.origin.as_slice() {
        [] => view.unit(&finding.subject).map(str::to_owned),
        some => Some(names(some, MOST, ", ")),
    }
}

/// ` v1.2.5 (replaced by …)`, or nothing.
pub(super) fn version(module: Option<&ModuleRef>) -> String {
    let Some(ModuleRef { path: _, version, replaced_by, vendored: _ }) = module else {
        return String::new();
    };
    let version = version.as_ref().map(|v| format!(" {v}")).unwrap_or_default();
    let replaced =
        replaced_by.as_ref().map(|by| format!(" (replaced by {by})")).unwrap_or_default();
    version + &replaced
}

/// `file:line:column`, without the module and version: for right below a heading that names them.
pub(super) fn place(finding: &Finding) -> Option<String> {
    let Location { file, line, column, .. } = finding.location.as_ref()?;
    let file = file.as_deref()?;
    let own = finding.module.as_ref().and_then(|module| {
        let prefix = format!("{}@{}/", module.path, module.version.as_deref()?);
        file.strip_prefix(&prefix)
    });
    Some(own.unwrap_or(file).to_owned() + &numbers(*line, *column))
}

/// `file:line:column` with the module and version of a file of a dependency: what stands alone must not be taken for a
/// file of the project.
pub(super) fn own_place(location: &Location) -> Option<String> {
    let Location { file, line, column, .. } = location;
    Some(file.clone()? + &numbers(*line, *column))
}

/// `file:line:column`, then where in an image: all that is known, for texts without a heading.
pub(super) fn whole_place(location: &Location) -> Option<String> {
    let parts: Vec<String> = own_place(location).into_iter().chain(in_image(location)).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// `:line:column`, as far as they are known.
pub(super) fn numbers(line: Option<u32>, column: Option<u32>) -> String {
    [line, column].into_iter().flatten().map(|number| format!(":{number}")).collect()
}

/// Where in an image.
pub(super) fn in_image(location: &Location) -> Option<String> {
    let Location { file: _, line: _, column: _, section, rva, file_offset, function } = location;
    let parts: Vec<String> = [
        section.clone(),
        rva.map(|rva| format!("RVA {rva:#x}")),
        file_offset.map(|offset| format!("file offset {offset:#x}")),
        function.as_ref().map(|function| format!("in {function}")),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// Where the words of a tool stand, which may be long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ToolsWords {
    /// Before everything else: what failed says it best.
    First,
    /// After everything else, for readers that show the beginning of a text.
    Last,
}

/// The evidence in the order in which it is read, whatever order it was found in, and apart from it the commands that
/// show the failure again, which stand behind what to do.
pub(super) fn in_order(finding: &Finding, tools: ToolsWords) -> (Vec<&Evidence>, Vec<&Evidence>) {
    let mut all: Vec<&Evidence> = finding.evidence.iter().collect();
    all.sort_by_key(|one| rank(one, tools));
    all.into_iter().partition(|one| !matches!(one, Evidence::Reproduce { .. }))
}

const fn rank(evidence: &Evidence, tools: ToolsWords) -> u8 {
    match (evidence, tools) {
        (Evidence::Output { .. }, ToolsWords::First) => 0,
        (Evidence::Source { .. }, _) => 1,
        (Evidence::Cause { .. }, _) => 2,
        (Evidence::Field { .. }, _) => 3,
        (Evidence::Code { .. }, _) => 4,
        (Evidence::Files { .. }, _) => 5,
        (Evidence::Listing { .. }, _) => 6,
        (Evidence::Control { .. }, _) => 7,
        (Evidence::Linked { .. }, _) => 8,
        (Evidence::Chain { .. }, _) => 9,
        (Evidence::Stops { .. }, _) => 10,
        (Evidence::Rule { .. }, _) => 11,
        (Evidence::Tried { .. }, _) => 12,
        (Evidence::Output { .. }, ToolsWords::Last) => 13,
        (Evidence::Reproduce { .. }, _) => 14,
    }
}

/// What a reader runs to get the words of [`Evidence::Output`]. gowoa's own call has directories of its cache and
/// generated packages in it and runs nowhere else, so it is shown only where no plain one is known.
pub(super) fn ran<'a>(finding: &'a Finding, command: &'a str) -> Ran<'a> {
    let plain = finding.evidence.iter().find_map(|one| match one {
        Evidence::Reproduce { command } => Some(command.as_str()),
        _ => None,
    });
    let plain = plain.map(|command| command.lines().next().unwrap_or_default());
    // A build that needs gowoa to be seen again is one of a program that gowoa made.
    let generated = plain.is_some_and(|plain| plain.starts_with("gowoa "))
        && command.split(' ').any(|word| word.trim_matches('\'').starts_with("-overlay="));
    Ran {
        command: plain.unwrap_or(command),
        how: generated.then_some(
            "a link that gowoa makes: of a generated program that uses all that the package exports. Plain go build \
             links no library",
        ),
    }
}

/// See [`ran`].
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Ran<'a> {
    pub(super) command: &'a str,
    /// What the command does not say.
    pub(super) how: Option<&'static str>,
}

/// The first line that a tool itself says: `# package` is only the heading of Go.
pub(super) fn first_words(text: Option<&str>) -> Option<&str> {
    text?.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with("# "))
}

/// A sentence, and behind it the first words of a tool where there are any.
pub(super) fn with_words(sentence: String, text: Option<&str>) -> String {
    match first_words(text) {
        Some(said) => format!("{sentence}: {said}"),
        None => sentence,
    }
}

/// The cause, with its file where the sentence does not name it.
pub(super) fn cause(text: &str, file: Option<&str>, line: Option<u32>) -> String {
    match file.filter(|file| !text.contains(file.rsplit('/').next().unwrap_or(file))) {
        Some(file) => format!("{text} ({file}{})", numbers(line, None)),
        None => text.to_owned(),
    }
}

/// A package with its version.
pub(super) fn chain_link(link: &ChainLink) -> String {
    link.package.clone() + &version(link.module.as_ref())
}

/// A field of a file format with its value.
pub(super) fn field(name: &str, value: &str, file_offset: Option<u64>) -> String {
    let at = file_offset.map(|offset| format!("{AT_FILE_OFFSET}{offset:#x}")).unwrap_or_default();
    format!("{name} {value}{at}")
}

/// One line of an assembly listing: function, text, place.
pub(super) fn listing_line(one: &ListingLine) -> String {
    let ListingLine { function, file, line, text } = one;
    let place = file.as_ref().map(|file| format!(" ({file}{})", numbers(*line, None)));
    format!("{function}: {text}{}", place.unwrap_or_default())
}

/// What a rule of the database says.
pub(super) fn rule(id: &str, summary: &str, url: Option<&str>) -> String {
    let url = url.map(|url| format!(" ({url})")).unwrap_or_default();
    format!("{id}: {summary}{url}")
}

/// What a waiver says.
pub(super) fn waived(waived: &Waived) -> String {
    let until = waived.expires.as_ref().map(|day| format!(" (until {day})")).unwrap_or_default();
    format!("{}{until}", waived.reason)
}

/// Whether a line of help is there to be pasted: indented, a known program, or `NAME=value` first.
pub(super) fn is_command(line: &str) -> bool {
    let first = line.split(' ').next().unwrap_or_default();
    let assigns = first
        .split_once('=')
        .is_some_and(|(name, _)| name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'));
    line.starts_with([' ', '\t']) || matches!(first, "go" | "git" | "gowoa") || assigns
}

/// A line of help that is there to be pasted, and what is remarked of it: `(built in this run …)` behind a command
/// would be an error of the shell.
pub(super) fn command(line: &str) -> Option<(&str, &str)> {
    if !is_command(line) {
        return None;
    }
    let quoted = |text: &str| text.matches('\'').count() % 2 == 1;
    match line.split_once(" (") {
        Some((command, remark)) if remark.ends_with(')') && !quoted(command) => {
            Some((command.trim_end(), &line[command.len() + 1..]))
        }
        _ => Some((line, "")),
    }
}

/// Help for who reads it right after the run.
pub(super) fn live(help: &str) -> String {
    help.replace(IN_THIS_RUN, "built just now")
}

/// What came of the same build for another target.
pub(super) fn control(target: &str, outcome: ControlOutcome) -> String {
    match outcome {
        ControlOutcome::Builds if target == "windows/amd64" => {
            format!("{target} builds with the same flags: an arm64 problem")
        }
        ControlOutcome::Builds => format!("{target} builds with the same flags"),
        ControlOutcome::Fails => format!("{target} fails too"),
        ControlOutcome::Unknown => format!("{target} could not be judged"),
    }
}

/// What came of a version that was to be built before it is advised.
pub(super) fn tried(module: &str, target: &str, outcome: ControlOutcome) -> String {
    match outcome {
        ControlOutcome::Builds => format!("{module} builds for {target}"),
        ControlOutcome::Fails => format!("{module} does not build for {target}"),
        ControlOutcome::Unknown => format!("{module} was not tried"),
    }
}

/// What an exe holds of the package; at most `most` functions are named.
pub(super) fn linked(
    image: &str,
    functions: &[String],
    reflection: bool,
    link_proof: bool,
    most: usize,
) -> String {
    let kept = if reflection { reach::NO_CALL } else { "" };
    let proof = if link_proof { reach::LINK_PROOF } else { "" };
    let what = match functions {
        [] => "the package".to_owned(),
        some => names(some, most, ", "),
    };
    format!("{image}{proof} links {what}{kept}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{CheckId, Severity, SubjectId, SubjectKind};
    use crate::render::sample::{empty_report, finding, subject};

    fn about(name: &str) -> Finding {
        let id = SubjectId::new(SubjectKind::Package, name);
        Finding { package: Some(name.to_owned()), ..finding("x", Severity::Error, &id, "m") }
    }

    #[test]
    fn one_of_several_says_which() {
        let mut report = empty_report();
        let of_tools = SubjectId("package:tools!m/p".to_owned());
        let mut image = subject(SubjectKind::Image, "a!b.exe");
        report.subjects.push(subject(SubjectKind::Package, "m/p"));
        report.subjects.push(crate::model::Subject {
            id: of_tools.clone(),
            ..subject(SubjectKind::Package, "m/p")
        });
        report.subjects.push(image.clone());
        image.id = SubjectId("image:linux!a!b.exe".to_owned());
        report.subjects.push(image.clone());
        report.subjects.push(crate::model::Subject {
            id: SubjectId("build:tools!tools".to_owned()),
            ..subject(SubjectKind::Build, "tools")
        });
        let view = View::new(&report);
        let said = |finding: &Finding| heading(&view, finding);
        assert_eq!(said(&about("m/p")), "m/p");
        assert_eq!(said(&Finding { subject: of_tools.clone(), ..about("m/p") }), "m/p (in tools)");
        let build = SubjectId("build:tools!tools".to_owned());
        assert_eq!(said(&finding("x", Severity::Error, &build, "m")), "tools");
        let other = SubjectId("image:a!b.exe".to_owned());
        assert_eq!(said(&finding("x", Severity::Error, &other, "m")), "a!b.exe");
        assert_eq!(said(&finding("x", Severity::Error, &image.id, "m")), "a!b.exe (in linux)");
        let origin = vec!["services/a".to_owned(), "services/b".to_owned()];
        let merged = Finding { origin, subject: of_tools, ..about("m/p") };
        assert_eq!(said(&merged), "m/p (in services/a, services/b)");
    }

    #[test]
    fn what_was_run_is_what_a_reader_can_run() {
        let internal = "GOOS=windows go build -json -o /c/bin/ -overlay=/c/overlay.json -- m/p m/gowoa_linkproof";
        let with = |command: &str| Finding {
            check: CheckId::new("cross-compile"),
            evidence: vec![Evidence::Reproduce { command: command.to_owned() }],
            ..about("m/p")
        };
        let plain = with("GOOS=windows go build m/p\nsecond");
        assert_eq!(ran(&plain, internal), Ran { command: "GOOS=windows go build m/p", how: None });
        let check = with("gowoa check m/p");
        let Ran { command, how } = ran(&check, internal);
        assert!(command == "gowoa check m/p" && how.is_some_and(|how| how.contains("generated")));
        assert_eq!(ran(&check, "go build m/p").how, None);
        assert_eq!(ran(&about("m/p"), "go vet").command, "go vet");
    }

    #[test]
    fn what_is_pasted_is_the_command_alone() {
        let get = "go -C libs/a get d.e/m@v1.3.0   (built in this run for windows/arm64: ok)";
        let remark = "(built in this run for windows/arm64: ok)";
        assert_eq!(command(get), Some(("go -C libs/a get d.e/m@v1.3.0", remark)));
        let rule = "go get d.e/m@v1 (good by rule R (1); not tried: why)";
        assert_eq!(command(rule).map(|(command, _)| command), Some("go get d.e/m@v1"));
        for whole in ["go mod vendor", "  clang -c sum.c", "go build -ldflags='-X a.b=c (d)'"] {
            assert_eq!(command(whole), Some((whole, "")));
        }
        assert_eq!(command("or else: define X (for arm64)"), None);
        assert!(live(get).ends_with("(built just now for windows/arm64: ok)"));
    }

    #[test]
    fn the_words_of_tools_come_first_or_last_and_the_way_to_see_it_apart() {
        let output = Evidence::Output { command: "go".into(), status: None, text: "t".into() };
        let stops = Evidence::Stops { packages: Vec::new() };
        let again = Evidence::Reproduce { command: "go".into() };
        let evidence = vec![again.clone(), stops.clone(), output.clone()];
        let finding = Finding { evidence, ..about("m/p") };
        let first = in_order(&finding, ToolsWords::First);
        assert_eq!(first, (vec![&output, &stops], vec![&again]));
        let last = in_order(&finding, ToolsWords::Last);
        assert_eq!(last, (vec![&stops, &output], vec![&again]));
    }
}

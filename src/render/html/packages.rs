//! The packages, matched ones first: module and version, files, how far each came, and how it is reached.

use std::collections::HashMap;

use super::write::Page;
use super::{Context, begin, cut, end, scroll};
use crate::model::{
    BuildState, FileSetClass, ModuleRef, Reachability, Report, Severity, Subject, SubjectKind,
};
use crate::render::counts::tally;
use crate::render::reach;

/// Rows of the table.
const ROWS: usize = 20_000;

/// What the table lists.
pub(super) fn listed(report: &Report) -> impl Iterator<Item = &Subject> {
    report.subjects.iter().filter(|s| matches!(s.kind, SubjectKind::Package | SubjectKind::Test))
}

/// What the findings say of one package.
#[derive(Default)]
struct Found {
    /// Errors, warnings and notes that count.
    numbers: [u64; 3],
    reach: Option<Reachability>,
}

/// The section.
pub(super) fn write(page: &mut Page, context: &Context<'_>) {
    let report = context.view.report;
    let found = found(report);
    let mut rows: Vec<&Subject> = listed(report).collect();
    // Stable: what is alike stays in the order of the report, which is that of the names.
    rows.sort_by_key(|subject| !subject.matched);
    begin(page, "packages", "Packages");
    page.raw("<p class=\"lead\">Packages that were asked about come first, then what they import. ")
        .raw("<a href=\"#words\">What the words mean</a></p>\n")
        .raw("<form class=\"filters\" aria-label=\"Filter the packages\" hidden><p class=\"field wide\"><label for=\"pq\">")
        .raw("Search</label> <input id=\"pq\" type=\"search\" data-table=\"package-table\" autocomplete=\"off\" ")
        .raw("spellcheck=\"false\"></p><p class=\"shown\" role=\"status\" id=\"package-table-shown\"></p></form>\n");
    scroll(page, "Table of packages");
    page.raw("<table id=\"package-table\" class=\"sortable\">\n<thead><tr><th scope=\"col\">Package</th>")
        .raw("<th scope=\"col\">Module</th><th scope=\"col\">Files</th><th scope=\"col\">Build</th>")
        .raw("<th scope=\"col\">Reached</th><th scope=\"col\">Findings</th></tr></thead>\n<tbody>\n");
    for subject in rows.iter().take(ROWS) {
        row(page, subject, found.get(subject.name.as_str()));
    }
    page.raw("</tbody>\n</table>\n</div>\n");
    cut(page, rows.len().saturating_sub(ROWS), "package");
    words(page, &rows);
    end(page);
}

/// The findings by package.
fn found(report: &Report) -> HashMap<&str, Found> {
    let mut all: HashMap<&str, Found> = HashMap::new();
    let names: HashMap<_, _> = report.subjects.iter().map(|s| (&s.id, s.name.as_str())).collect();
    for finding in report.findings.iter().filter(|finding| finding.is_open()) {
        let name = finding.package.as_deref().or_else(|| names.get(&finding.subject).copied());
        let Some(name) = name else { continue };
        let found = all.entry(name).or_default();
        found.numbers[place(finding.severity)] += 1;
        found.reach =
            [found.reach, finding.reachability].into_iter().flatten().min_by_key(|r| rank(*r));
    }
    all
}

const fn place(severity: Severity) -> usize {
    match severity {
        Severity::Error => 0,
        Severity::Warning => 1,
        Severity::Note => 2,
    }
}

/// The closest first.
const fn rank(reach: Reachability) -> u8 {
    match reach {
        Reachability::StopsBuild => 0,
        Reachability::MainModule => 1,
        Reachability::LinkedFunction => 2,
        Reachability::LinkedPackage => 3,
        Reachability::GraphOnly => 4,
    }
}

/// How the package is reached: as its findings say, or else as far as the build shows it.
fn reached(subject: &Subject, found: Option<&Found>) -> Option<Reachability> {
    if let Some(reach) = found.and_then(|found| found.reach) {
        return Some(reach);
    }
    match (subject.matched, subject.build) {
        (true, _) => Some(Reachability::MainModule),
        (false, Some(BuildState::Linked)) => Some(Reachability::LinkedPackage),
        (false, Some(BuildState::Compiled)) => Some(Reachability::GraphOnly),
        (false, _) => None,
    }
}

fn row(page: &mut Page, subject: &Subject, found: Option<&Found>) {
    let numbers = found.map_or([0; 3], |found| found.numbers);
    let worst = numbers.iter().position(|number| *number > 0);
    page.raw(match worst {
        Some(0) => "<tr class=\"error\">",
        Some(1) => "<tr class=\"warning\">",
        _ => "<tr>",
    });
    page.raw("<th scope=\"row\">").path(&subject.name);
    page.raw(match (subject.kind, subject.command) {
        (SubjectKind::Test, _) => " tests",
        (_, true) => " command",
        _ => "",
    });
    page.raw("</th><td>");
    module(page, subject.module.as_ref());
    page.raw("</td><td>").raw(subject.class.map_or("-", FileSetClass::as_str));
    page.raw("</td><td class=\"state\">")
        .raw(subject.build.map_or("-", BuildState::as_str))
        .raw("</td>");
    match reached(subject, found) {
        Some(reach) => {
            page.raw("<td").numbered("data-v", "", rank(reach).into()).raw(">");
            page.raw(if reach == Reachability::MainModule && is_foreign(subject) {
                "asked about"
            } else {
                reach::short(reach)
            });
        }
        None => {
            page.raw("<td data-v=\"9\">-");
        }
    }
    // Errors weigh more than any number of warnings, and so on.
    let weight = numbers.iter().fold(0_u64, |sum, number| sum * 100_000 + number.min(&99_999));
    page.raw("</td><td")
        .numbered("data-v", "", usize::try_from(weight).unwrap_or(usize::MAX))
        .raw(">");
    if worst.is_some() {
        page.raw("<a href=\"#findings\"").attr("data-filter", &search(&subject.name)).raw(">");
        page.text(&tally(numbers).unwrap_or_default()).raw("</a>");
    } else {
        page.raw("-");
    }
    page.raw("</td></tr>\n");
}

/// The filter that searches for a name, as it stands in a fragment.
pub(super) fn search(name: &str) -> String {
    let mut out = "q=".to_owned();
    for c in name.chars() {
        match c {
            '%' | '&' | '=' | '+' | '#' => out.push_str(&format!("%{:02X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}

fn is_foreign(subject: &Subject) -> bool {
    subject.module.as_ref().is_some_and(|module| module.version.is_some())
}

fn module(page: &mut Page, module: Option<&ModuleRef>) {
    let Some(ModuleRef { path, version, replaced_by, vendored }) = module else {
        page.raw("-");
        return;
    };
    let version = version.as_ref().map(|version| format!("@{version}")).unwrap_or_default();
    page.path(&format!("{path}{version}"));
    if let Some(by) = replaced_by {
        page.raw(" replaced by ").code(by);
    }
    if *vendored {
        page.raw(" vendored");
    }
}

/// The words of the columns that stand there.
fn words(page: &mut Page, rows: &[&Subject]) {
    page.raw("<details id=\"words\" class=\"words\"><summary>What the words mean</summary>\n<dl class=\"grid\">\n");
    let classes = [
        (FileSetClass::Portable, "the same files for arm64 as for amd64"),
        (FileSetClass::ArchVariant, "Go files for one architecture each, and nothing missing"),
        (FileSetClass::NativeAssembly, "assembly for arm64 is there"),
        (FileSetClass::GenericFallback, "assembly on amd64, Go code on arm64"),
        (FileSetClass::AssemblyDropped, "assembly on amd64 only, with the same Go files"),
        (FileSetClass::FilesLost, "Go files on amd64 only, and nothing in their place"),
        (FileSetClass::Excluded, "no Go file is left on arm64"),
        (FileSetClass::CgoOnly, "exists only with cgo"),
        (FileSetClass::CgoPartial, "exists without cgo, but has other files with it"),
        (FileSetClass::ResourcesLost, "a resource or object file exists on amd64 only"),
    ];
    for (class, words) in classes {
        if rows.iter().any(|subject| subject.class == Some(class)) {
            page.raw("<dt>").raw(class.as_str()).raw("</dt><dd>").raw(words).raw("</dd>\n");
        }
    }
    let states = [
        (BuildState::Linked, "compiled and linked into an exe"),
        (BuildState::Compiled, "compiled; nothing links it"),
        (BuildState::Failed, "does not compile or link"),
        (BuildState::Stopped, "not built, because what it imports fails"),
        (BuildState::Excluded, "has no files for this target"),
        (BuildState::NotWindows, "fails for windows/amd64 too and builds elsewhere"),
        (BuildState::NotBuilt, "was not tried"),
    ];
    for (state, words) in states {
        if rows.iter().any(|subject| subject.build == Some(state)) {
            page.raw("<dt>").raw(state.as_str()).raw("</dt><dd>").raw(words).raw("</dd>\n");
        }
    }
    page.raw("</dl></details>\n");
}

#[cfg(test)]
mod tests {
    use super::search;

    #[test]
    fn a_name_is_searched_for_as_it_is() {
        assert_eq!(search("example.com/a&b=c%#+"), "q=example.com/a%26b%3Dc%25%23%2B");
    }
}

//! A report of several.

use crate::model::{PlanReport, Report};

use super::sample_report;

/// The sample as if it was merged of the reports of two machines, which did the same in a directory of the repository.
pub(crate) fn merged_report() -> Report {
    let mut report = sample_report();
    let labels = ["linux", "windows"].map(str::to_owned);
    for (finding, label) in report.findings.iter_mut().zip(labels.iter().cycle()) {
        finding.origin = vec![label.clone()];
    }
    report.plan = PlanReport {
        go_origin: Some("--go".to_owned()),
        go: Some("../sdk/go/bin/go".to_owned()),
        started_in: Some("services".to_owned()),
        directory: Some("app".to_owned()),
        base: Some("services/app".to_owned()),
        all_modules: true,
        config: None,
        no_config: true,
        reports: labels.to_vec(),
        ..report.plan
    };
    report
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Anchor, AnchorKind};
    use crate::render::Format;
    use crate::render::junit::Dialect;
    use crate::render::sample::module;

    fn text(report: &Report, format: Format) -> String {
        format.render(report, &[]).unwrap()
    }

    #[test]
    fn every_text_for_people_says_which_report_has_the_finding() {
        let report = merged_report();
        for (format, words) in [
            (Format::Text, "github.com/go-ole/go-ole v1.2.5 (in linux)"),
            (Format::Markdown, "`github.com/go-ole/go-ole@v1.2.5` in `linux`"),
            (Format::Html, "github.com/go-ole/go-ole v1.2.5 (in linux)"),
            (Format::Github, "github.com/go-ole/go-ole v1.2.5 (in linux)"),
            (Format::Junit { dialect: Dialect::Rich }, "  in       linux\n"),
        ] {
            let text = text(&report, format);
            assert!(text.contains(words), "{format}: {text}");
        }
        let screen = Report {
            plan: PlanReport {
                subcommand: crate::model::Subcommand::Screen,
                ..report.plan.clone()
            },
            ..report
        };
        assert!(text(&screen, Format::Text).contains("github.com/go-ole/go-ole@v1.2.5 (in linux)"));
    }

    #[test]
    fn a_page_of_several_is_not_named_for_one_of_them() {
        let mut report = merged_report();
        let about = |report: &Report| {
            let page = text(report, Format::Html);
            let about = page.split_once("<p class=\"about\">").unwrap().1;
            let about =
                about.split_once("</bdi>").unwrap().0.replace("<wbr>", "").replace("<bdi>", "");
            assert!(
                page.contains(&format!(": {about} for windows/arm64 - gowoa</title>")),
                "{about}"
            );
            about
        };
        assert_eq!(about(&report), "2 reports (linux, windows)");
        report.plan.reports.clear();
        assert_eq!(about(&report), "example.com/app@v1.0.0");
        report.plan.module = None;
        let own = |path: &str| crate::model::ModuleRef { version: None, ..module(path, "") };
        for subject in report.subjects.iter_mut().filter(|subject| subject.matched) {
            subject.module = Some(own("example.com/app"));
        }
        assert_eq!(about(&report), "example.com/app");
        let last = report
            .subjects
            .iter_mut()
            .rfind(|subject| subject.matched && subject.kind == crate::model::SubjectKind::Package);
        last.unwrap().module = Some(own("example.com/tools"));
        assert_eq!(about(&report), "2 modules (example.com/app, example.com/tools)");
    }

    #[test]
    fn the_file_of_a_dependency_is_not_taken_for_one_of_the_project() {
        let report = merged_report();
        for (format, words) in [
            (Format::Markdown, "| `github.com/go-ole/go-ole@v1.2.5/com.go:238:21`"),
            (
                Format::Html,
                "<dt>Where</dt><dd><code>github.com/go-ole/go-ole@v1.2.5/com.go:238:21<",
            ),
        ] {
            let text = text(&report, format).replace("<wbr>", "");
            assert!(text.contains(words), "{format}: {text}");
        }
    }

    #[test]
    fn the_page_says_what_a_link_proof_is() {
        let mut report = merged_report();
        let mut image = report.subjects.iter().find(|s| !s.packages.is_empty()).unwrap().clone();
        image.name = "bin/gowoa_linkproof.exe".to_owned();
        image.packages = vec!["m/a".to_owned(), "m/b".to_owned()];
        report.subjects.push(image);
        let page = text(&report, Format::Html).replace("<wbr>", "").replace("<bdi>", "");
        let row =
            "gowoa_linkproof.exe</code> <span class=\"of\">link proof of m/a, m/b</bdi></span>";
        assert!(page.contains(row), "{page}");
    }

    #[test]
    fn pages_of_the_repository_say_what_paths_are_relative_to() {
        let mut report = merged_report();
        let both = [Format::Markdown, Format::MarkdownAzure, Format::Html];
        let say = |report: &Report, words: &str| {
            both.map(|format| text(report, format).matches(words).count())
        };
        assert_eq!(say(&report, "Paths are relative to"), [1; 3]);
        assert_eq!(say(&report, "services/app/"), [1; 3]);
        // Directories that differ: each finding is in its own.
        report.plan.base = None;
        assert_eq!(say(&report, "Paths are relative to"), [0; 3]);
        let own = report.findings.iter_mut().find(|finding| finding.location.is_some()).unwrap();
        let file = "services/app/com.go".to_owned();
        own.anchor = Some(Anchor { file, line: None, column: None, kind: AnchorKind::Location });
        assert_eq!(
            say(&report, "Paths are relative to the directory that the finding is in"),
            [1; 3]
        );
        // So is one of a dependency, whose place is no file of the repository.
        let required = |file: &str| {
            Some(Anchor {
                file: file.to_owned(),
                line: Some(9),
                column: None,
                kind: AnchorKind::Requirement,
            })
        };
        let mut dependency = report.clone();
        for finding in &mut dependency.findings {
            finding.anchor = required("go.mod");
        }
        assert_eq!(say(&dependency, "Paths are relative to"), [0; 3]);
        dependency.findings[0].anchor = required("libs/gopsutil/go.mod");
        assert_eq!(say(&dependency, "Paths are relative to the directory"), [1; 3]);
        // At the root of the repository nothing is said.
        report.plan.reports.clear();
        assert_eq!(say(&report, "Paths are relative to"), [0; 3]);
    }
}

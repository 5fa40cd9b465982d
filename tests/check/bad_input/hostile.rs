//! Hostile text: what a compiler quotes from a source file reaches no terminal, CI runner or XML reader raw.

use crate::projects::{Project, assert_sane, assert_xml};

/// Commands of CI runners, control sequences, text that reorders what is read, and markup.
const HOSTILE: &[&str] = &[
    "::error file=x,line=1::pwned",
    "##[error]pwned",
    "##vso[task.setvariable variable=x]pwned",
    "\u{1b}[31mred\u{1b}]0;title\u{7}",
    "\u{202e}desrever",
    "\u{2066}isolate\u{2069}",
    "]]><x y='\"&amp;\">",
    "\u{200b}\u{feff}\u{85}\u{2028}",
    "\u{8}\u{8}\u{c}",
    "\u{fffe}\u{ffff}\u{10ffff}",
];

fn assert_tame(project: &Project, run: &crate::harness::Run) {
    assert_sane(run);
    for line in run.stderr.lines() {
        let start = line.trim_start();
        assert!(!start.starts_with("::"), "a workflow command: {line:?}");
        assert!(!line.contains("##[") && !line.contains("##vso["), "a workflow command: {line:?}");
        let hidden = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}' | '\u{feff}');
        assert!(!line.chars().any(hidden), "hidden text: {line:?}");
    }
    // The harness has parsed the JSON.
    project.assert_whole_reports();
    let strict = fs_err::read_to_string(project.beside("strict.xml")).unwrap();
    let rich = fs_err::read_to_string(project.junit()).unwrap();
    for xml in [&strict, &rich] {
        assert_xml(xml);
        let forbidden = |c: char| {
            (c.is_control() && !matches!(c, '\n' | '\t' | '\r')) && c < '\u{80}'
                || matches!(c, '\u{fffe}' | '\u{ffff}')
        };
        assert!(!xml.chars().any(forbidden), "XML 1.0 has no such character");
    }
}

fn check(project: &Project) -> crate::harness::Run {
    let strict = format!("junit-strict={}", project.beside("strict.xml").display());
    project.check().arg("--report").arg(strict).run()
}

#[test]
fn what_a_compiler_quotes() {
    for hostile in HOSTILE {
        // A constant overflows: the compiler quotes the string in the error, and the //line directive makes
        // the name of the file hostile too.
        let source = format!("package a\n\nvar A int = `{hostile}`\n");
        let project = Project::module().file("a/a.go", source);
        let run = check(&project);
        assert!(matches!(run.code, Some(1 | 2)), "{hostile:?}: {}", run.stderr);
        assert_tame(&project, &run);
    }
}

#[test]
fn what_a_line_directive_names() {
    for hostile in HOSTILE {
        let one_line: String = hostile.chars().filter(|c| *c != '\n').collect();
        let source = format!("package a\n\n//line {one_line}:7\nvar A int = \"x\"\n");
        let project = Project::module().file("a/a.go", source);
        let run = check(&project);
        assert!(matches!(run.code, Some(1 | 2)), "{hostile:?}: {}", run.stderr);
        assert_tame(&project, &run);
    }
}

#[test]
fn an_embedded_file_that_is_not_there() {
    for hostile in HOSTILE {
        let source =
            format!("package a\n\nimport _ \"embed\"\n\n//go:embed \"{hostile}\"\nvar A string\n");
        let project = Project::module().file("a/a.go", source);
        let run = check(&project);
        assert!(matches!(run.code, Some(1 | 2)), "{hostile:?}: {}", run.stderr);
        assert_tame(&project, &run);
    }
}

#[cfg(unix)] // The stand-in is a shell script, and these names are Unix's.
#[test]
fn what_a_tool_prints_and_what_a_file_is_called() {
    use crate::projects::fake::{FakeGo, said};
    use crate::projects::texts;
    for hostile in HOSTILE {
        let project = Project::module();
        let package = "example.com/m/cmd/x";
        let event = |action: &str, output: String| {
            serde_json::json!({"ImportPath": package, "Action": action, "Output": output})
                .to_string()
        };
        let words = format!("# {package}\ncmd/x/main.go:3:1: undefined: {hostile}\n{hostile}\n");
        let lines = [event("build-output", words), event("build-fail", String::new())].join("\n");
        let go = FakeGo::new(&project).build(format!("{}\nexit 1", said(&lines))).write(&project);
        let strict = format!("junit-strict={}", project.beside("strict.xml").display());
        let run = project.check().arg("--report").arg(strict).arg("--go").arg(go).run();
        assert!(matches!(run.code, Some(1 | 2)), "{hostile:?}: {}", run.stderr);
        assert_tame(&project, &run);
        // The JSON has the text as it was, for programs.
        let told = texts(run.report());
        assert!(told.iter().any(|text| text.contains("undefined: ")), "{told:?}");

        // The words of an error that ends the run.
        let go = FakeGo::new(&project)
            .env(format!("{{\n{}\n}} >&2\nexit 1", said(&format!("{hostile}\n{hostile}"))))
            .write(&project);
        fs_err::remove_file(project.junit()).unwrap();
        let run = project.check().arg("--go").arg(go).run();
        project.assert_refused(&run, &["env -json` failed"]);
        for line in run.stderr.lines() {
            assert!(!line.trim_start().starts_with("::") && !line.contains("##["), "{line:?}");
        }
    }
}

#[cfg(unix)] // Only there may an argument hold a line break.
#[test]
fn what_an_argument_says() {
    let project = Project::module();
    for hostile in ["::error::pwned", "\u{1b}[31mred", "##[error]pwned", "\u{202e}desrever"] {
        for arg in [
            format!("--x\n{hostile}"),
            format!("--mod=x\n{hostile}"),
            format!("--go-flag=x\n{hostile}"),
            format!("--report=x\n{hostile}"),
            format!("--directory=x\n{hostile}"),
            format!("--go=./x\n{hostile}"),
            format!("./x\n{hostile}"),
        ] {
            let run = project.check().arg(&arg).run();
            assert_eq!(run.code, Some(2), "{arg:?}: {}", run.stderr);
            assert_sane(&run);
            for line in run.stderr.lines() {
                assert!(!line.trim_start().starts_with("::"), "{arg:?}: {line:?}");
                assert!(!line.contains("##[") && !line.contains('\u{202e}'), "{arg:?}: {line:?}");
            }
        }
    }
}

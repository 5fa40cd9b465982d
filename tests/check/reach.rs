//! How packages and functions get into what is built: what every finding says of it, and `gowoa screen --why`.

use std::path::Path;

use serde_json::Value;

use crate::fixtures::{array, runs};
use crate::harness::{Gowoa, Run};

/// A command, and a dependency with a function in every place: linked, inlined, kept for reflection or for an
/// interface, in a linked package, in the graph of amd64 alone.
const APP: &[(&str, &str)] = &[
    (
        "go.mod",
        "module example.com/app\n\ngo 1.24\n\nrequire example.com/dep v1.0.0\n\nreplace example.com/dep => ./dep\n",
    ),
    (
        "cmd/app/main.go",
        r#"package main

import (
	"os"
	"reflect"

	"example.com/app/internal/run"
	"example.com/dep/used.v2"
)

//go:noinline
func reflected(i any) {
	m, _ := reflect.TypeOf(i).MethodByName(os.Args[1])
	println(m.Name)
}

//go:noinline
func shown(i interface{ Show() int }) int { return i.Show() }

func main() {
	n := len(os.Args)
	t := &used.T{N: n}
	reflected(t)
	used.Inlined(&n)
	println(run.Run(n), shown(t), used.Limit)
}
"#,
    ),
    (
        "internal/run/run.go",
        "package run\n\nimport \"example.com/dep/used.v2\"\n\n//go:noinline\nfunc Run(n int) int { return used.Linked(n) }\n",
    ),
    ("cmd/app/main_amd64.go", "package main\n\nimport _ \"example.com/dep/graph\"\n"),
    ("dep/go.mod", "module example.com/dep\n\ngo 1.24\n"),
    (
        "dep/used.v2/used.go",
        r#"package used

import "example.com/dep/imported"

const Limit = imported.Limit

type T struct{ N int }

func (t *T) Show() int { return byInterface() }

//go:noinline
func byInterface() int { return 4 }

func (t *T) Reflected() int { return byReflection() }

//go:noinline
func byReflection() int { return 3 }

//go:noinline
func Linked(n int) int { return n * 2 }

// Inlined leaves instructions behind wherever it goes.
func Inlined(p *int) { *p += 3 }

//go:noinline
func NotLinked(n int) int { return n * 3 }
"#,
    ),
    // Files for one architecture make it a package that checks have something to say of.
    ("dep/used.v2/more_amd64.go", "package used\n\nfunc More() int { return 1 }\n"),
    (
        "dep/imported/imported.go",
        "package imported\n\nconst Limit = 7\n\nfunc F() int { return 1 }\n",
    ),
    ("dep/graph/graph.go", "package graph\n\nfunc F() int { return 1 }\n"),
    ("dep/graph/more_amd64.go", "package graph\n\nfunc More() int { return 1 }\n"),
];

pub(crate) fn write(dir: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let path = dir.join(name);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
    }
}

pub(crate) fn said(run: &Run) -> &str {
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    &run.stdout
}

#[test]
fn why_a_package_or_a_function_is_there() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), APP);
    let chain = "  chain    example.com/app/cmd/app\n           -> example.com/dep/used.v2 v1.0.0 (replaced by ./dep)\n";
    let cases: &[(&str, &[&str], &[&str])] = &[
        (
            "example.com/dep/used.v2",
            &[chain, "reach    linked package\n", "into app.exe", "Linked"],
            &[],
        ),
        (
            "example.com/dep/used.v2.Linked",
            &[
                chain,
                "reach    linked function\n",
                "linker   main.main\n           -> example.com/app/internal/run.Run\n           -> example.com/dep/used%2ev2.Linked\n",
                "by direct references",
            ],
            &[],
        ),
        (
            "example.com/dep/used.v2.Inlined",
            &["linked function\n", "only inlined"],
            &["  linker  "],
        ),
        (
            "example.com/dep/used.v2.byReflection",
            &["linked function\n", "(*T).Reflected\n", "because reflection could"],
            &[],
        ),
        (
            "example.com/dep/used.v2.byInterface",
            &["linked function\n", "(*T).Show\n", "of a type in an interface"],
            &["because reflection"],
        ),
        (
            "example.com/dep/used.v2.NotLinked",
            &["reach    linked package\n", "NotLinked is in no exe"],
            &["  linker  "],
        ),
        (
            "example.com/dep/used.v2.More",
            &["declared in dep/used.v2/more_amd64.go, which is not built", "More is in no exe"],
            &["  linker  "],
        ),
        (
            "example.com/dep/imported",
            &[
                "-> example.com/dep/imported v1.0.0",
                "linked package\n",
                "no function of the package",
            ],
            &[],
        ),
        (
            "example.com/dep/graph",
            &["in the graph only", "of windows/amd64: nothing for windows/arm64 imports it"],
            &["linked   into"],
        ),
        (
            "example.com/app/cmd/app.shown",
            &["main module, linked\n", "main.main\n           -> main.shown\n"],
            &[],
        ),
    ];
    for (asked, parts, without) in cases {
        let run = Gowoa::why(dir.path(), asked).run();
        let text = said(&run);
        for part in *parts {
            assert!(text.contains(part), "{asked} lacks {part:?}:\n{text}");
        }
        for part in *without {
            assert!(!text.contains(part), "{asked} has {part:?}:\n{text}");
        }
    }
}

#[test]
fn the_users_own_linker_flags_hold_for_the_linkers_way_in_every_form() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), APP);
    let asked = "example.com/dep/used.v2.Linked";
    let way = "-> example.com/app/internal/run.Run";
    for flags in ["-s -w", "example.com/app/...=-s -X 'main.name=a b'", "example.com/other=-s", ""]
    {
        let ldflags = format!("--ldflags={flags}");
        let run = Gowoa::why(dir.path(), asked).arg(ldflags).run();
        assert!(said(&run).contains(way), "{flags}: {}", run.stdout);
        let variable = format!("-buildvcs=false \"-ldflags={flags}\"");
        let run = Gowoa::why(dir.path(), asked).env("GOFLAGS", variable).run();
        assert!(said(&run).contains(way), "GOFLAGS {flags}: {}", run.stdout);
    }
    // The exe of the user's flags is untouched by the linker's second run: it is still there, and an ARM64 exe.
    let out = dir.path().join("out");
    let run = Gowoa::check(dir.path()).arg("--out-dir").arg(&out).run();
    assert_eq!(run.report()["counts"]["images"], 1, "{}", run.stderr);
}

#[test]
fn what_only_a_link_proof_holds_is_what_users_could_reach() {
    let dir = tempfile::tempdir().unwrap();
    let library = "package app\n\nimport \"example.com/dep/used.v2\"\n\n// Exported is what a user calls.\nfunc Exported(n int) int { return used.Linked(n) }\n";
    let files: Vec<(&str, &str)> = APP
        .iter()
        .filter(|(name, _)| !name.starts_with("cmd/") && !name.starts_with("internal/"))
        .copied()
        .chain([("app.go", library)])
        .collect();
    write(dir.path(), &files);
    let run = Gowoa::why(dir.path(), "example.com/dep/used.v2.Linked").run();
    let text = said(&run);
    for part in [
        "chain    example.com/app\n",
        "reach    linked function\n",
        "gowoa_linkproof.exe (the program that links the libraries, as their",
        "-> example.com/app.Exported\n",
    ] {
        assert!(text.contains(part), "lacks {part:?}:\n{text}");
    }
    assert!(!text.contains("reflection"), "a link proof asks reflection for everything:\n{text}");
    let run = Gowoa::why(dir.path(), "example.com/dep/used.v2.NotLinked").run();
    assert!(said(&run).contains("reach    linked package\n"), "{}", run.stdout);
}

#[test]
fn an_unknown_package_is_answered_with_those_that_look_like_it() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), APP);
    for (asked, part) in [
        ("example.com/dep/used.v3", "perhaps --why example.com/dep/used.v2"),
        ("graph", "perhaps --why example.com/dep/graph"),
        ("net/http", "Go's own packages are not screened"),
        ("github.com/quite/other", "list every package"),
        ("", "no package"),
        ("example.com/dep/used.v2.Lniked", "example.com/dep/used.v2 declares no function Lniked"),
        ("example.com/dep/used.v2.Lniked", "perhaps --why 'example.com/dep/used.v2.Linked'"),
        ("example.com/dep/used.v2.T.Shew", "perhaps --why 'example.com/dep/used.v2.(*T).Show'"),
        ("example.com/dep/used.v2.\u{1b}[31mQuite", "names functions of it that are linked"),
        ("\u{1b}[31m", "no package"),
    ] {
        let run = Gowoa::why(dir.path(), asked).run();
        assert_eq!(run.code, Some(2), "{asked}: {}", run.stderr);
        assert!(run.stderr.contains(part), "{asked}: {}", run.stderr);
        assert!(run.stdout.is_empty() && !run.stderr.contains('\u{1b}'), "{}", run.stderr);
    }
    fs_err::write(dir.path().join("go.mod"), "nonsense").unwrap();
    let run = Gowoa::why(dir.path(), "example.com/app").run();
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(run.stderr.contains("go.mod"), "{}", run.stderr);
}

/// A finding names its package, and how that gets into what is built: in every fixture, whichever check made it.
#[test]
fn every_finding_about_a_package_says_how_it_is_reached() {
    let mut seen = 0;
    for fixture in runs() {
        let Some(report) = &fixture.run.report else { continue };
        for finding in array(&report["findings"]) {
            let of_package =
                finding["subject"].as_str().unwrap_or_default().starts_with("package:");
            assert!(!of_package || finding["package"].is_string(), "{}: {finding}", fixture.name);
            if finding["package"].is_string() {
                let reach = finding["reachability"].as_str();
                assert!(reach.is_some(), "{}: {finding}", fixture.name);
                seen += 1;
                severity_fits(&fixture.name, finding, reach.unwrap());
            }
        }
    }
    assert!(seen > 0 || !crate::fixtures::filter().is_empty(), "no fixture has a finding");
}

/// The severity that a finding may have at a reachability; `package-excluded` has rules of its own.
fn severity_fits(name: &str, finding: &Value, reach: &str) {
    let severity = finding["severity"].as_str().unwrap();
    let fits = match reach {
        _ if finding["check"] == "package-excluded" => true,
        "graph-only" => severity == "note",
        "linked-package" => severity != "error",
        _ => true,
    };
    assert!(fits, "{name}: {finding}");
}

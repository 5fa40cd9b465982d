//! What reflection alone keeps: in the findings of `gowoa check` and `gowoa screen`, and in `gowoa screen --why`,
//! beside the linker's own graph.

use std::collections::BTreeSet;
use std::path::Path;

use crate::fixtures::array;
use crate::harness::Gowoa;
#[cfg(unix)]
use crate::projects::fake::{real_go, script};
use crate::reach::{said, write};

/// Packages of a dependency that each pass a float to Windows in one function, and how a program comes to that.
/// The program looks methods up by a name that it is given, so each exported one is kept.
struct Way {
    /// Name of the package.
    package: &'static str,
    /// Its declarations; `call(f)` stands for the system call.
    source: &'static str,
    /// What the program does, beside `reflected(&T{})`.
    main: &'static str,
    /// The function that the finding is about.
    function: &'static str,
    /// Whether reflection alone keeps it.
    kept: bool,
}

const WAYS: &[Way] = &[
    Way {
        package: "kept",
        source: "func (t *T) Kept(f float32) { call(f) }",
        main: "",
        function: "(*T).Kept",
        kept: true,
    },
    Way {
        package: "below",
        source: "func (t *T) Below(f float32) { below(f) }\n//go:noinline\nfunc below(f float32) { call(f) }",
        main: "",
        function: "below",
        kept: true,
    },
    Way {
        package: "byvalue",
        source: "func (t T) ByValue(f float32) { call(f) }",
        main: "",
        function: "T.ByValue",
        kept: true,
    },
    Way {
        package: "closure",
        source: "func (t *T) Closure(f float32) { go func() { call(f) }() }",
        main: "",
        function: "(*T).Closure",
        kept: true,
    },
    Way {
        package: "direct",
        source: "//go:noinline\nfunc (t *T) Direct(f float32) { call(f) }",
        main: "t := new(direct.T); t.Direct(1)",
        function: "(*T).Direct",
        kept: false,
    },
    // The body is kept for reflection, and nothing calls it; but its code is in main.main.
    Way {
        package: "inlined",
        source: "func (t *T) Inlined(f float32) { call(f) }",
        main: "t := new(inlined.T); t.Inlined(1)",
        function: "(*T).Inlined",
        kept: false,
    },
    Way {
        package: "iface",
        source: "func (t *T) Shown(f float32) { call(f) }",
        main: "show(&iface.T{})",
        function: "(*T).Shown",
        kept: false,
    },
    // The linker names one of the two ways to the function, and which of them chance decides.
    Way {
        package: "first",
        source: "func (t *T) Aaa(f float32) { shared(f) }\nfunc (t *T) Shown(f float32) { shared(f) }\n//go:noinline\nfunc shared(f float32) { call(f) }",
        main: "show(&first.T{})",
        function: "shared",
        kept: false,
    },
    Way {
        package: "second",
        source: "//go:noinline\nfunc shared(f float32) { call(f) }\nfunc (t *T) Shown(f float32) { shared(f) }\nfunc (t *T) Zzz(f float32) { shared(f) }",
        main: "show(&second.T{})",
        function: "shared",
        kept: false,
    },
    Way {
        package: "types",
        source: "type A struct{}\nfunc (t *T) Made(f float32) { Show(A{}) }\nfunc (t *T) Shown(float32) { Show(A{}) }\nvar Show func(interface{ Shown(float32) })\nfunc (A) Shown(f float32) { call(f) }",
        main: "types.Show = func(i interface{ Shown(float32) }) { show(i) }; show(&types.T{})",
        function: "A.Shown",
        kept: false,
    },
    Way {
        package: "variable",
        source: "func (t *T) Variable(f float32) { variable(f) }\nvar Hook = variable\n//go:noinline\nfunc variable(f float32) { call(f) }",
        main: "hooks = append(hooks, variable.Hook)",
        function: "variable",
        kept: false,
    },
    Way {
        package: "methodvalue",
        source: "//go:noinline\nfunc (t *T) Bound(f float32) { call(f) }",
        main: "hooks = append(hooks, new(methodvalue.T).Bound)",
        function: "(*T).Bound",
        kept: false,
    },
    // Reflection that names the method calls it.
    Way {
        package: "named",
        source: "func (t *T) Named(f float32) { call(f) }",
        main: "reflect.ValueOf(&named.T{}).MethodByName(\"Named\")",
        function: "(*T).Named",
        kept: false,
    },
    // One program keeps it for reflection, the other one calls it.
    Way {
        package: "other",
        source: "//go:noinline\nfunc (t *T) Other(f float32) { call(f) }",
        main: "",
        function: "(*T).Other",
        kept: false,
    },
];

/// Writes a module with a program that uses them all, and another one.
fn write_ways(dir: &Path) {
    let mut imports = String::new();
    let mut uses = String::new();
    for Way { package, source, main, .. } in WAYS {
        let text = format!(
            "package {package}\n\nimport (\n\t\"math\"\n\t\"syscall\"\n)\n\nvar width = \
             syscall.NewLazyDLL(\"gdiplus.dll\").NewProc(\"GdipSetPenWidth\")\n\ntype T struct{{ n int }}\n\n{}\n",
            source.replace("call(f)", "width.Call(uintptr(math.Float32bits(f)))")
        );
        write(dir, &[(&format!("dep/{package}/{package}_windows.go"), &text)]);
        imports.push_str(&format!("\t\"example.com/dep/{package}\"\n"));
        uses.push_str(&format!("\treflected(&{package}.T{{}})\n"));
        if !main.is_empty() {
            uses.push_str(&format!("\tfunc() {{ {main} }}()\n"));
        }
    }
    let main = format!(
        r#"package main

import (
	"os"
	"reflect"

{imports})

var hooks []func(float32)

//go:noinline
func reflected(i any) {{
	m, _ := reflect.TypeOf(i).MethodByName(os.Args[1])
	println(m.Name)
}}

//go:noinline
func show(i interface{{ Shown(float32) }}) {{ i.Shown(1) }}

func main() {{
{uses}	hooks[len(os.Args)](1)
}}
"#
    );
    let other = "package main\n\nimport \"example.com/dep/other\"\n\nfunc main() { t := new(other.T); t.Other(1) }\n";
    write(
        dir,
        &[
            (
                "go.mod",
                "module example.com/app\n\ngo 1.24\n\nrequire example.com/dep v1.0.0\n\nreplace example.com/dep => ./dep\n",
            ),
            ("dep/go.mod", "module example.com/dep\n\ngo 1.24\n"),
            ("cmd/app/main.go", &main),
            ("cmd/other/main.go", other),
        ],
    );
}

#[test]
fn a_finding_says_that_reflection_alone_keeps_the_function_and_only_where_nothing_calls_it() {
    let dir = tempfile::tempdir().unwrap();
    write_ways(dir.path());
    let linker = reached_only_by_reflection(dir.path());
    // Of these the linker's graph alone would say that nothing calls them: the code of the exe knows better.
    let names = |package: &str, function: &str| {
        linker.contains(&format!("example.com/dep/{package}.{function}"))
    };
    assert!(names("first", "shared") || names("second", "shared"), "{linker:?}");
    assert!(names("inlined", "(*T).Inlined") && names("types", "A.Shown"), "{linker:?}");
    let runs = [
        Gowoa::check(dir.path()),
        Gowoa::check(dir.path()).arg("--ldflags=-s -w"),
        Gowoa::screen(dir.path()).arg("--no-cache"),
        Gowoa::screen(dir.path()).arg("--ldflags=-s -w"),
    ];
    for (number, run) in runs.into_iter().enumerate() {
        let run = run.run();
        let report = run.report();
        for Way { package, function, kept, .. } in WAYS {
            let about = format!("{package}, run {number}");
            let path = format!("example.com/dep/{package}");
            let finding = array(&report["findings"])
                .iter()
                .find(|finding| finding["package"] == path.as_str())
                .unwrap_or_else(|| panic!("{about}: no finding\n{}", run.stderr));
            assert_eq!(finding["location"]["function"], *function, "{about}");
            assert_eq!(finding["reachability"], "linked-function", "{about}");
            assert_eq!(finding["severity"], "error", "{about}: reflection lowers nothing");
            let linked = array(&finding["evidence"])
                .iter()
                .find(|evidence| evidence["kind"] == "linked")
                .unwrap_or_else(|| panic!("{about}: {finding}"));
            let said = linked["reflection"] == true;
            assert_eq!(said, *kept, "{about}: {linked}");
            // Never more than the linker's own graph allows.
            let symbol = format!("{path}.{function}");
            assert!(!said || linker.contains(&symbol), "{about}: the linker has another way");
            let way = linked["path"].as_array().map(Vec::as_slice).unwrap_or_default();
            assert_eq!(way.is_empty(), !kept, "{about}: {linked}");
            let image = if *package == "other" { "other.exe" } else { "app.exe" };
            assert_eq!(linked["image"], image, "{about}");
        }
        let words = ["reflection alone", "only reflection could"];
        let words =
            if number < 2 { &["kept because reflection could call it", words[1]] } else { &words };
        for part in words {
            assert!(run.stderr.replace('\n', " ").contains(part), "{part}: {}", run.stderr);
        }
        let phases = array(&report["phases"]);
        assert!(phases.iter().any(|phase| phase["name"] == "reflection"), "{phases:?}");
    }
}

#[test]
fn the_answer_to_why_says_so_too_and_only_where_nothing_calls_it() {
    let dir = tempfile::tempdir().unwrap();
    write_ways(dir.path());
    for Way { package, function, kept, .. } in WAYS {
        // The answer is about one exe, and names the first.
        if *package == "other" {
            continue;
        }
        let run = Gowoa::why(dir.path(), &format!("example.com/dep/{package}.{function}")).run();
        let text = said(&run);
        assert_eq!(text.contains("because reflection could"), *kept, "{text}");
        assert!(text.contains(&format!("-> example.com/dep/{package}.{function}\n")), "{text}");
    }
}

/// By the linker's own graph, read with other means: the symbols to which no way leads but over a method that no
/// interface calls.
fn reached_only_by_reflection(dir: &Path) -> BTreeSet<String> {
    let output = std::process::Command::new("go")
        .args(["build", "-o", if cfg!(windows) { "NUL" } else { "/dev/null" }])
        .args(["-ldflags=-dumpdep -v=2 -w", "./cmd/app"])
        .env("GOOS", "windows")
        .env("GOARCH", "arm64")
        .env("CGO_ENABLED", "0")
        .current_dir(dir)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    let after = |prefix: &str| {
        let lines = text.lines().filter_map(|line| line.strip_prefix(prefix));
        lines.map(str::to_owned).collect::<BTreeSet<_>>()
    };
    let called = after("reached iface method: ");
    let by_name = after("reached generic iface method: ");
    let mut for_reflection = BTreeSet::new();
    for line in after("markable method: ") {
        let (signature, of) = line.split_once(" of sym ").unwrap();
        let (_, of) = of.split_once(' ').unwrap();
        let name = signature.trim_start_matches('{').split(' ').next().unwrap();
        if !called.contains(signature) && !by_name.contains(name) {
            for_reflection.insert((of.to_owned(), format!(".{name}")));
        }
    }
    let plain = |symbol: &str| symbol.split(" <").next().unwrap_or_default().to_owned();
    let edges: Vec<(String, String)> = text
        .lines()
        .filter_map(|line| line.split_once(" -> "))
        .map(|(from, to)| (plain(from), plain(to)))
        .collect();
    let mut reached = BTreeSet::from(["_".to_owned()]);
    loop {
        let before = reached.len();
        for (from, to) in &edges {
            let method = to.rfind('.').map(|at| (from.clone(), to[at..].to_owned()));
            let reflection = method.is_some_and(|method| for_reflection.contains(&method));
            if reached.contains(from) && (!reflection || to.starts_with("type:")) {
                reached.insert(to.clone());
            }
        }
        if reached.len() == before {
            break;
        }
    }
    edges.into_iter().map(|(_, to)| to).filter(|to| !reached.contains(to)).collect()
}

#[test]
fn a_program_without_lookups_is_not_linked_again() {
    let dir = tempfile::tempdir().unwrap();
    write_ways(dir.path());
    fs_err::remove_dir_all(dir.path().join("cmd/app")).unwrap();
    let run = Gowoa::screen(dir.path()).run();
    let report = run.report();
    assert_eq!(array(&report["findings"]).len(), 1, "{}", run.stderr);
    let phases = array(&report["phases"]);
    assert!(!phases.iter().any(|phase| phase["name"] == "reflection"), "{phases:?}");
}

/// A second run of the same tree asks the linker nothing, and what lies in the cache is believed only as it was left.
#[cfg(unix)]
#[test]
fn what_the_linker_said_is_asked_once_for_the_same_exe_and_damage_is_ignored() {
    let dir = tempfile::tempdir().unwrap();
    let beside = tempfile::tempdir().unwrap();
    write_ways(dir.path());
    let calls = beside.path().join("calls");
    let go = script(
        &beside.path().join("go"),
        &format!(
            "printf '%s\\n' \"$*\" >> '{}'\nexec '{}' \"$@\"\n",
            calls.display(),
            real_go().display()
        ),
    );
    let cache = beside.path().join("cache");
    // The findings, and how often the linker was asked.
    let run = |more: &[&str]| {
        fs_err::write(&calls, "").unwrap();
        let run = Gowoa::check(dir.path()).arg("--go").arg(&go).env("GOWOA_CACHE", &cache);
        let run = run.args(more).run();
        let links = fs_err::read_to_string(&calls).unwrap();
        let links = links.lines().filter(|call| call.contains("-dumpdep")).count();
        (run.report()["findings"].clone(), links)
    };
    let (first, links) = run(&[]);
    assert_eq!((array(&first).len(), links), (WAYS.len(), 1));
    assert_eq!(run(&[]), (first.clone(), 0), "nothing changed");
    assert_eq!(run(&["--ldflags=-s"]).1, 1, "another exe");
    assert_eq!(run(&[]), (first.clone(), 0), "the first one again");

    let entries = || {
        let projects = fs_err::read_dir(cache.join("projects")).unwrap();
        let dirs = projects.map(|entry| entry.unwrap().path().join("reflection"));
        let files = dirs.flat_map(|dir| fs_err::read_dir(dir).unwrap());
        files.map(|entry| entry.unwrap().path()).collect::<Vec<_>>()
    };
    let damages: [fn(&str) -> String; 3] = [
        |text| text[..text.len() / 2].to_owned(),
        // Another answer, whose sum is not that of the first.
        |text| text.replace("Kept", "Gone"),
        |_| "{}".to_owned(),
    ];
    for damage in damages {
        for path in entries() {
            let text = fs_err::read_to_string(&path).unwrap();
            fs_err::write(&path, damage(&text)).unwrap();
        }
        assert_eq!(run(&[]), (first.clone(), 1));
    }
}

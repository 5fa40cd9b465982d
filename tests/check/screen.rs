//! `gowoa screen`: modules out of a proxy, the advice it builds before it prints it, and what it remembers.

use std::path::Path;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::fixtures::{self, Fixture};
use crate::harness::{Gowoa, Run, root};
use crate::projects::Project;
use crate::proxy::Proxy;

/// A module whose v1.0.0 lacks a file for arm64 and whose v1.1.0 has it; v1.2.0 lost it again.
fn proxy() -> Proxy {
    let proxy = Proxy::new();
    let api = (
        "api.go",
        "package dep\n\n// Size is that of a word.\nfunc Size() int { return wordSize }\n",
    );
    let amd64 = ("word_amd64.go", "package dep\n\nconst wordSize = 8\n");
    let arm64 = ("word_arm64.go", "package dep\n\nconst wordSize = 8\n");
    proxy.add("example.com/dep", "v1.0.0", "", &[api, amd64]);
    proxy.add("example.com/dep", "v1.1.0", "", &[api, amd64, arm64]);
    proxy.add(
        "example.com/fine",
        "v1.0.0",
        "",
        &[("fine.go", "package fine\n\n// One is one.\nfunc One() int { return 1 }\n")],
    );
    proxy
}

fn screen(proxy: &Proxy, module: &str) -> Gowoa {
    let empty = root().join("testdata/go/empty-dir");
    proxy.serve(Gowoa::screen(&empty)).args(&["--module", module])
}

/// Check, class and package of each finding of a severity.
fn findings(run: &Run, severity: &str) -> Vec<String> {
    let found = run.report()["findings"].as_array().unwrap().iter();
    found
        .filter(|finding| finding["severity"] == severity)
        .map(|finding| {
            let word = |key: &str| finding[key].as_str().unwrap_or("-").to_owned();
            format!("{}:{}:{}", word("check"), word("class"), word("package"))
        })
        .collect()
}

/// The text for people in one line: wrapping is not what these tests are about.
fn flat(run: &Run) -> String {
    run.stderr.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_module_that_builds_passes_without_a_project() {
    let run = screen(&proxy(), "example.com/fine@v1.0.0").run();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(run.report()["plan"]["module"], "example.com/fine@v1.0.0");
    assert_eq!(run.report()["plan"]["subcommand"], "screen");
    assert_eq!(run.report()["counts"]["linked"], 1, "{}", run.stderr);
    assert!(run.stderr.contains("PASS"), "{}", run.stderr);
}

#[test]
fn an_advised_version_was_built_before() {
    let run = screen(&proxy(), "example.com/dep@v1.0.0").run();
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert_eq!(findings(&run, "error"), ["cross-compile:undefined-symbol:example.com/dep"]);
    let advice = "go get example.com/dep@v1.1.0 (built just now for windows/arm64: ok)";
    assert!(flat(&run).contains(advice), "{}", run.stderr);
    assert!(flat(&run).contains("word_amd64.go defines wordSize"), "{}", run.stderr);
    // The go.mod of the temporary module is nobody's file.
    assert!(run.report()["findings"][0]["anchor"].is_null(), "{}", run.stdout);
    let evidence = run.report()["findings"][0]["evidence"].as_array().unwrap();
    let tried: Vec<&Value> = evidence.iter().filter(|one| one["kind"] == "tried").collect();
    assert_eq!(tried.len(), 1);
    assert_eq!(tried[0]["outcome"], "builds");
}

#[test]
fn what_does_not_build_is_not_advised() {
    let proxy = proxy();
    let api = (
        "api.go",
        "package dep\n\n// Size is that of a word.\nfunc Size() int { return wordSize }\n",
    );
    let amd64 = ("word_amd64.go", "package dep\n\nconst wordSize = 8\n");
    proxy.add("example.com/dep", "v1.2.0", "", &[api, amd64]);
    let run = screen(&proxy, "example.com/dep@v1.0.0").run();
    assert_eq!(run.code, Some(1));
    assert!(flat(&run).contains("no newer version helps: v1.2.0 was tried"), "{}", run.stderr);
    assert!(!run.stderr.contains("go get example.com/dep"), "{}", run.stderr);
}

#[test]
fn without_a_network_the_advice_says_that_it_was_not_tried() {
    let proxy = proxy();
    // The module cache has it now.
    assert_eq!(screen(&proxy, "example.com/dep@v1.0.0").run().code, Some(1));
    let run = screen(&proxy, "example.com/dep@v1.0.0").args(&["--offline", "--no-cache"]).run();
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(flat(&run).contains("not tried: no network is allowed"), "{}", run.stderr);
}

#[test]
fn an_upgrade_that_uncovers_the_next_old_module_takes_it_along() {
    let proxy = proxy();
    let uses = |version: &str| format!("require example.com/dep {version}\n");
    let text = "package top\n\nimport \"example.com/dep\"\n\n// Twice is twice.\nfunc Twice() int { return factor * dep.Size() }\n";
    let amd64 = ("factor_amd64.go", "package top\n\nconst factor = 2\n");
    let arm64 = ("factor_arm64.go", "package top\n\nconst factor = 2\n");
    proxy.add("example.com/top", "v1.0.0", &uses("v1.0.0"), &[("top.go", text), amd64]);
    proxy.add("example.com/top", "v1.3.0", &uses("v1.0.0"), &[("top.go", text), amd64, arm64]);
    let run = screen(&proxy, "example.com/top@v1.0.0").run();
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let advice = "go get example.com/dep@v1.1.0 example.com/top@v1.3.0 (built just now";
    assert!(flat(&run).contains(advice), "{}", run.stderr);
}

#[test]
fn modules_that_cannot_be_had_are_told_apart() {
    let proxy = proxy();
    let said = |module: &str, parts: &[&str]| {
        let run = screen(&proxy, module).run();
        assert_eq!(run.code, Some(2), "{module}: {}", run.stderr);
        assert!(run.report.is_none(), "{module}");
        for part in parts {
            assert!(run.stderr.contains(part), "{module} lacks {part:?}: {}", run.stderr);
        }
    };
    said("example.com/nobody@v1.0.0", &["there is no module example.com/nobody", "next"]);
    said("example.com/dep@v9.9.9", &["example.com/dep has no version v9.9.9", "v1.1.0"]);
    said("-x@v1", &["error"]);
    let run =
        screen(&proxy, "example.com/fine@v1.0.0").args(&["--package", "example.com/fine/no"]).run();
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(run.stderr.contains("example.com/fine/no"), "{}", run.stderr);
    // Nobody listens there.
    let down = screen(&proxy, "example.com/new@v1.0.0").env("GOPROXY", "http://127.0.0.1:9");
    let run = down.run();
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("could not be fetched"), "{}", run.stderr);
    let off = screen(&proxy, "example.com/new@v1.0.0").arg("--offline").run();
    assert!(off.stderr.contains("no network is allowed"), "{}", off.stderr);
}

#[test]
fn a_retracted_version_is_looked_at_and_said_to_be_one() {
    let proxy = proxy();
    let fine = ("fine.go", "package fine\n\n// One is one.\nfunc One() int { return 1 }\n");
    proxy.add("example.com/fine", "v1.0.1", "\nretract v1.0.0 // eats disks\n", &[fine]);
    let run = screen(&proxy, "example.com/fine@v1.0.0").run();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stderr.contains("example.com/fine@v1.0.0: eats disks"), "{}", run.stderr);
}

/// A project of one file in a directory of its own.
fn project(text: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs_err::write(dir.path().join("go.mod"), "module example.com/project\n\ngo 1.24\n").unwrap();
    fs_err::write(dir.path().join("main.go"), text).unwrap();
    dir
}

fn known(run: &Run) -> bool {
    let phases = run.report()["phases"].as_array().unwrap();
    phases.iter().any(|phase| phase["name"] == "known")
}

#[test]
fn an_unchanged_tree_costs_the_lists_alone_and_a_changed_one_does_not() {
    let proxy = Proxy::new();
    let dir = project("package main\n\nfunc main() {}\n");
    let again = || proxy.serve(Gowoa::screen(dir.path())).run();
    let first = again();
    assert_eq!(first.code, Some(0), "{}", first.stderr);
    assert!(!known(&first));
    let second = again();
    assert!(known(&second), "{}", second.stderr);
    for part in ["verdict", "counts", "findings", "results", "subjects", "plan"] {
        assert_eq!(first.report()[part], second.report()[part], "{part}");
    }
    assert!(!known(&proxy.serve(Gowoa::screen(dir.path())).arg("--no-cache").run()));
    assert!(!known(&proxy.serve(Gowoa::screen(dir.path())).args(&["--tags", "x"]).run()));
    fs_err::write(dir.path().join("main.go"), "package main\n\nfunc main() { f() }\n").unwrap();
    let broken = again();
    assert!(!known(&broken));
    assert_ne!(broken.code, Some(0), "{}", broken.stderr);
}

#[test]
fn a_known_report_is_of_this_start_and_of_the_repository_as_it_is_now() {
    let proxy = Proxy::new();
    let project = Project::empty()
        .file("svc/go.mod", "module example.com/svc\n\ngo 1.24\n")
        .file("svc/main.go", "package main\n\nfunc main() { println(size) }\n")
        .file("svc/size_amd64.go", "package main\n\nconst size = 8\n");
    let (src, svc) = (project.src(), project.src().join("svc"));
    let start = |from: &Path, args: &[&str]| {
        let run = proxy.serve(Gowoa::screen(from)).args(args).run();
        assert_eq!(run.code, Some(1), "{}", run.stderr);
        run
    };
    // Whether it was known, where it was started, -C, the base, and the file of the first anchor.
    let told = |run: &Run| {
        let text =
            |place: &str| run.report().pointer(place).and_then(Value::as_str).map(str::to_owned);
        let places =
            ["/plan/started_in", "/plan/directory", "/plan/base", "/findings/0/anchor/file"];
        (known(run), places.map(|place| text(place).unwrap_or_default()))
    };
    let want = |known: bool, places: [&str; 4]| (known, places.map(str::to_owned));
    assert_eq!(told(&start(&svc, &[])), want(false, ["", "", "", "main.go"]));
    fs_err::create_dir(src.join(".git")).unwrap();
    assert_eq!(told(&start(&svc, &[])), want(false, ["svc", "", "svc", "svc/main.go"]));
    assert_eq!(told(&start(&svc, &[])), want(true, ["svc", "", "svc", "svc/main.go"]));
    assert_eq!(told(&start(&src, &["-C", "svc"])), want(true, ["", "svc", "svc", "svc/main.go"]));
    assert_eq!(
        told(&start(&svc, &["-C", "../svc"])),
        want(true, ["svc", "../svc", "svc", "svc/main.go"])
    );
}

#[test]
fn a_corrupt_or_foreign_cache_is_ignored() {
    let proxy = Proxy::new();
    let dir = project("package main\n\nfunc main() {}\n");
    let again = || proxy.serve(Gowoa::screen(dir.path())).run();
    let first = again();
    let entries = entries(&proxy.gowoa_cache());
    assert_eq!(entries.len(), 1);
    let text = fs_err::read_to_string(&entries[0]).unwrap();
    let lies = [
        String::new(),
        "{}".into(),
        text.replacen("pass", "fail", 1),
        text.get(..text.len() / 2).unwrap().to_owned(),
        text.replace("example.com/project", "example.com/another"),
    ];
    for lie in lies {
        fs_err::write(&entries[0], lie).unwrap();
        let run = again();
        assert!(!known(&run));
        assert_eq!(run.report()["results"], first.report()["results"]);
    }
    assert!(known(&again()));
}

/// Whoever writes the cache writes the sum as well: what contradicts itself or this run is done again.
#[test]
fn a_forged_cache_is_ignored() {
    let proxy = Proxy::new();
    let dir = project("package main\n\nfunc main() { f() }\n");
    fs_err::write(dir.path().join("f_amd64.go"), "package main\n\nfunc f() {}\n").unwrap();
    let again = || proxy.serve(Gowoa::screen(dir.path())).run();
    let first = again();
    assert_eq!(first.code, Some(1), "{}", first.stderr);
    assert!(known(&again()));
    let entries = entries(&proxy.gowoa_cache());
    let lies: [fn(&mut Value); 4] = [
        |report| report["verdict"] = "pass".into(),
        |report| {
            report["findings"] = Value::Array(Vec::new());
            report["counts"]["errors"] = 0.into();
            report["verdict"] = "pass".into();
        },
        |report| {
            for (_, count) in report["counts"].as_object_mut().unwrap() {
                *count = 0.into();
            }
        },
        |report| report["plan"]["patterns"][0] = "zz".into(),
    ];
    for lie in lies {
        let text = fs_err::read_to_string(&entries[0]).unwrap();
        let mut entry: Value = serde_json::from_str(&text).unwrap();
        let mut report: Value = serde_json::from_str(entry["content"].as_str().unwrap()).unwrap();
        lie(&mut report);
        let content = report.to_string();
        let sum = Sha256::digest(content.as_bytes());
        entry["sha256"] = sum.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into();
        entry["content"] = content.into();
        fs_err::write(&entries[0], entry.to_string()).unwrap();
        let run = again();
        assert!(!known(&run), "{}", run.stderr);
        assert_eq!(run.code, Some(1), "{}", run.stderr);
        assert_eq!(run.report()["findings"], first.report()["findings"]);
    }
    assert!(known(&again()));
}

/// The directories of the cache are emptied of what earlier runs left; nobody else's are.
#[cfg(unix)]
#[test]
fn links_in_the_cache_lead_nowhere() {
    let proxy = Proxy::new();
    let dir = project("package main\n\nfunc main() {}\n");
    let again = || proxy.serve(Gowoa::screen(dir.path())).arg("--no-cache").run();
    assert_eq!(again().code, Some(0));
    let victim = dir.path().join("victim");
    fs_err::create_dir(&victim).unwrap();
    fs_err::write(victim.join("old.exe"), "precious").unwrap();
    let projects = fs_err::read_dir(proxy.gowoa_cache().join("projects")).unwrap();
    for state in projects.map(|entry| entry.unwrap().path()) {
        fs_err::remove_dir_all(state.join("bin")).unwrap();
        fs_err::os::unix::fs::symlink(&victim, state.join("bin")).unwrap();
    }
    assert_eq!(again().code, Some(0));
    let files = fs_err::read_dir(&victim).unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(files.collect::<Vec<_>>(), ["old.exe"]);
}

fn entries(cache: &Path) -> Vec<std::path::PathBuf> {
    let projects = fs_err::read_dir(cache.join("projects")).unwrap().flatten();
    let dirs = projects.map(|project| project.path().join("screen")).filter(|dir| dir.is_dir());
    dirs.flat_map(|dir| fs_err::read_dir(dir).unwrap().flatten().map(|entry| entry.path()))
        .collect()
}

#[test]
fn screen_says_of_packages_what_check_says() {
    let sample =
        ["undefined-symbol", "look-alikes", "files-lost", "cgo-stub", "sample", "vendored"];
    let of = |fixture: &&Fixture| {
        sample.iter().any(|name| fixture.name == format!("testdata/go/{name}"))
    };
    for fixture in fixtures::runs().iter().filter(of) {
        let screened = fixture.expected.start(Gowoa::screen(&fixture.dir)).run();
        let about_images = |finding: &&Value| {
            finding["subject"].as_str().is_some_and(|subject| subject.starts_with("image:"))
        };
        let told = |run: &Run| -> Vec<Value> {
            let found = run.report()["findings"].as_array().unwrap().iter();
            found.filter(|finding| !about_images(finding)).cloned().collect()
        };
        assert_eq!(told(&screened), told(&fixture.run), "{}", fixture.name);
        assert_eq!(screened.code, fixture.run.code, "{}: {}", fixture.name, screened.stderr);
    }
}

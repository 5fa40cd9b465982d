//! Small Go projects and stand-ins for `go`, made for one test and gone with it.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::harness::{Gowoa, Run};

/// A project in a directory of its own, with gowoa's cache and the reports beside it.
pub(crate) struct Project {
    root: tempfile::TempDir,
}

impl Project {
    /// An empty directory.
    pub(crate) fn empty() -> Self {
        let root = tempfile::tempdir().unwrap();
        for dir in ["src", "out"] {
            fs_err::create_dir(root.path().join(dir)).unwrap();
        }
        Self { root }
    }

    /// A module with one command and one library, both portable.
    pub(crate) fn module() -> Self {
        Self::empty()
            .file("go.mod", "module example.com/m\n\ngo 1.24\n")
            .file("a/a.go", "package a\n\nfunc A() int { return 1 }\n")
            .file(
                "cmd/x/main.go",
                "package main\n\nimport \"example.com/m/a\"\n\nfunc main() { println(a.A()) }\n",
            )
    }

    /// One more file of the project.
    pub(crate) fn file(self, path: &str, text: impl AsRef<[u8]>) -> Self {
        let path = self.src().join(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
        self
    }

    /// The project's directory.
    pub(crate) fn src(&self) -> PathBuf {
        self.root.path().join("src")
    }

    /// A directory for reports; empty at first.
    pub(crate) fn out(&self) -> PathBuf {
        self.root.path().join("out")
    }

    /// A place beside the project, for whatever a test needs.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// `gowoa check` in the project; a JUnit report goes to [`out`](Self::out).
    pub(crate) fn check(&self) -> Gowoa {
        self.check_in(&self.src())
    }

    /// The same in another directory.
    pub(crate) fn check_in(&self, dir: &Path) -> Gowoa {
        Gowoa::check(dir)
            .env("GOWOA_CACHE", self.beside("cache"))
            .arg("--report")
            .arg(format!("junit={}", self.junit().display()))
    }

    /// Where the JUnit report goes.
    pub(crate) fn junit(&self) -> PathBuf {
        self.out().join("junit.xml")
    }

    /// What is in the directory of the reports, temporary files too.
    pub(crate) fn left(&self) -> Vec<String> {
        names(&self.out())
    }

    /// The run was refused: exit 2, an error that names each of `words`, a next step, and no report.
    #[track_caller]
    pub(crate) fn assert_refused(&self, run: &Run, words: &[&str]) {
        let text = &run.stderr;
        assert_eq!(run.code, Some(2), "{text}");
        assert_sane(run);
        let error = text.lines().find_map(|line| line.strip_prefix("error: "));
        assert!(error.is_some(), "no error line:\n{text}");
        for word in words {
            assert!(text.contains(word), "the text lacks {word:?}:\n{text}");
        }
        let next = text.lines().find_map(|line| line.strip_prefix("next   "));
        assert!(next.is_some_and(|next| next.trim().len() > 10), "no next step:\n{text}");
        assert!(run.report.is_none(), "a report was written:\n{text}");
        assert_eq!(self.left(), [""; 0], "something is left beside the report:\n{text}");
    }

    /// The run ended with a report that says `incomplete` and why: exit 2, a problem that names each of
    /// `words` (in its message, its details, or its next step), and whole reports.
    #[track_caller]
    pub(crate) fn assert_incomplete(&self, run: &Run, words: &[&str]) {
        assert_eq!(run.code, Some(2), "{}", run.stderr);
        assert_sane(run);
        let report = run.report();
        assert_eq!(report["verdict"], "incomplete", "{}", run.stderr);
        let problems = report["problems"].as_array().unwrap();
        assert!(!problems.is_empty(), "incomplete without a problem:\n{}", run.stderr);
        let next = |problem: &Value| problem["next"].as_str().is_some_and(|next| next.len() > 10);
        assert!(problems.iter().all(next), "a problem has no next step: {problems:?}");
        let told = texts(&report["problems"]).join("\n");
        for word in words {
            assert!(told.contains(word), "no problem tells {word:?}: {told}\n{}", run.stderr);
        }
        assert!(run.stderr.contains("INCOMPLETE"), "{}", run.stderr);
        assert!(run.stderr.contains("  next "), "no next step on the terminal:\n{}", run.stderr);
        self.assert_whole_reports();
    }

    /// Everything was judged, and nothing stands against it.
    #[track_caller]
    pub(crate) fn assert_passes(&self, run: &Run) {
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        assert_sane(run);
        assert_eq!(run.report()["verdict"], "pass", "{}", run.stderr);
        self.assert_whole_reports();
    }

    /// The JUnit report is whole, and nothing else lies beside it. (The harness has parsed the JSON.)
    #[track_caller]
    pub(crate) fn assert_whole_reports(&self) {
        assert_eq!(self.left(), ["junit.xml"]);
        assert_xml(&fs_err::read_to_string(self.junit()).unwrap());
    }
}

/// Neither a panic nor an unescaped control character on the way to the terminal.
#[track_caller]
pub(crate) fn assert_sane(run: &Run) {
    assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
    let raw = run.stderr.chars().find(|c| c.is_control() && *c != '\n');
    assert_eq!(raw, None, "a control character reached the terminal: {:?}", run.stderr);
}

/// The text is one whole XML document.
#[track_caller]
pub(crate) fn assert_xml(text: &str) {
    use quick_xml::events::Event;
    let mut reader = quick_xml::Reader::from_str(text);
    let mut open = 0;
    let mut roots = 0;
    loop {
        match reader.read_event().unwrap_or_else(|error| panic!("{error}:\n{text}")) {
            Event::Start(_) => {
                roots += u32::from(open == 0);
                open += 1;
            }
            Event::End(_) => open -= 1,
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!((open, roots), (0, 1), "the document is not whole:\n{text}");
}

/// Every string in a JSON value, keys too.
pub(crate) fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(key, value)| std::iter::once(key.clone()).chain(texts(value)))
            .collect(),
        _ => Vec::new(),
    }
}

/// The names in a directory, sorted.
pub(crate) fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs_err::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// Every file below a directory with its bytes.
pub(crate) fn tree(dir: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    let mut queue = vec![dir.to_owned()];
    while let Some(dir) = queue.pop() {
        for entry in fs_err::read_dir(&dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                queue.push(path);
            } else {
                let bytes = fs_err::read(&path).unwrap();
                files.push((path, bytes));
            }
        }
    }
    files.sort();
    files
}

/// A stand-in for `go`: a shell script, so these tests are for Unix; on Windows the same code runs on what the real
/// `go` prints.
#[cfg(unix)]
pub(crate) mod fake {
    use std::os::unix::fs::PermissionsExt;
    use std::path::{Path, PathBuf};
    use std::time::{Duration, Instant};

    use super::Project;

    /// What a stand-in answers to each call of gowoa, as shell commands. The defaults are those of a Go that
    /// works on [`Project::module`] and builds nothing.
    pub(crate) struct FakeGo {
        env: String,
        probe: String,
        list: String,
        build: String,
        rest: String,
    }

    impl FakeGo {
        pub(crate) fn new(project: &Project) -> Self {
            let src = project.src();
            let env = serde_json::json!({
                "GOVERSION": "go1.26.8", "GOHOSTOS": "linux", "GOHOSTARCH": "amd64", "GOFLAGS": "",
                "GOMOD": src.join("go.mod"), "GOWORK": "", "GOMODCACHE": "/nonexistent",
            });
            let package = |path: &str, name: &str, file: &str, imports: &[&str]| {
                serde_json::json!({
                    "ImportPath": format!("example.com/m/{path}"), "Name": name, "Dir": src.join(path),
                    "GoFiles": [file], "Imports": imports, "Match": ["./..."],
                    "Module": {"Path": "example.com/m", "Main": true, "Dir": src},
                })
            };
            let list = format!(
                "{}\n{}",
                package("a", "a", "a.go", &[]),
                package("cmd/x", "main", "main.go", &["example.com/m/a"])
            );
            Self {
                env: said(&env.to_string()),
                probe: "exit 0".into(),
                list: said(&list),
                build: "exit 0".into(),
                rest: "echo \"unexpected call: $*\" >&2; exit 64".into(),
            }
        }

        /// Everything is handed to the real `go` unless it is set otherwise.
        pub(crate) fn real() -> Self {
            let hand_on = format!("exec '{}' \"$@\"", real_go().display());
            Self {
                env: hand_on.clone(),
                probe: hand_on.clone(),
                list: hand_on.clone(),
                build: hand_on.clone(),
                rest: hand_on,
            }
        }

        /// `go env -json`.
        pub(crate) fn env(mut self, shell: impl Into<String>) -> Self {
            self.env = shell.into();
            self
        }

        /// The build of nothing that asks whether windows/arm64 is known.
        pub(crate) fn probe(mut self, shell: impl Into<String>) -> Self {
            self.probe = shell.into();
            self
        }

        /// `go list`.
        pub(crate) fn list(mut self, shell: impl Into<String>) -> Self {
            self.list = shell.into();
            self
        }

        /// `go build -json`.
        pub(crate) fn build(mut self, shell: impl Into<String>) -> Self {
            self.build = shell.into();
            self
        }

        /// Every other call.
        pub(crate) fn rest(mut self, shell: impl Into<String>) -> Self {
            self.rest = shell.into();
            self
        }

        /// Writes the script beside the project and returns its path.
        pub(crate) fn write(self, project: &Project) -> PathBuf {
            let Self { env, probe, list, build, rest } = self;
            script(
                &project.beside("fakes/go"),
                &format!(
                    "case \"$1 $2\" in\n'env -json')\n{env}\n;;\n'build -o')\n{probe}\n;;\n\
                     'list -e')\n{list}\n;;\n'build -json')\n{build}\n;;\n*)\n{rest}\n;;\nesac\n"
                ),
            )
        }
    }

    /// Writes an executable shell script.
    pub(crate) fn script(path: &Path, shell: &str) -> PathBuf {
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, format!("#!/bin/sh\n{shell}")).unwrap();
        fs_err::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
        path.to_owned()
    }

    /// Shell that prints a text on standard output.
    pub(crate) fn said(text: &str) -> String {
        format!("cat <<'END-OF-TEXT'\n{text}\nEND-OF-TEXT")
    }

    /// Shell that starts a child that would outlive everything, writes its own id and the child's to a file,
    /// and waits for ever.
    pub(crate) fn hangs(pids: &Path) -> String {
        let pids = pids.display();
        format!("sleep 3000 &\necho $! $$ >> '{pids}'\nwait\nsleep 3000")
    }

    /// The real `go`.
    pub(crate) fn real_go() -> PathBuf {
        which::which("go").expect("the tests need Go on PATH")
    }

    /// The process ids in a file that [`hangs`] wrote.
    pub(crate) fn pids(file: &Path) -> Vec<u32> {
        let text = fs_err::read_to_string(file).unwrap_or_default();
        text.split_whitespace().filter_map(|word| word.parse().ok()).collect()
    }

    /// None of the processes runs any more. They die asynchronously, so they are given a moment.
    #[track_caller]
    pub(crate) fn assert_gone(file: &Path) {
        let pids = pids(file);
        assert!(pids.len() >= 2, "the stand-in was not started: {pids:?}");
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            let left: Vec<&u32> = pids.iter().filter(|pid| runs(**pid)).collect();
            if left.is_empty() {
                return;
            }
            assert!(Instant::now() < end, "still running: {left:?} of {pids:?}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Whether a process runs: it is there, and not a zombie that nobody has collected yet.
    fn runs(pid: u32) -> bool {
        let ps = std::process::Command::new("ps")
            .args(["-o", "stat=", "-p", &pid.to_string()])
            .output()
            .expect("the tests need ps");
        let state = String::from_utf8_lossy(&ps.stdout).trim().to_owned();
        !(state.is_empty() || state.starts_with('Z'))
    }
}

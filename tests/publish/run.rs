//! Runs of the program in the surroundings of a workflow.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::hub::{HEAD, Hub, MERGE, TOKEN};

/// A project with files to inspect, and the variables of a workflow run.
pub(crate) struct Job {
    place: tempfile::TempDir,
    command: Command,
    key: String,
}

/// What a run left.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    /// The lines about GitHub.
    pub(crate) fn github(&self) -> Vec<&str> {
        self.stderr.lines().filter(|line| line.starts_with("github   ")).collect()
    }

    /// Whether there are workflow commands that make annotations.
    #[track_caller]
    pub(crate) fn assert_annotated(&self, wanted: bool) {
        let found = self.stderr.lines().any(|line| line.starts_with("::error "));
        assert_eq!(found, wanted, "{}", self.stderr);
    }

    #[track_caller]
    pub(crate) fn assert_says(&self, words: &str) {
        assert!(self.github().join("\n").contains(words), "no {words:?} in:\n{}", self.stderr);
    }
}

/// The event of a pull request.
pub(crate) fn pull_event(from: &str) -> Value {
    json!({"action": "synchronize", "number": 7, "pull_request": {
        "number": 7,
        "head": {"sha": HEAD, "ref": "fix", "repo": {"full_name": from}},
        "base": {"sha": MERGE, "repo": {"full_name": "o/r"}},
    }})
}

impl Job {
    /// `gowoa inspect dist --github` on so many files that are not what their names say; each has a finding.
    pub(crate) fn with_findings(hub: &Hub, files: usize) -> Self {
        let job = Self::new(&hub.url());
        for number in 0..files {
            let name = format!("dist/tool{number:03}_windows_arm64.exe");
            fs_err::write(job.place.path().join(name), image("x64.exe")).unwrap();
        }
        job
    }

    /// The same on a file that is sound.
    pub(crate) fn clean(hub: &Hub) -> Self {
        let job = Self::new(&hub.url());
        let name = job.place.path().join("dist/tool_windows_arm64.exe");
        fs_err::write(name, image("arm64.exe")).unwrap();
        job
    }

    /// The same with an API that is somewhere else.
    pub(crate) fn at(url: &str) -> Self {
        let job = Self::new(url);
        let name = job.place.path().join("dist/tool_windows_arm64.exe");
        fs_err::write(name, image("x64.exe")).unwrap();
        job
    }

    fn new(url: &str) -> Self {
        let place = tempfile::tempdir().unwrap();
        fs_err::create_dir(place.path().join("dist")).unwrap();
        fs_err::create_dir(place.path().join(".git")).unwrap();
        fs_err::write(place.path().join("go.mod"), "module example.com/tool\n\ngo 1.26\n").unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_gowoa"));
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy().into_owned();
            if ["GITHUB_", "GH_", "RUNNER_"].iter().any(|prefix| text.starts_with(prefix)) {
                command.env_remove(name);
            }
        }
        command
            .current_dir(place.path())
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_API_URL", url)
            .env("GITHUB_REPOSITORY", "o/r")
            .env("GITHUB_SERVER_URL", "https://github.example")
            .env("GITHUB_RUN_ID", "4242")
            .env("GITHUB_SHA", MERGE)
            .env("GITHUB_WORKSPACE", place.path())
            .env("GITHUB_TOKEN", TOKEN)
            .args(["inspect", "dist", "--github"]);
        Self { place, command, key: "check".to_owned() }.event("pull_request", &pull_event("o/r"))
    }

    /// Another event.
    pub(crate) fn event(mut self, name: &str, event: &Value) -> Self {
        let path = self.path("event.json");
        fs_err::write(&path, event.to_string()).unwrap();
        self.command.env("GITHUB_EVENT_NAME", name).env("GITHUB_EVENT_PATH", path);
        self
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    pub(crate) fn args(mut self, args: &[&str]) -> Self {
        self.command.args(args);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn env_remove(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    /// Another use in the same workflow.
    pub(crate) fn key(mut self, key: &str) -> Self {
        key.clone_into(&mut self.key);
        self
    }

    /// Runs it. Whatever happens: the report is told, the token is not.
    pub(crate) fn run(&mut self) -> Ran {
        let output = self.command.args(["--github-key", &self.key]).output().unwrap();
        let ran = Ran {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        };
        assert!(!ran.stdout.contains("Canary") && !ran.stderr.contains("Canary"), "{}", ran.stderr);
        assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
        ran
    }
}

fn image(name: &str) -> Vec<u8> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs_err::read(root.join("testdata/pe").join(name)).unwrap()
}

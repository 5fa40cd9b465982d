//! A runner's environment for the script of the action, and a server that has releases.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};

use fs_err as fs;

use crate::root;

/// What a step is given.
pub(crate) struct Step {
    /// A directory for everything: `temp`, `tools`, `bin` (first on PATH), `action` (a copy of the scripts).
    pub(crate) dir: tempfile::TempDir,
    env: BTreeMap<String, String>,
    /// What stands behind `bin` on PATH.
    path: String,
    cwd: PathBuf,
}

/// What came of it.
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    /// Both streams, as the runner reads them.
    pub(crate) log: String,
    pub(crate) outputs: BTreeMap<String, String>,
}

impl Step {
    /// A step with the script of the action and these pins.
    pub(crate) fn new(pins: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        for name in ["temp", "tools", "bin", "action/scripts/action", "work"] {
            fs::create_dir_all(dir.path().join(name)).unwrap();
        }
        let scripts = dir.path().join("action/scripts/action");
        fs::copy(root().join("scripts/action/action.sh"), scripts.join("action.sh")).unwrap();
        fs::write(scripts.join("pins"), pins).unwrap();
        let cwd = dir.path().join("work");
        let path = std::env::var("PATH").unwrap();
        Self { dir, env: BTreeMap::new(), path, cwd }
    }

    pub(crate) fn input(mut self, name: &str, value: &str) -> Self {
        let variable = format!("GOWOA_INPUT_{}", name.to_uppercase().replace('-', "_"));
        self.env.insert(variable, value.to_owned());
        self
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.env.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Nothing but the plain tools of a system, without Go, Rust and gh.
    pub(crate) fn bare(mut self) -> Self {
        let plain = self.dir.path().join("plain");
        fs::create_dir_all(&plain).unwrap();
        for tool in [
            "bash",
            "sh",
            "cat",
            "cp",
            "curl",
            "cut",
            "dirname",
            "basename",
            "gzip",
            "mkdir",
            "mktemp",
            "mv",
            "od",
            "sha256sum",
            "shasum",
            "tar",
            "touch",
            "tr",
            "uname",
            "chmod",
        ] {
            let found =
                std::env::split_paths(&self.path).map(|dir| dir.join(tool)).find(|p| p.is_file());
            if let Some(found) = found {
                let _ = std::os::unix::fs::symlink(found, plain.join(tool));
            }
        }
        self.path = plain.to_string_lossy().into_owned();
        self
    }

    /// Puts a program first on PATH.
    pub(crate) fn program(self, name: &str, script: &str) -> Self {
        program(&self.dir.path().join("bin").join(name), script);
        self
    }

    pub(crate) fn cwd(mut self, dir: &Path) -> Self {
        self.cwd = dir.to_owned();
        self
    }

    pub(crate) fn at(&self, path: &str) -> PathBuf {
        self.dir.path().join(path)
    }

    /// Starts the script as `action.yml` does.
    pub(crate) fn run(&self) -> Ran {
        let output = self.at("output");
        fs::write(&output, "").unwrap();
        let mut command = Command::new("bash");
        command
            .args(["--noprofile", "--norc", "-euo", "pipefail", "-c", "exec 2>&1; bash \"$0\""])
            .arg(self.at("action/scripts/action/action.sh"))
            .current_dir(&self.cwd)
            .env_clear()
            .env("PATH", format!("{}:{}", self.at("bin").display(), self.path))
            .env("GITHUB_ACTIONS", "true")
            .env("RUNNER_TEMP", self.at("temp"))
            .env("RUNNER_TOOL_CACHE", self.at("tools"))
            .env("GITHUB_OUTPUT", &output);
        for name in
            ["HOME", "GOCACHE", "GOMODCACHE", "GOFLAGS", "GOPROXY", "GOTOOLCHAIN", "GOWOA_CACHE"]
        {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        let done = command.envs(&self.env).output().unwrap();
        let outputs = fs::read_to_string(&output).unwrap();
        let outputs = outputs.lines().filter_map(|line| line.split_once('='));
        Ran {
            code: done.status.code(),
            log: String::from_utf8_lossy(&done.stdout).into_owned(),
            outputs: outputs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        }
    }
}

impl Ran {
    pub(crate) fn output(&self, name: &str) -> &str {
        self.outputs.get(name).map_or("", String::as_str)
    }

    /// Fails unless the step ended with this code, and returns the log.
    #[track_caller]
    pub(crate) fn ended(&self, code: i32) -> &str {
        assert_eq!(self.code, Some(code), "{}", self.log);
        &self.log
    }

    /// The one annotation of a step that the action itself gave up, as a person reads it.
    #[track_caller]
    pub(crate) fn given_up(&self) -> String {
        self.ended(2);
        assert_eq!(self.output("exit-code"), "2");
        assert_eq!(self.output("result"), "incomplete");
        let obeyed = self.obeyed();
        let [error] = obeyed.as_slice() else {
            panic!("one annotation, not {obeyed:#?}\n{}", self.log)
        };
        let text = error.strip_prefix("::error title=gowoa::").expect(error);
        text.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")
    }

    /// The lines in which the runner would obey a command: those that stop and resume left out
    /// (actions/runner, ActionCommandManager.cs).
    pub(crate) fn obeyed(&self) -> Vec<String> {
        let mut stopped: Option<String> = None;
        let mut obeyed = Vec::new();
        for line in self.log.lines() {
            let line = line.trim_start();
            if let Some(word) = &stopped {
                if line == format!("::{word}::") {
                    stopped = None;
                }
            } else if let Some(word) = line.strip_prefix("::stop-commands::") {
                stopped = Some(word.to_owned());
            } else if line.starts_with("::") || line.contains("##[") {
                obeyed.push(line.to_owned());
            }
        }
        assert_eq!(stopped, None, "commands stay stopped\n{}", self.log);
        obeyed
    }
}

/// Writes a program.
pub(crate) fn program(path: &Path, script: &str) {
    // Renamed into its place: a file that is still open for writing cannot be started.
    let new = path.with_extension("new");
    fs::write(&new, script).unwrap();
    fs::set_permissions(&new, std::fs::Permissions::from_mode(0o755)).unwrap();
    fs::rename(new, path).unwrap();
}

/// Files by path, over HTTP on this machine.
pub(crate) struct Server {
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(crate) fn new(files: BTreeMap<String, Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
                let first = lines.next().and_then(Result::ok).unwrap_or_default();
                while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
                let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
                seen.lock().unwrap().push(path.clone());
                let (status, body) = match files.get(&path) {
                    Some(body) => ("200 OK", body.as_slice()),
                    None => ("404 Not Found", &b"no"[..]),
                };
                let head = format!(
                    "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                    body.len()
                );
                let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
            }
        });
        Self { url, asked }
    }

    /// The paths that were asked for.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

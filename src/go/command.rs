//! The one builder of `go` command lines: each call gowoa makes is a named constructor here.

mod listing;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::facts::{BuildFlags, Target};
use crate::platform::null_device;
use crate::shell::quote;

use super::modules::parse_flag;
use super::process::CommandLine;

/// Fields of `go list -json` that gowoa reads; naming them keeps Go from computing the others. EmbedFiles is
/// asked for because Go looks for embedded files, and tells which are missing, only then.
pub const LIST_FIELDS: &str = "-json=ImportPath,Name,Dir,GoFiles,CgoFiles,SFiles,HFiles,SysoFiles,CgoLDFLAGS,\
EmbedFiles,IgnoredGoFiles,TestGoFiles,XTestGoFiles,Imports,ImportMap,Error,Module,Standard,\
DepOnly,Match";

/// How `go` is started for one unit: where, with which flags, variables and limits.
#[derive(Debug, Clone)]
pub struct GoCommand {
    /// The program.
    pub program: PathBuf,
    /// Where it works: the root of a module or workspace, or where the user stands.
    pub dir: PathBuf,
    /// For a module below the start: the way down to it, for the commands that users are shown.
    pub below: Option<String>,
    /// The flags that decide what is built.
    pub flags: BuildFlags,
    /// `GOWORK`, where gowoa works on a copy of go.work (or `off`).
    pub gowork: Option<OsString>,
    /// `-modfile`, where `-mod=mod` works on a copy of go.mod.
    pub modfile: Option<PathBuf>,
    /// `-overlay` that the user gave; lists and controls see it too.
    pub overlay: Option<PathBuf>,
    /// No network: `GOPROXY=off`, `GOTOOLCHAIN=local`.
    pub offline: bool,
    /// Variables for the C compiler, where cgo is on.
    pub c_compiler: Vec<(String, String)>,
    /// Time limit of short calls (version, env).
    pub probe_limit: Duration,
    /// Time limit of lists, builds and controls.
    pub work_limit: Duration,
}

pub use listing::Listed;

/// Where `go build` writes.
#[derive(Debug, Clone, Copy)]
pub enum Output<'a> {
    /// Each command as an exe into this directory.
    Directory(&'a Path),
    /// Nowhere.
    Discard,
}

impl GoCommand {
    /// `go env -json`: version, host and settings, as they hold in `dir` (GOTOOLCHAIN may switch there).
    pub fn env(&self) -> CommandLine {
        self.line(vec!["env".into(), "-json".into()], Vec::new(), self.probe_limit)
    }

    /// A build of nothing for a target: fails for a pair that this Go cannot make.
    pub fn probe_target(&self, target: &Target) -> CommandLine {
        let args = ["build", "-o", null_device(), "unsafe"].map(OsString::from).to_vec();
        self.line(args, target_env(target, false), self.probe_limit)
    }

    /// `go list -e -deps -json` of patterns for a target.
    pub fn list(&self, target: &Target, cgo: bool, patterns: &[String]) -> CommandLine {
        self.list_with(&["-e", "-deps", LIST_FIELDS], target, cgo, patterns)
    }

    /// `go list -e -find -json` for the host: which packages exist there at all.
    pub fn list_alone(&self, target: &Target, cgo: bool, patterns: &[String]) -> CommandLine {
        let fields =
            "-json=ImportPath,Name,Dir,GoFiles,CgoFiles,SFiles,SysoFiles,Error,Module,Match";
        self.list_with(&["-e", "-find", fields], target, cgo, patterns)
    }

    fn list_with(
        &self,
        kind: &[&str],
        target: &Target,
        cgo: bool,
        patterns: &[String],
    ) -> CommandLine {
        let mut args: Vec<OsString> = vec!["list".into()];
        args.extend(kind.iter().map(OsString::from));
        args.extend(self.flag_args(self.overlay.as_deref()));
        // With a default.pgo, -deps prints every package once more per command.
        args.push("-pgo=off".into());
        args.push("--".into());
        args.extend(patterns.iter().map(OsString::from));
        self.line(args, target_env(target, cgo), self.work_limit)
    }

    /// `go build -json` of packages for a target. `overlay` replaces the user's own.
    pub fn build(
        &self,
        target: &Target,
        cgo: bool,
        output: Output<'_>,
        overlay: Option<&Path>,
        packages: &[String],
    ) -> CommandLine {
        let mut args: Vec<OsString> = vec!["build".into(), "-json".into(), "-o".into()];
        args.push(output_arg(output));
        args.extend(self.flag_args(overlay.or(self.overlay.as_deref())));
        if let Some(mode) = &self.flags.build_mode {
            args.push(format!("-buildmode={mode}").into());
        }
        if *target != Target::windows_arm64() {
            // A control asks whether it builds, not how fast the result is.
            args.push("-pgo=off".into());
        }
        args.push("--".into());
        args.extend(packages.iter().map(OsString::from));
        let mut env = target_env(target, cgo);
        env.extend(self.c_compiler_env(target, cgo));
        self.line(args, env, self.work_limit)
    }

    /// `go build -json` of one package into a named file, as `-buildmode=c-shared` needs it.
    pub fn build_file(
        &self,
        target: &Target,
        cgo: bool,
        file: &Path,
        package: &str,
    ) -> CommandLine {
        let mut line = self.build(target, cgo, Output::Discard, None, &[package.to_owned()]);
        if let Some(output) = line.args.iter_mut().find(|arg| *arg == null_device()) {
            *output = file.into();
        }
        line
    }

    /// `go test -c -json` of packages for a target: compiles and links test binaries, runs nothing.
    pub fn test_compile(
        &self,
        target: &Target,
        cgo: bool,
        output: Output<'_>,
        packages: &[String],
    ) -> CommandLine {
        let mut args: Vec<OsString> = vec!["test".into(), "-c".into(), "-json".into(), "-o".into()];
        args.push(output_arg(output));
        args.extend(self.flag_args(self.overlay.as_deref()));
        // Package patterns end at the first flag of the test binary; `--` is not known to go test.
        args.extend(packages.iter().map(OsString::from));
        let mut env = target_env(target, cgo);
        env.extend(self.c_compiler_env(target, cgo));
        self.line(args, env, self.work_limit)
    }

    /// `go build` of one main package that links it into nothing and prints on standard error which symbol made
    /// the linker keep which other (`-dumpdep`), and which methods are called through interfaces (`-v=2`); see
    /// [`super::linkgraph`]. `goflags` are the words of GOFLAGS: a flag for the linker would replace the one there.
    pub fn dumpdep(
        &self,
        target: &Target,
        cgo: bool,
        overlay: Option<&Path>,
        goflags: &[String],
        main: &str,
    ) -> CommandLine {
        let mut args: Vec<OsString> = vec!["build".into(), "-o".into(), null_device().into()];
        args.extend(self.flag_args(overlay.or(self.overlay.as_deref())));
        if let Some(mode) = &self.flags.build_mode {
            args.push(format!("-buildmode={mode}").into());
        }
        let of_extra = |flag: &String| {
            let (name, value) = parse_flag(flag)?;
            (name == "ldflags").then(|| value.to_owned())
        };
        let given = goflags
            .iter()
            .filter_map(of_extra)
            .chain(self.flags.ldflags.clone())
            .chain(self.flags.extra.iter().filter_map(of_extra));
        // Of several values go takes the last whose pattern fits the package: each gets the addition, and the
        // first is for packages that no pattern fits.
        let all = std::iter::once(String::new()).chain(given);
        args.extend(all.map(|ldflags| format!("-ldflags={}", with_dumpdep(&ldflags)).into()));
        args.push("--".into());
        args.push(main.into());
        let mut env = target_env(target, cgo);
        env.extend(self.c_compiler_env(target, cgo));
        self.line(args, env, self.work_limit)
    }

    /// `go get`: modules at versions (`path@version`), or packages by their directories, for a target. Only
    /// for a module of gowoa's own: it writes go.mod and go.sum. cgo is on so that what only cgo files import
    /// is found too; no C compiler runs.
    pub fn get(&self, target: &Target, what: &[String]) -> CommandLine {
        let mut args: Vec<OsString> = vec!["get".into()];
        args.extend(self.tags_arg());
        args.push("--".into());
        args.extend(what.iter().map(OsString::from));
        self.line(args, target_env(target, true), self.work_limit)
    }

    /// `go get` into a copy of go.mod (`modfile`): the user's own is not written.
    pub fn get_into_copy(&self, target: &Target, what: &[String]) -> CommandLine {
        let mut line = self.get(target, what);
        if let Some(modfile) = &self.modfile {
            line.args.insert(1, joined("-modfile=", modfile));
        }
        line
    }

    /// `go list -m -e -json` of a module: the version that is selected or, with `@version` behind it, that
    /// version and what its author says of it (retractions).
    pub fn list_module(&self, query: &str) -> CommandLine {
        let args = ["list", "-m", "-e", "-retracted", "-mod=mod", "-json", "--", query];
        self.line(args.map(OsString::from).to_vec(), Vec::new(), self.probe_limit)
    }

    /// `go list -m -e -json -versions` of a module: the versions that can be had.
    pub fn list_versions(&self, module: &str) -> CommandLine {
        let args = ["list", "-m", "-e", "-versions", "-mod=mod", "-json", "--", module];
        self.line(args.map(OsString::from).to_vec(), Vec::new(), self.probe_limit)
    }

    /// `go work edit -json FILE`: the workspace file taken apart.
    pub fn work_edit_json(&self, file: &Path) -> CommandLine {
        let args = vec!["work".into(), "edit".into(), "-json".into(), file.into()];
        self.line(args, Vec::new(), self.probe_limit)
    }

    /// The command a reader runs to see a failure again: the user's own flags, no plumbing.
    pub fn reproduce(&self, target: &Target, cgo: bool, verb: &[&str], package: &str) -> String {
        let mut args: Vec<OsString> = verb.iter().map(OsString::from).collect();
        args.extend(self.user_flag_args());
        args.push(package.into());
        self.shown(target, cgo, args)
    }

    fn shown(&self, target: &Target, cgo: bool, args: Vec<OsString>) -> String {
        let mut line = self.line(args, target_env(target, cgo), self.work_limit);
        line.program = "go".into();
        line.shown_as = "go".into();
        // A copied go.work is plumbing; `off` is part of what was built.
        line.env.retain(|(key, value)| key != "GOWORK" || value.as_deref() == Some("off".as_ref()));
        if let Some(below) = &self.below {
            line.args.splice(0..0, ["-C".into(), below.into()]);
        }
        line.to_string()
    }

    /// The gowoa call that asks about one package of a module again.
    pub fn reproduce_screen(&self, module: &str, package: &str) -> String {
        let mut words: Vec<String> = vec!["gowoa".into(), "screen".into()];
        words.extend(["--module".into(), module.into(), "--package".into(), package.into()]);
        if !self.flags.tags.is_empty() {
            words.push(format!("--tags={}", self.flags.tags.join(",")));
        }
        words.iter().map(|word| quote(word)).collect::<Vec<_>>().join(" ")
    }

    /// The gowoa call that shows a failed link proof again: `go build` alone links no library.
    pub fn reproduce_check(&self, cgo: bool, package: &str) -> String {
        let flags = &self.flags;
        let mut words: Vec<String> = vec!["gowoa".into(), "check".into()];
        if let Some(below) = &self.below {
            words.extend(["-C".into(), below.clone()]);
        }
        if cgo {
            words.push("--cgo".into());
        }
        if !flags.tags.is_empty() {
            words.push(format!("--tags={}", flags.tags.join(",")));
        }
        words.extend(flags.ldflags.iter().map(|ldflags| format!("--ldflags={ldflags}")));
        words.extend(flags.mod_mode.iter().map(|mode| format!("--mod={mode}")));
        words.extend(flags.extra.iter().map(|flag| format!("--go-flag={flag}")));
        words.push(package.into());
        words.iter().map(|word| quote(word)).collect::<Vec<_>>().join(" ")
    }

    /// The user's flags as `go` takes them, `-mod`, `-tags` and `-ldflags` included.
    fn user_flag_args(&self) -> Vec<OsString> {
        let flags = &self.flags;
        let mut args: Vec<OsString> = Vec::new();
        if let Some(mode) = &flags.mod_mode {
            args.push(format!("-mod={mode}").into());
        }
        args.extend(self.tags_arg());
        if let Some(ldflags) = &flags.ldflags {
            args.push(format!("-ldflags={ldflags}").into());
        }
        args.extend(flags.extra.iter().map(OsString::from));
        args
    }

    fn tags_arg(&self) -> Option<OsString> {
        let tags = &self.flags.tags;
        (!tags.is_empty()).then(|| format!("-tags={}", tags.join(",")).into())
    }

    /// CC and CXX for a target: for windows/arm64 the compiler that was proven; for windows/amd64 its twin,
    /// where its name says how that is called; elsewhere Go's own choice.
    fn c_compiler_env(&self, target: &Target, cgo: bool) -> Vec<(String, Option<OsString>)> {
        if !cgo || self.c_compiler.is_empty() {
            return Vec::new();
        }
        let value = |value: &String| match (target.goos.as_str(), target.goarch.as_str()) {
            ("windows", "arm64") => Some(value.clone()),
            ("windows", _) => Some(twin(value).unwrap_or_else(|| NO_COMPILER.into())),
            _ => None,
        };
        self.c_compiler
            .iter()
            .map(|(key, cc)| (key.clone(), value(cc).map(OsString::from)))
            .collect()
    }

    fn flag_args(&self, overlay: Option<&Path>) -> Vec<OsString> {
        let mut args = self.user_flag_args();
        if let Some(modfile) = &self.modfile {
            args.push(joined("-modfile=", modfile));
        }
        if let Some(overlay) = overlay {
            args.push(joined("-overlay=", overlay));
        }
        args
    }

    fn line(
        &self,
        args: Vec<OsString>,
        mut env: Vec<(String, Option<OsString>)>,
        limit: Duration,
    ) -> CommandLine {
        if let Some(gowork) = &self.gowork {
            env.push(("GOWORK".into(), Some(gowork.clone())));
        }
        if self.offline {
            env.push(("GOPROXY".into(), Some("off".into())));
            env.push(("GOTOOLCHAIN".into(), Some("local".into())));
        }
        CommandLine {
            program: self.program.clone(),
            shown_as: shown_as(&self.program),
            args,
            env,
            dir: self.dir.clone(),
            limit,
        }
    }
}

/// A value of `-ldflags`, `[PATTERN=]FLAGS`, with what makes the linker print its graph. Debug information keeps no
/// function, and would be half of the output.
fn with_dumpdep(ldflags: &str) -> String {
    format!("{} -dumpdep -v=2 -w", ldflags.trim()).trim_start().to_owned()
}

/// A program that is not there: cgo then says that it has no C compiler, which is the truth.
const NO_COMPILER: &str = "no-c-compiler-for-windows-amd64";

/// The compiler for x86-64 Windows beside one for ARM64, as llvm-mingw and zig name them.
fn twin(compiler: &str) -> Option<String> {
    let names = ["aarch64-w64-mingw32-", "-target aarch64-windows"];
    names.iter().any(|name| compiler.contains(name)).then(|| {
        compiler
            .replace("aarch64-w64-mingw32-", "x86_64-w64-mingw32-")
            .replace("-target aarch64-", "-target x86_64-")
    })
}

fn shown_as(program: &Path) -> String {
    match program.file_stem().and_then(|stem| stem.to_str()) {
        Some("go") => "go".into(),
        _ => program.to_string_lossy().into_owned(),
    }
}

fn joined(flag: &str, path: &Path) -> OsString {
    let mut arg = OsString::from(flag);
    arg.push(path);
    arg
}

fn output_arg(output: Output<'_>) -> OsString {
    match output {
        Output::Discard => null_device().into(),
        Output::Directory(path) => {
            // The separator at the end makes Go take it for a directory even before it exists.
            let mut arg = path.as_os_str().to_owned();
            arg.push(std::path::MAIN_SEPARATOR_STR);
            arg
        }
    }
}

fn target_env(target: &Target, cgo: bool) -> Vec<(String, Option<OsString>)> {
    vec![
        ("GOOS".into(), Some(target.goos.clone().into())),
        ("GOARCH".into(), Some(target.goarch.clone().into())),
        ("CGO_ENABLED".into(), Some(if cgo { "1" } else { "0" }.into())),
    ]
}

//! The calls that print the compiler's listing.

use std::ffi::OsString;
use std::path::Path;

use crate::facts::Target;

use super::{CommandLine, GoCommand, target_env};

/// What [`GoCommand::listing`] lists.
#[derive(Debug, Clone, Copy)]
pub enum Listed<'a> {
    /// The packages alone, each with flags of its own.
    Packages,
    /// They and everything that they import, Go's own packages included.
    All {
        /// The user's flags for all of them.
        gcflags: &'a str,
        /// The build cache: gigabytes that the user's own should not have.
        cache: &'a Path,
    },
}

impl GoCommand {
    /// `go list -export` with `-gcflags=PKG=-S`: compiles packages (path, the user's compiler flags for it) and
    /// prints their listings on standard error. `go build` would do the same and link the commands.
    pub fn listing(
        &self,
        target: &Target,
        cgo: bool,
        listed: Listed<'_>,
        packages: &[(String, String)],
    ) -> CommandLine {
        let mut args: Vec<OsString> =
            ["list", "-e", "-export", "-json=ImportPath,Error"].map(OsString::from).to_vec();
        args.extend(self.flag_args(self.overlay.as_deref()));
        if let Some(mode) = &self.flags.build_mode {
            args.push(format!("-buildmode={mode}").into());
        }
        let mut env = target_env(target, cgo);
        env.extend(self.c_compiler_env(target, cgo));
        let list = |flags: &str| format!("{flags} -S").trim_start().to_owned();
        match listed {
            Listed::Packages => {
                let flag = |(path, flags): &(String, String)| {
                    OsString::from(format!("-gcflags={path}={}", list(flags)))
                };
                args.extend(packages.iter().map(flag));
            }
            Listed::All { gcflags, cache } => {
                args.push(format!("-gcflags=all={}", list(gcflags)).into());
                env.push(("GOCACHE".into(), Some(cache.into())));
            }
        }
        if !self.flags.extra.iter().any(|flag| flag.trim_start_matches('-').starts_with("pgo=")) {
            // A profile beside a command would make it print variants of all that it imports.
            args.push("-pgo=off".into());
        }
        args.push("--".into());
        args.extend(packages.iter().map(|(path, _)| OsString::from(path)));
        self.line(args, env, self.work_limit)
    }

    /// The command a reader runs to see a package's listing.
    pub fn reproduce_listing(
        &self,
        target: &Target,
        cgo: bool,
        package: &str,
        flags: &str,
    ) -> String {
        let mut args: Vec<OsString> = ["list", "-export"].map(OsString::from).to_vec();
        args.extend(self.user_flag_args());
        args.push(format!("-gcflags={package}={}", format!("{flags} -S").trim_start()).into());
        args.push(package.into());
        self.shown(target, cgo, args)
    }
}

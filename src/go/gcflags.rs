//! The user's own `-gcflags`, as far as they hold for one package.
//!
//! The last `-gcflags` that matches a package wins as a whole (cmd/go/internal/load/flag.go), so a call that
//! adds `-S` for a package has to say again what the user said for it.

use super::modules::parse_flag;
use crate::pattern;

/// What the user's flags say for a package. `own`: it is one of the packages of the main modules (for
/// patterns such as `./...`); `named`: the user's patterns match it (for flags without a pattern).
pub fn for_package<'a>(
    flags: impl IntoIterator<Item = &'a str>,
    package: &str,
    own: bool,
    named: bool,
) -> String {
    let mut effective = "";
    for flag in flags {
        let Some(("gcflags", value)) = parse_flag(flag) else { continue };
        let value = value.trim();
        let (matches, arguments) = match value.split_once('=') {
            Some((pattern, arguments)) if !value.starts_with('-') => {
                (matches(pattern.trim(), package, own), arguments)
            }
            _ => (named, value),
        };
        if matches {
            effective = arguments.trim();
        }
    }
    effective.to_owned()
}

fn matches(pattern: &str, package: &str, own: bool) -> bool {
    match pattern {
        "all" => true,
        "std" | "cmd" => false,
        // As search.IsRelativePath of cmd/go has it: `...` is not relative.
        "." | ".." => own,
        _ if pattern.starts_with("./") || pattern.starts_with("../") => own,
        _ => pattern::matches_go(pattern, package),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(flags: &[&str], package: &str) -> String {
        for_package(flags.iter().copied(), package, package.starts_with("example.com"), false)
    }

    #[test]
    fn the_last_flag_that_matches_wins() {
        let flags = ["-gcflags=all=-N -l", "-trimpath", "--gcflags=golang.org/x/...=-e"];
        assert_eq!(of(&flags, "example.com/a"), "-N -l");
        assert_eq!(of(&flags, "golang.org/x/sys/windows"), "-e");
        assert_eq!(of(&flags, "golang.org/x"), "-e");
        assert_eq!(of(&["-gcflags=-N"], "example.com/a"), "");
        assert_eq!(for_package(["-gcflags=-N"], "example.com/a", true, true), "-N");
        assert_eq!(of(&["-gcflags=./...=-m=2"], "example.com/a"), "-m=2");
        assert_eq!(of(&["-gcflags=std=-m"], "example.com/a"), "");
        assert_eq!(of(&["-gcflags=example.com/...b=-m"], "example.com/bxb"), "-m");
        assert_eq!(of(&["-gcflags=example.com/...b=-m"], "example.com/bxc"), "");
        assert_eq!(of(&["-gcflags=example.com/.../b=-m"], "example.com/a/b"), "-m");
        assert_eq!(of(&["-gcflags=example.com/.../b=-m"], "example.com/a/c"), "");
        assert_eq!(of(&["-gcflags=.../x/...=-m"], "golang.org/x"), "-m");
        assert_eq!(of(&["-gcflags=a=-m"], "ab"), "");
    }
}

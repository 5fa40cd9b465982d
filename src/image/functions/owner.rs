//! Whose code a function is: from the name of a Go symbol to its package, and from a package to
//! the module that the build information lists.

use crate::facts::image::{BuildInfo, ImageFacts, Module};
use crate::facts::symbol::{prefix, unescape};

/// What the symbols of the command's own package begin with, whatever its path is.
const MAIN: &str = "main";
/// The module name of the standard library in reports.
const STANDARD: &str = "std";

/// Who owns code of one image.
#[derive(Debug)]
pub(super) struct Owners<'a> {
    build_info: Option<&'a BuildInfo>,
    /// Where the code of host objects begins, and the package that brought each, by address.
    host_sections: Vec<(u32, &'a [u8])>,
}

impl<'a> Owners<'a> {
    /// From the build information and the symbols of host objects.
    pub(super) fn new(facts: &'a ImageFacts, host_sections: Vec<(u32, &'a [u8])>) -> Self {
        let build_info = facts.build_info.as_ref().ok().and_then(Option::as_ref);
        Self { build_info, host_sections }
    }

    /// The import path of the package that a symbol is in; `None` where the name has none. `of_go` says that
    /// the function is known to be Go's.
    pub(super) fn package_of_symbol(&self, name: &str, of_go: bool) -> Option<String> {
        self.prefix(name, of_go).map(|prefix| self.import_path(prefix))
    }

    /// The escaped package path in a name. Of what may be a C or Rust function, the build information has to
    /// list the package.
    pub(super) fn prefix<'n>(&self, name: &'n str, of_go: bool) -> Option<&'n str> {
        let listed = |prefix: &&str| self.listed(&self.import_path(prefix)).is_some();
        prefix(name).filter(|prefix| of_go || listed(prefix))
    }

    /// The host object that an address may be in: where it begins, and its package.
    pub(super) fn host_object(&self, rva: u32) -> Option<(u32, String)> {
        let before = self.host_sections.partition_point(|&(begins, _)| begins <= rva);
        let (begins, package) = self.host_sections.get(before.checked_sub(1)?)?;
        Some((*begins, self.import_path(&String::from_utf8_lossy(package))))
    }

    /// The module of a package: its path, and its version where it has one. The module that
    /// stands in for another by a `replace` directive is named itself; a directory has no
    /// version.
    pub(super) fn module(&self, package: &str) -> Option<(String, String)> {
        if let Some(module) = self.listed(package) {
            return Some(match &module.replace {
                None => (module.path.clone(), module.version.clone()),
                // `go version -m` shows a directory with the version (devel).
                Some(by) if matches!(by.version.as_str(), "" | "(devel)") => {
                    (module.path.clone(), String::new())
                }
                Some(by) => (by.path.clone(), by.version.clone()),
            });
        }
        self.standard(package).then(|| (STANDARD.to_owned(), String::new()))
    }

    /// Whether a package is of the standard library, or of the Go distribution's own commands.
    /// Its paths have no dot in their first element, which module paths that can be fetched have;
    /// a main module may do without one, and is listed.
    pub(super) fn standard(&self, package: &str) -> bool {
        let first = package.split('/').next().unwrap_or_default();
        let plain = !first.is_empty() && !first.contains(['.', ' ']);
        plain && self.listed(package).is_none() && !self.unlisted_command(package)
    }

    /// Whether a package is the command and no module of the build information has it: it was
    /// built from files, or without modules, and its path tells nothing.
    fn unlisted_command(&self, package: &str) -> bool {
        let command = self.build_info.map_or("", |info| info.path.as_str());
        (package == MAIN || package == command) && !command.starts_with("cmd/")
    }

    /// The listed module with the longest path that the package is in.
    fn listed(&self, package: &str) -> Option<&'a Module> {
        let info = self.build_info?;
        let holds = |module: &&Module| {
            let rest = package.strip_prefix(module.path.as_str());
            !module.path.is_empty()
                && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        info.main.iter().chain(&info.deps).filter(holds).max_by_key(|module| module.path.len())
    }

    /// The import path for a prefix of symbols.
    pub(super) fn import_path(&self, prefix: &str) -> String {
        let command = self.build_info.map(|info| info.path.as_str());
        match command.filter(|path| prefix == MAIN && !path.is_empty()) {
            Some(path) => path.to_owned(),
            None => unescape(prefix),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::image::Replacement;

    fn build_info() -> BuildInfo {
        let module = |path: &str, version: &str, replace: Option<(&str, &str)>| Module {
            path: path.into(),
            version: version.into(),
            sum: String::new(),
            replace: replace.map(|(path, version)| Replacement {
                path: path.into(),
                version: version.into(),
                sum: String::new(),
            }),
        };
        BuildInfo {
            path: "tool/cmd/run".into(),
            main: Some(module("tool", "(devel)", None)),
            deps: vec![
                module("a.b/c", "v1.0.0", None),
                module("a.b/c/v2", "v2.0.0", None),
                module("a.b/old", "v0.1.0", Some(("a.b/new", "v0.2.0"))),
                module("a.b/here", "v0.1.0", Some(("../here", ""))),
            ],
            ..BuildInfo::default()
        }
    }

    #[test]
    fn the_module_is_the_longest_that_holds_the_package() {
        let info = build_info();
        let owners = Owners { build_info: Some(&info), host_sections: Vec::new() };
        let cases = [
            ("tool/cmd/run", Some(("tool", "(devel)"))),
            ("a.b/c", Some(("a.b/c", "v1.0.0"))),
            ("a.b/c/d", Some(("a.b/c", "v1.0.0"))),
            ("a.b/c/v2/d", Some(("a.b/c/v2", "v2.0.0"))),
            ("a.b/cc", None),
            ("a.b/old/x", Some(("a.b/new", "v0.2.0"))),
            ("a.b/here", Some(("a.b/here", ""))),
            ("runtime", Some(("std", ""))),
            ("vendor/golang.org/x/sys/cpu", Some(("std", ""))),
            ("toolbox", Some(("std", ""))),
        ];
        for (package, module) in cases {
            let module = module.map(|(path, version)| (path.to_owned(), version.to_owned()));
            assert_eq!(owners.module(package), module, "{package}");
        }
        let package = |name, of_go| owners.package_of_symbol(name, of_go);
        assert_eq!(package("main.main", true).as_deref(), Some("tool/cmd/run"));
        assert_eq!(package("tool/x%2ey.F", true).as_deref(), Some("tool/x.y"));
    }

    #[test]
    fn the_dots_of_c_and_rust_names_are_no_packages() {
        let info = build_info();
        let owners = Owners { build_info: Some(&info), host_sections: Vec::new() };
        for name in ["foo.constprop.0", "bar.part.0", "_ZN3foo3barE.llvm.123", "runtime.part.0"] {
            assert_eq!(owners.package_of_symbol(name, false), None, "{name}");
        }
        for name in ["main.main", "a.b/c.F", "tool/x%2ey.F"] {
            assert!(owners.package_of_symbol(name, false).is_some(), "{name}");
        }
        assert_eq!(owners.package_of_symbol("runtime.main", true).as_deref(), Some("runtime"));
    }

    #[test]
    fn a_command_without_a_module_is_not_taken_for_the_standard_library() {
        let info = BuildInfo { path: "command-line-arguments".into(), ..BuildInfo::default() };
        let owners = Owners { build_info: Some(&info), host_sections: Vec::new() };
        assert!(!owners.standard("command-line-arguments"));
        assert!(owners.standard("runtime") && !owners.standard("a.b/c"));
        let unknown = Owners { build_info: None, host_sections: Vec::new() };
        assert!(!unknown.standard("main"));
        let info = BuildInfo { path: "cmd/go".into(), ..BuildInfo::default() };
        let owners = Owners { build_info: Some(&info), host_sections: Vec::new() };
        assert_eq!(owners.module("cmd/go"), Some(("std".into(), String::new())));
    }
}

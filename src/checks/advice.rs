//! What to do next, by class of failure and by whose code it is.

use crate::facts::{Failure, FailureClass, PackageFacts};

/// The next step for a failure that is an arm64 problem.
pub(super) fn for_failure(failure: &Failure, package: &PackageFacts) -> String {
    if package.in_main_module() { own_code(failure) } else { dependency(failure, package) }
}

fn own_code(failure: &Failure) -> String {
    let defined = failure.definition.as_ref().map(|d| (d.symbol.as_str(), d.file.as_str()));
    match (failure.class, defined) {
        (FailureClass::Excluded, _) => {
            "add a file for arm64 (name it *_windows_arm64.go or *_arm64.go, or widen the build constraint), \
             or keep the importers behind the same constraint"
                .into()
        }
        (FailureClass::MissingFunctionBody | FailureClass::LinkUndefined, _) => {
            "write the assembly for arm64, or a Go version in a file with `//go:build !amd64` that has the body"
                .into()
        }
        (FailureClass::ForeignAssembly, _) => {
            "give the x86 file the suffix _amd64.s, and add an arm64 or a Go version".into()
        }
        (FailureClass::ReservedRegister, _) => {
            "use another register: R18 is the platform register (TEB pointer) on windows/arm64".into()
        }
        (FailureClass::Redeclared, _) => {
            "two files that both apply to arm64 declare it: correct the build constraint of one of them".into()
        }
        (FailureClass::ObjectMachine, _) => {
            "rebuild the object for ARM64 and name it *_windows_arm64.syso (check its machine: an object for \
             amd64 under that name fails or, since Go 1.26, links in silence)"
                .into()
        }
        (_, Some((symbol, file))) => format!(
            "define {symbol} for arm64 too: where {file} is portable, widen its build constraint, else add an \
             arm64 file beside it"
        ),
        _ => "see the compiler's words; the same package builds for windows/amd64".into(),
    }
}

fn dependency(failure: &Failure, package: &PackageFacts) -> String {
    let Some(module) = package.module_ref() else {
        return "the package belongs to no module of the build; see the compiler's words".into();
    };
    let path = &module.path;
    if path == "golang.org/x/sys" {
        return "go get golang.org/x/sys@latest (ported to windows/arm64 in February 2021, v0.1.0 and newer build; \
                the version to pick was not tried here)"
            .into();
    }
    if let Some(by) = &module.replaced_by {
        return format!(
            "go.mod replaces {path} by {by}: mend it there, or replace it by a version that builds for windows/arm64"
        );
    }
    let tag = match failure.class {
        FailureClass::Sentinel => {
            "the module refuses this platform on purpose; look in its documentation for a build tag (gowoa check \
             --tags TAG)\n"
        }
        _ => "",
    };
    format!(
        "{tag}try a newer version: go get {path}@latest, then gowoa check again (not tried here)\n\
         if the newest fails too, tell its maintainers, and keep the import behind `//go:build !windows || !arm64`"
    )
}

/// The next step where cgo is what is missing.
pub(super) fn for_cgo(package: &PackageFacts) -> String {
    let ask =
        "gowoa check --cgo builds with a C compiler for windows/arm64 (llvm-mingw, or zig cc)";
    if package.in_main_module() {
        format!("{ask}; or add a file with `//go:build !cgo` that does without C")
    } else {
        format!("{ask}; or replace the dependency by one in pure Go")
    }
}

//! Findings about what is compiled, and about what gowoa is told.

use crate::model::{
    Confidence, Evidence, Finding, Location, ModuleRef, Reachability, Severity, SubjectId,
    SubjectKind,
};

use super::super::{GO_OLE, finding, module, pkg};
use super::{X_SYS, fork};

/// One of each check that judges packages, the build or the configuration.
pub(super) fn findings() -> Vec<Finding> {
    vec![
        of_flags(),
        of_cgo(),
        of_lost_files(),
        of_assembly(),
        of_a_rule(),
        of_an_arch_symbol(),
        of_an_arch_table(),
        of_a_dll_name(),
        of_machine_code(),
        of_a_stale_waiver(),
        of_a_replaced_module(),
    ]
}

/// At a line of a file of the main module.
fn at(file: &str, line: u32, column: u32) -> Option<Location> {
    Some(Location {
        file: Some(file.to_owned()),
        line: Some(line),
        column: Some(column),
        ..Location::default()
    })
}

/// About a package of the main module.
fn own(check: &'static str, severity: Severity, package: &str, message: &str) -> Finding {
    Finding {
        package: Some(package.to_owned()),
        reachability: Some(Reachability::MainModule),
        ..finding(check, severity, &pkg(package), message)
    }
}

fn source(file: &str, line: u32, text: &str) -> Evidence {
    Evidence::Source { file: file.to_owned(), line, text: text.to_owned() }
}

fn of_flags() -> Finding {
    Finding {
        class: Some("race".to_owned()),
        help: Some(
            "leave -race out of builds for windows/arm64 (from the flags, GOFLAGS or the release configuration); \
             the rest was checked without it"
                .to_owned(),
        ),
        ..finding(
            "unsupported-flags",
            Severity::Error,
            &SubjectId::new(SubjectKind::Build, "."),
            "-race is not supported for windows/arm64",
        )
    }
}

fn of_cgo() -> Finding {
    Finding {
        class: Some("cgo-excluded".to_owned()),
        help: Some(
            "build with cgo and a C compiler for windows/arm64, such as CC=\"zig cc -target aarch64-windows-gnu\"\n\
             or leave the package out with a build constraint"
                .to_owned(),
        ),
        evidence: vec![Evidence::Files {
            amd64_only: Vec::new(),
            arm64_only: vec!["clip_stub.go".to_owned()],
        }],
        ..own(
            "needs-cgo",
            Severity::Error,
            "example.com/app/clip",
            "example.com/app/clip exists only with cgo, and cgo is off",
        )
    }
}

fn of_lost_files() -> Finding {
    Finding {
        class: Some("resources".to_owned()),
        evidence: vec![Evidence::Files {
            amd64_only: vec!["rsrc_windows_amd64.syso".to_owned()],
            arm64_only: Vec::new(),
        }],
        ..own(
            "files-lost",
            Severity::Warning,
            "example.com/app/icon",
            "example.com/app/icon has rsrc_windows_amd64.syso for amd64 only: an arm64 exe gets none of the code \
             or resources in it",
        )
    }
}

fn of_assembly() -> Finding {
    Finding {
        class: Some("no-suffix".to_owned()),
        location: at("fast/sum.s", 1, 1),
        help: Some("rename it to sum_amd64.s and add sum_arm64.s or a Go function".to_owned()),
        evidence: vec![source("fast/sum.s", 12, "MOVQ AX, ret+24(FP)")],
        ..own(
            "asm-twin",
            Severity::Error,
            "example.com/app/fast",
            "fast/sum.s is x86 assembly and its name ends in no architecture: the assembler for arm64 gets it too \
             and refuses it",
        )
    }
}

fn of_a_rule() -> Finding {
    Finding {
        class: Some("runtime".to_owned()),
        package: Some(X_SYS.to_owned()),
        module: Some(module("golang.org/x/sys", "v0.44.0")),
        reachability: Some(Reachability::LinkedPackage),
        help: Some("go get golang.org/x/sys@v0.45.0".to_owned()),
        evidence: vec![Evidence::Rule {
            id: "GOWOA-2025-0007".to_owned(),
            summary: "CPU features of Windows on Arm are not detected before v0.45.0".to_owned(),
            url: Some("https://github.com/golang/go/issues/76791".to_owned()),
        }],
        ..finding(
            "known-module",
            Severity::Warning,
            &pkg(X_SYS),
            "golang.org/x/sys v0.44.0 is known not to work on windows/arm64: CPU features are not detected",
        )
    }
}

fn of_an_arch_symbol() -> Finding {
    Finding {
        location: at("load/load_windows.go", 31, 9),
        evidence: vec![source("load/load_windows.go", 31, "return fastHashAVX2(b)")],
        ..own(
            "arch-symbol",
            Severity::Note,
            "example.com/app/load",
            "code for arm64 calls fastHashAVX2, which is named after x86",
        )
    }
}

fn of_an_arch_table() -> Finding {
    Finding {
        class: Some("map".to_owned()),
        confidence: Confidence::Medium,
        location: at("load/download.go", 14, 2),
        help: Some("add \"arm64\" to the map, or say that there is none".to_owned()),
        evidence: vec![source(
            "load/download.go",
            14,
            "var arch = map[string]string{\"amd64\": \"x64\", \"386\": \"x86\"}",
        )],
        ..own(
            "arch-table",
            Severity::Warning,
            "example.com/app/load",
            "a map on runtime.GOARCH has \"amd64\" and \"386\" and lacks \"arm64\"",
        )
    }
}

fn of_a_dll_name() -> Finding {
    Finding {
        class: Some("loaded".to_owned()),
        location: at("load/dll_windows.go", 8, 20),
        help: Some("choose the name by GOARCH and ship the DLL for ARM64 too".to_owned()),
        evidence: vec![source(
            "load/dll_windows.go",
            8,
            "dll := windows.NewLazyDLL(\"sqlite3_x64.dll\")",
        )],
        ..own(
            "dll-name",
            Severity::Warning,
            "example.com/app/load",
            "NewLazyDLL is to load \"sqlite3_x64.dll\", whose name says x64: an ARM64 process cannot load such a DLL",
        )
    }
}

fn of_machine_code() -> Finding {
    Finding {
        location: at("load/shell.go", 22, 17),
        evidence: vec![source(
            "load/shell.go",
            22,
            "var code = []byte{0x48, 0x89, 0x5c, 0x24, 0x08, …",
        )],
        ..own(
            "machine-code-bytes",
            Severity::Warning,
            "example.com/app/load",
            "a literal of 96 bytes reads like x86-64 code: an ARM64 process cannot run it",
        )
    }
}

fn of_a_stale_waiver() -> Finding {
    Finding {
        class: Some("expired".to_owned()),
        location: at("gowoa.toml", 4, 1),
        help: Some("mend what it waives, or give it a new date and the reason for it".to_owned()),
        ..finding(
            "stale-waiver",
            Severity::Warning,
            &SubjectId::new(SubjectKind::Config, "gowoa.toml"),
            "the waiver for signature on dist/app.exe expired on 2026-10-31",
        )
    }
}

fn of_a_replaced_module() -> Finding {
    Finding {
        package: Some("github.com/old/dep".to_owned()),
        module: Some(ModuleRef { ..fork() }),
        reachability: Some(Reachability::LinkedFunction),
        evidence: vec![Evidence::Linked {
            image: "dist/app.exe".to_owned(),
            functions: vec!["(*Device).Open".to_owned(), "init".to_owned()],
            reflection: false,
            link_proof: false,
            path: vec!["main.main".to_owned(), format!("{GO_OLE}.Init")],
        }],
        ..finding(
            "float-syscall",
            Severity::Error,
            &pkg("github.com/old/dep"),
            "(*Device).Open passes a float64 to a Windows function in an integer register",
        )
    }
}

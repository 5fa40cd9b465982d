//! Findings about files: images, objects, and what carries them.

use crate::model::{
    Confidence, Evidence, Finding, Location, Reachability, Severity, SubjectId, SubjectKind,
};

use super::super::{finding, image};
use super::{ARCHIVE, OBJECT, helper};

/// One of each check that judges files.
pub(super) fn findings() -> Vec<Finding> {
    let mut findings = of_labels();
    findings.extend(of_code());
    findings.extend(of_tables());
    findings
}

fn field(name: &str, value: &str, file_offset: Option<u64>) -> Evidence {
    Evidence::Field { name: name.to_owned(), value: value.to_owned(), file_offset }
}

/// At a place in an image.
fn at(section: &str, rva: u32, file_offset: u64, function: Option<&str>) -> Option<Location> {
    Some(Location {
        section: Some(section.to_owned()),
        rva: Some(rva),
        file_offset: Some(file_offset),
        function: function.map(str::to_owned),
        ..Location::default()
    })
}

/// What files say they are.
fn of_labels() -> Vec<Finding> {
    let container = SubjectId::new(SubjectKind::Container, ARCHIVE);
    let object = SubjectId::new(SubjectKind::Object, OBJECT);
    let inputs = SubjectId::new(SubjectKind::Inputs, "dist");
    vec![
        Finding {
            class: Some("twin".to_owned()),
            help: Some(
                "put into it what was built for windows/arm64, or give it the name of what it holds".to_owned(),
            ),
            evidence: vec![
                field("Machine", "0x8664 (x64)", Some(0x84)),
                field("GOARCH", "amd64", None),
            ],
            ..finding(
                "name-against-content",
                Severity::Error,
                &container,
                "dist/app_windows_arm64.zip > app.exe is x64; the name says arm64; the same bytes as \
                 dist/app_windows_amd64.zip > app.exe, which should be for windows/amd64",
            )
        },
        Finding {
            class: Some("target-missing".to_owned()),
            ..finding(
                "name-against-content",
                Severity::Error,
                &inputs,
                "nothing in dist is for windows/arm64",
            )
        },
        Finding {
            package: Some("example.com/app".to_owned()),
            help: Some(
                "make it for arm64: code with clang --target=aarch64-windows-gnu -c or the like, resources with \
                 goversioninfo -arm -64, rsrc -arch arm64 or go-winres"
                    .to_owned(),
            ),
            location: Some(Location {
                file: Some("rsrc_windows_arm64.syso".to_owned()),
                file_offset: Some(0),
                ..Location::default()
            }),
            reachability: Some(Reachability::MainModule),
            evidence: vec![field("Machine", "0x8664 (x64)", Some(0))],
            ..finding(
                "object-machine",
                Severity::Error,
                &object,
                "rsrc_windows_arm64.syso is an x64 object, and the Go linker does not look",
            )
        },
        Finding {
            class: Some("arm64ec".to_owned()),
            evidence: vec![field("CHPEMetadataPointer", "0x14004a000", Some(0x2c8))],
            ..finding(
                "hybrid-image",
                Severity::Error,
                &helper(),
                "dist/tools/helper.exe is ARM64EC, where a plain ARM64 image is promised",
            )
        },
    ]
}

/// What stands in executable sections.
fn of_code() -> Vec<Finding> {
    let code = |bytes: &str, x86: &[&str], a64: &[&str]| Evidence::Code {
        rva: 0x4c1a0,
        file_offset: 0x4b5a0,
        bytes: bytes.to_owned(),
        x86: x86.iter().map(|line| (*line).to_owned()).collect(),
        a64: a64.iter().map(|line| (*line).to_owned()).collect(),
    };
    vec![
        Finding {
            location: at(".text", 0x4c1a0, 0x4b5a0, Some("main.fastSum")),
            package: Some("example.com/app".to_owned()),
            evidence: vec![
                code(
                    "554889e54883ec20488d0d00000000",
                    &["0004c1a0  55           push rbp", "0004c1a1  48 89 e5     mov rbp,rsp"],
                    &["0004c1a0  e5894855  .inst 0xe5894855 (unallocated)"],
                ),
                Evidence::Cause {
                    text: "sum_windows_arm64.syso is an x64 object (COFF machine 0x8664)"
                        .to_owned(),
                    file: Some("sum_windows_arm64.syso".to_owned()),
                    line: None,
                },
            ],
            ..finding(
                "stray-x86-code",
                Severity::Error,
                &image(),
                "dist/app.exe: 212 bytes of x86-64 code in main.fastSum, RVA 0x4c1a0, file offset 0x4b5a0",
            )
        },
        Finding {
            confidence: Confidence::Low,
            location: at(".text", 0x5000, 0x4400, None),
            evidence: vec![code("efbeadde", &[], &["00005000  deadbeef  .inst 0xdeadbeef"])],
            ..finding(
                "opaque-code",
                Severity::Warning,
                &image(),
                "dist/app.exe: 4 words that are no instructions, RVA 0x5000, file offset 0x4400",
            )
        },
        Finding {
            location: at(".text", 0x6010, 0x5410, Some("runtime/cgo.save")),
            evidence: vec![code("f20300aa", &[], &["00006010  aa0003f2  mov x18, x0"])],
            ..finding(
                "reserved-x18",
                Severity::Error,
                &helper(),
                "dist/tools/helper.exe: code in runtime/cgo.save writes x18, RVA 0x6010, file offset 0x5410",
            )
        },
        Finding {
            location: at(".text", 0x7020, 0x6420, Some("example.com/app/fast.sum")),
            evidence: vec![code("2000a04e", &[], &["00007020  4ea08420  add v0.4s, v1.4s, v0.4s"])],
            ..finding(
                "isa-baseline",
                Severity::Warning,
                &image(),
                "dist/app.exe: 1 sve instruction in example.com/app/fast.sum needs more than GOARM64=v8.0, and no \
                 test of the CPU was seen",
            )
        },
    ]
}

/// Data, resources, and what the headers say.
fn of_tables() -> Vec<Finding> {
    let about = |check, severity, message: &str| finding(check, severity, &image(), message);
    vec![
        Finding {
            class: Some("driver".to_owned()),
            location: at(".rdata", 0x9100, 0x8700, None),
            evidence: vec![field("Machine", "0x8664 (x64)", Some(0x8784))],
            ..about(
                "embedded-image",
                Severity::Error,
                "dist/app.exe carries WinDivert64.sys, an x64 driver: Windows on Arm loads no x64 driver",
            )
        },
        about(
            "resource-tree",
            Severity::Error,
            "the manifest 1 of dist/app.exe says that it is for amd64: Windows on ARM64 refuses it with a \
             side-by-side error",
        ),
        Finding {
            evidence: vec![field("GOARCH", "amd64", Some(0x9000))],
            ..about(
                "build-info",
                Severity::Error,
                "dist/app.exe is an image for ARM64, and was built with GOARCH=amd64 by its Go build information",
            )
        },
        about(
            "imports",
            Severity::Note,
            "dist/app.exe imports vendor64.dll, of which nothing is known on Windows on Arm",
        ),
        Finding {
            evidence: vec![field("SHA-256", &"ab".repeat(32), Some(0x3f_0000))],
            ..about(
                "signature",
                Severity::Error,
                "the Authenticode signature of dist/app.exe is not that of the image: its digest does not match",
            )
        },
    ]
}

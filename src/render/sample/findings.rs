//! Findings of the sample that are long.

use crate::model::{ControlOutcome, Evidence, Finding, ListingLine, Location, Severity};

use super::{GO_OLE, finding, image, module, pkg};

/// A dependency that builds and goes wrong: every kind of evidence that screening gives. The baseline has it.
pub(super) fn of_floats() -> Finding {
    let file = "github.com/go-ole/go-ole@v1.2.5/variant_date.go".to_owned();
    Finding {
        known: true,
        package: Some(GO_OLE.to_owned()),
        module: Some(module(GO_OLE, "v1.2.5")),
        evidence: vec![
            Evidence::Source {
                file: file.clone(),
                line: 13,
                text: "r, _, _ := procVariantTimeToSystemTime.Call(uintptr(value))".to_owned(),
            },
            Evidence::Listing {
                command: "go build -gcflags=github.com/go-ole/go-ole=-S ./host".to_owned(),
                lines: vec![
                    ListingLine {
                        function: "github.com/go-ole/go-ole.GetVariantDate".to_owned(),
                        file: Some(file),
                        line: Some(13),
                        text: "CALL syscall.(*LazyProc).Call".to_owned(),
                    },
                    ListingLine {
                        function: "github.com/go-ole/go-ole.init".to_owned(),
                        file: None,
                        line: None,
                        text: "in assembly".to_owned(),
                    },
                ],
            },
            Evidence::Linked {
                image: "dist/app.exe".to_owned(),
                functions: vec!["GetVariantDate".to_owned()],
                reflection: true,
                link_proof: false,
                path: vec![
                    "main.main".to_owned(),
                    "github.com/go-ole/go-ole.GetVariantDate".to_owned(),
                ],
            },
            Evidence::Linked {
                image: "dist/other.exe".to_owned(),
                functions: Vec::new(),
                reflection: false,
                link_proof: true,
                path: Vec::new(),
            },
            Evidence::Tried {
                module: "github.com/go-ole/go-ole@v1.3.0".to_owned(),
                target: "windows/arm64".to_owned(),
                outcome: ControlOutcome::Builds,
                text: None,
            },
            Evidence::Tried {
                module: "github.com/go-ole/go-ole@v1.2.6".to_owned(),
                target: "windows/arm64".to_owned(),
                outcome: ControlOutcome::Fails,
                text: Some("undefined: WSAData".to_owned()),
            },
            Evidence::Rule {
                id: "GOWOA-2024-0001".to_owned(),
                summary: "GetVariantDate passes a double in an integer register".to_owned(),
                url: Some("https://github.com/go-ole/go-ole/issues/258".to_owned()),
            },
        ],
        ..finding(
            "float-syscall",
            Severity::Warning,
            &pkg(GO_OLE),
            "GetVariantDate passes a float through a system call",
        )
    }
}

/// An image for another machine: every part of a place in an image.
pub(super) fn of_image() -> Finding {
    Finding {
        location: Some(Location {
            section: Some(".text".to_owned()),
            rva: Some(0x1000),
            file_offset: Some(0x84),
            function: Some("main.main".to_owned()),
            ..Location::default()
        }),
        evidence: vec![
            Evidence::Field {
                name: "Machine".to_owned(),
                value: "0x8664 (x64)".to_owned(),
                file_offset: Some(0x84),
            },
            Evidence::Code {
                rva: 0x1000,
                file_offset: 0x600,
                bytes: "554889e54883ec20c3".to_owned(),
                x86: vec![
                    "00001000  55        push rbp".to_owned(),
                    "00001001  48 89 e5  mov rbp,rsp".to_owned(),
                ],
                a64: vec!["00001000  e5894855  .inst 0xe5894855 (unallocated)".to_owned()],
            },
            Evidence::Cause { text: "GOARCH was not set".to_owned(), file: None, line: None },
            Evidence::Field {
                name: "Magic".to_owned(),
                value: "0x20b".to_owned(),
                file_offset: None,
            },
        ],
        ..finding("machine-type", Severity::Error, &image(), "dist/app.exe is x64, not ARM64")
    }
}

//! An application manifest: the XML that tells the loader which assemblies a program wants (Microsoft,
//! "Application manifests" and "Manifest file schema").

use roxmltree::{Document, Node, ParsingOptions};

use crate::facts::image::Part;
use crate::facts::resource::ManifestContents;

/// Nodes of one manifest; real ones have about fifty.
const MAX_NODES: u32 = 1 << 16;
/// Attributes of one manifest: the parser compares those of an element with each other.
const MAX_ATTRIBUTES: usize = 1 << 13;

/// Reads a manifest.
pub(super) fn read(bytes: &[u8]) -> Part<ManifestContents> {
    // Some tools pad the text with zeros.
    let length = bytes.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
    if length == 0 {
        return Err(format!("its {:#x} bytes are all zero", bytes.len()));
    }
    let text = text(bytes, length);
    if text.matches('=').count() > MAX_ATTRIBUTES {
        return Err(format!("it has more than the {MAX_ATTRIBUTES} attributes that are read"));
    }
    // No DTD: a manifest has none, and entities could grow without end.
    let options =
        ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(&text, options)
        .map_err(|error| format!("it is not well-formed XML: {error}"))?;
    let root = document.root_element();
    if root.tag_name().name() != "assembly" {
        return Err(format!("its root element is {:?} and not assembly", root.tag_name().name()));
    }
    let named =
        |node: Node<'_, '_>, name: &str| node.is_element() && node.tag_name().name() == name;
    let architecture =
        |identity: Node<'_, '_>| identity.attribute("processorArchitecture").map(str::to_owned);
    let own = root.children().find(|node| named(*node, "assemblyIdentity"));
    let dependencies = root
        .descendants()
        .filter(|node| named(*node, "dependentAssembly"))
        .flat_map(|node| node.children())
        .filter(|node| named(*node, "assemblyIdentity"))
        .map(|node| (node.attribute("name").unwrap_or_default().to_owned(), architecture(node)))
        .collect();
    let level = root.descendants().find(|node| named(*node, "requestedExecutionLevel"));
    Ok(ManifestContents {
        architecture: own.and_then(architecture),
        dependencies,
        execution_level: level.and_then(|node| node.attribute("level")).map(str::to_owned),
    })
}

/// The text: UTF-16 if it has that byte order mark or begins with `<` and a zero, else UTF-8.
fn text(bytes: &[u8], length: usize) -> String {
    let utf16 = |bytes: &[u8], number: fn([u8; 2]) -> u16| {
        let units = bytes.chunks_exact(2).map(|pair| match pair {
            [first, second] => number([*first, *second]),
            _ => 0,
        });
        let text: String = char::decode_utf16(units)
            .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect();
        text.trim_end_matches('\0').to_owned()
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [b'<', 0, ..] => utf16(bytes, u16::from_le_bytes),
        [0, b'<', ..] => utf16(bytes, u16::from_be_bytes),
        _ => {
            let text = bytes.get(..length).unwrap_or(bytes);
            String::from_utf8_lossy(text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)).into_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<assembly xmlns="urn:schemas-microsoft-com:asm.v1" manifestVersion="1.0">
<assemblyIdentity type="win32" name="a" version="1.0.0.0" processorArchitecture="X86"/>
<dependency><dependentAssembly><assemblyIdentity type="win32"
 name="Microsoft.Windows.Common-Controls" version="6.0.0.0" processorArchitecture="*"/></dependentAssembly></dependency>
<trustInfo xmlns="urn:schemas-microsoft-com:asm.v3"><security><requestedPrivileges>
<requestedExecutionLevel level="asInvoker" uiAccess="false"/></requestedPrivileges></security></trustInfo>
</assembly>"#;

    #[test]
    fn a_manifest_is_read_in_every_encoding() {
        let wide = |mark: &[u8], number: fn(u16) -> [u8; 2]| {
            let units = TEXT.encode_utf16().flat_map(number);
            mark.iter().copied().chain(units).collect::<Vec<u8>>()
        };
        let forms = [
            TEXT.as_bytes().to_vec(),
            [b"\xef\xbb\xbf", TEXT.as_bytes(), b"\0\0\0"].concat(),
            wide(b"\xff\xfe", u16::to_le_bytes),
            wide(b"\xfe\xff", u16::to_be_bytes),
            wide(b"", u16::to_le_bytes),
            wide(b"", u16::to_be_bytes),
        ];
        for form in forms {
            let found = read(&form).expect("it is well-formed");
            assert_eq!(found.architecture.as_deref(), Some("X86"));
            let controls = "Microsoft.Windows.Common-Controls".to_owned();
            assert_eq!(found.dependencies, [(controls, Some("*".to_owned()))]);
            assert_eq!(found.execution_level.as_deref(), Some("asInvoker"));
        }
    }

    #[test]
    fn what_is_no_manifest_says_why() {
        let says = |text: &[u8]| read(text).expect_err("it is no manifest");
        assert_eq!(says(&[0; 16]), "its 0x10 bytes are all zero");
        assert!(says(b"<assembly>").starts_with("it is not well-formed XML: "));
        assert!(says(b"<a><assembly/></a>").starts_with("its root element is \"a\""));
        assert!(says(b"\n<?xml version=\"1.0\"?><assembly/>").starts_with("it is not well-formed"));
        let bomb = b"<!DOCTYPE a [<!ENTITY b \"cc\">]><assembly>&b;</assembly>";
        assert!(says(bomb).starts_with("it is not well-formed XML: "));
    }

    #[test]
    fn a_manifest_without_end_ends() {
        let deep = format!("<assembly>{}", "<a>".repeat(1 << 17));
        assert!(read(deep.as_bytes()).is_err());
        let deep = format!("{}{}", "<assembly>".repeat(1 << 15), "</assembly>".repeat(1 << 15));
        assert!(read(deep.as_bytes()).is_ok());
        let wide: String = (0..MAX_ATTRIBUTES - 1).map(|index| format!(" a{index}=''")).collect();
        assert!(read(format!("<assembly{wide}/>").as_bytes()).is_ok());
        assert!(read(format!("<assembly{wide} x='' y=''/>").as_bytes()).is_err());
    }
}

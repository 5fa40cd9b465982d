//! A renderer of GitHub's flavour, with every extension on that could make more of text than text, reads what was
//! escaped and finds the text alone.

use comrak::nodes::{AstNode, NodeValue};
use comrak::{Arena, Options, parse_document};
use proptest::prelude::*;

use super::*;
use crate::render::sample::NASTY;

/// Everything on.
fn options() -> Options<'static> {
    let mut options = Options::default();
    let extension = &mut options.extension;
    extension.strikethrough = true;
    extension.table = true;
    extension.autolink = true;
    extension.tasklist = true;
    extension.superscript = true;
    extension.subscript = true;
    extension.footnotes = true;
    extension.inline_footnotes = true;
    extension.description_lists = true;
    extension.alerts = true;
    extension.math_dollars = true;
    extension.math_code = true;
    extension.wikilinks_title_after_pipe = true;
    extension.underline = true;
    extension.spoiler = true;
    extension.highlight = true;
    options.parse.smart = false;
    options
}

/// The kinds of nodes below the document, and the text that they hold.
fn read(markdown: &str) -> (Vec<String>, String) {
    let arena = Arena::new();
    let root = parse_document(&arena, markdown, &options());
    let (mut kinds, mut text) = (Vec::new(), String::new());
    for node in root.descendants().skip(1) {
        collect(node, &mut kinds, &mut text);
    }
    (kinds, text)
}

fn collect<'a>(node: &'a AstNode<'a>, kinds: &mut Vec<String>, text: &mut String) {
    match &node.data.borrow().value {
        NodeValue::Text(literal) => text.push_str(literal),
        NodeValue::Code(code) => {
            kinds.push("code".to_owned());
            text.push_str(&code.literal);
        }
        NodeValue::CodeBlock(block) => {
            kinds.push("block".to_owned());
            text.push_str(&block.literal);
        }
        other => {
            let name = format!("{other:?}");
            let end = name.find(|c: char| !c.is_alphanumeric()).unwrap_or(name.len());
            kinds.push(name[..end].to_lowercase());
        }
    }
}

/// What is to be seen of a text.
fn seen(text: &str) -> String {
    text::escape(text.trim()).into_owned()
}

fn one_code_span(text: &str) {
    let (kinds, found) = read(&format!("is {} here", code(text, 10_000)));
    assert_eq!(kinds, ["paragraph", "code"], "{text:?}");
    let expected = if seen(text).trim().is_empty() {
        "?".to_owned()
    } else {
        spell_long_runs(&seen(text), BACKTICKS)
    };
    assert_eq!(found, format!("is {expected} here"));
}

fn only_words_and_code(text: &str) {
    for before in ["", "- ", "is "] {
        let (kinds, found) = read(&format!("{before}{}", prose(text, 10_000)));
        let expected = ["paragraph", "list", "item", "code"];
        let other: Vec<_> =
            kinds.iter().filter(|kind| !expected.contains(&kind.as_str())).collect();
        assert!(
            other.is_empty() && (before == "- " || !kinds.contains(&"list".to_owned())),
            "{text:?}: {kinds:?}"
        );
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let expected = words(&format!(
            "{} {}",
            before.trim_start_matches("- "),
            spell_long_runs(&seen(text), BACKTICKS)
        ));
        assert_eq!(words(&found), expected);
    }
}

fn one_cell(text: &str) {
    let row = format!("| {} | {} |", cell(&code(text, 10_000)), cell(&prose(text, 10_000)));
    let (kinds, _) = read(&format!("| a | b |\n| --- | --- |\n{row}\n"));
    let structure: Vec<_> =
        kinds.iter().filter(|kind| *kind != "code").map(String::as_str).collect();
    let expected =
        ["table", "tablerow", "tablecell", "tablecell", "tablerow", "tablecell", "tablecell"];
    assert_eq!(structure, expected, "{row}");
}

fn one_block(text: &str) {
    let lines: Vec<&str> = text.lines().collect();
    let (kinds, found) = read(&format!("- output\n\n{}\n- next\n", fence("text", &lines, 2)));
    let expected = ["list", "item", "paragraph", "block", "item", "paragraph"];
    assert_eq!(kinds, expected, "{text:?}");
    let shown: Vec<String> = lines
        .iter()
        .map(|line| {
            spell_long_runs(&visible(line.trim_end(), LINE), FENCE).trim_end().to_owned() + "\n"
        })
        .collect();
    assert_eq!(found, format!("output{}next", shown.concat()));
}

fn one_element(text: &str) {
    let element = html(text, 10_000);
    assert!(!element.contains('\n'));
    let inner = element.strip_prefix("<code>").unwrap().strip_suffix("</code>").unwrap();
    assert!(!inner.contains(['<', '>', '"']), "{inner}");
    let (kinds, _) =
        read(&format!("<details>\n<summary>{element}</summary>\n\ntext\n\n</details>\n"));
    assert_eq!(kinds, ["htmlblock", "paragraph", "htmlblock"]);
}

fn one_label(text: &str) {
    let label = label(text, 10_000);
    assert!(label.chars().all(|c| c.is_alphanumeric() || " /.-_#;".contains(c)), "{label}");
}

#[test]
fn the_worst_strings_stay_text() {
    for text in NASTY.iter().copied().chain([&*NASTY.concat(), &*NASTY.join(" ")]) {
        one_code_span(text);
        only_words_and_code(text);
        one_cell(text);
        one_block(text);
        one_element(text);
        one_label(text);
    }
}

#[test]
fn prose_reads_as_people_write_it() {
    for (text, expected) in [
        (
            "does not build for windows/arm64: undefined: VARIANT",
            "does not build for `windows/arm64`: undefined: VARIANT",
        ),
        ("it's 1 package, or 2 (see go.mod).", "it's 1 package, or 2 (see `go.mod`)."),
        ("RVA 0x4c1a0, file offset 0x4b5a0", "RVA 0x4c1a0, file offset 0x4b5a0"),
        (
            "loads \"sqlite3_x64.dll\", whose name says x64",
            "loads `\"sqlite3_x64.dll\"`, whose name says x64",
        ),
        ("calls f() and (*T).Run;", "calls `f()` and `(*T).Run`;"),
        ("a -> b", "a `->` b"),
        ("1. item", "`1`. item"),
        ("GH-12 deadbeef1 decided e9a1b2c3", "`GH-12 deadbeef1` decided `e9a1b2c3`"),
        ("a \u{202e}b", "a `\\u{202e}b`"),
        ("日本 ist gut – ja", "日本 ist gut – ja"),
    ] {
        assert_eq!(prose(text, 1000), expected);
    }
    assert_eq!(prose("abcdef", 3), "abc…");
    assert_eq!(code("a`b", 10), "``a`b``");
    assert_eq!(code("`", 10), "`` ` ``");
    assert_eq!(code("", 10), "`?`");
    assert_eq!(cell(r"`a|b` `c\|d`"), r"`a\|b` `c\u{7c}d`");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_string_stays_text(a in any::<String>(), at in 0..NASTY.len(), b in "[-`|\\\\<>\\[\\]()!*_~#$@:&;.^=+\"' \n\ta1x/]{0,30}") {
        for text in [a.clone(), b.clone(), format!("{b}{}{a}{b}", NASTY[at])] {
            one_code_span(&text);
            only_words_and_code(&text);
            one_cell(&text);
            one_block(&text);
            one_element(&text);
            one_label(&text);
        }
    }
}

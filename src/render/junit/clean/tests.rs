//! What comes out may stand in the file, and nothing that matters is lost.

use proptest::prelude::*;

use super::*;
use crate::render::sample::NASTY;

#[test]
fn clean_text_is_not_copied() {
    let clean = "one\n\ttwo 漢字 🦀 ]]> [[ATTACH <&>";
    assert!(matches!(text(clean), Cow::Borrowed(_)));
}

#[test]
fn terminal_sequences_go_and_their_text_stays() {
    for (raw, expected) in [
        ("\u{1b}[1;31mred\u{1b}[0m", "red"),
        ("\u{9b}31mred", "red"),
        ("\u{1b}]0;title\u{7}after", "after"),
        ("\u{1b}]8;;http://x\u{1b}\\link\u{1b}]8;;\u{1b}\\", "link"),
        ("\u{9d}0;title\u{9c}after", "after"),
        ("\u{1b}(Bplain\u{1b}c", "plain"),
        // Cut off, or not closed on its line: only the introducer goes.
        ("\u{1b}[", "["),
        ("\u{1b}", ""),
        ("\u{1b}]0;hides\nthe error\u{7}", "]0;hides\nthe error\u{fffd}"),
        ("\u{1b}[1é", "[1é"),
    ] {
        assert_eq!(text(raw), expected, "{raw:?}");
    }
}

#[test]
fn other_controls_leave_a_mark() {
    assert_eq!(text("a\0b"), "a\u{fffd}b");
    assert_eq!(text("a\0\u{1}\u{7f}\u{85}\u{fffe}\u{ffff}b"), "a\u{fffd}b");
    assert_eq!(text("a\r\nb\rc\n\td"), "a\nb\nc\n\td");
}

#[test]
fn attachment_requests_are_broken() {
    assert_eq!(text("[[ATTACHMENT|/etc/passwd]]"), "[ [ATTACHMENT|/etc/passwd]]");
    assert_eq!(text("[[[attachment|x]] [[Attachment"), "[[ [attachment|x]] [ [Attachment");
    assert_eq!(text("[\0[ATTACHMENT|x]]"), "[\u{fffd}[ATTACHMENT|x]]");
    assert_eq!(text("[\u{1b}[0m[ATTACHMENT|x]]"), "[ [ATTACHMENT|x]]");
}

#[test]
fn a_line_is_one_line() {
    assert_eq!(line(" a\n b\t\tc\u{2028}d\u{a0}e ", 100), "a b c d e");
    assert_eq!(line("\n\t ", 100), "");
    assert_eq!(name("\n\t "), "(no name)");
}

#[test]
fn a_long_line_loses_its_middle() {
    assert_eq!(line(&"x".repeat(512), 512), "x".repeat(512));
    let long = format!("begin{}end", "🦀".repeat(400));
    let short = line(&long, 100);
    assert!(short.encode_utf16().count() <= 100, "{short}");
    assert!(short.starts_with("begin") && short.ends_with("end") && short.contains('…'));
}

#[test]
fn the_end_of_a_cdata_section_is_split() {
    assert_eq!(for_cdata("a]]>b"), "a]]]]><![CDATA[>b");
}

#[test]
fn source_paths_are_relative_and_inside() {
    for (raw, expected) in [
        ("a/b.go", Some("a/b.go")),
        ("a\\b.go", Some("a/b.go")),
        ("./a.go", Some("a.go")),
        ("web/node_modules/@scope/a.go", Some("web/node_modules/@scope/a.go")),
        ("..data/a.go", Some("..data/a.go")),
        ("/abs/a.go", None),
        ("\\\\server\\share\\a.go", None),
        ("C:\\a.go", None),
        ("../a.go", None),
        ("a/../../b.go", None),
        ("github.com/go-ole/go-ole@v1.2.5/com.go", None),
        ("", None),
    ] {
        assert_eq!(source_path(raw).as_deref(), expected, "{raw}");
    }
}

#[test]
fn workflow_commands_are_written_as_references() {
    assert_eq!(escape("::error::x\n ::warning::y z::k"), "&#58;:error::x\n &#58;:warning::y z::k");
    assert_eq!(escape("##vso[a] ##[b] #c ###"), "#&#35;vso[a] #&#35;[b] #c #&#35;&#35;");
    assert_eq!(escape("<a b=\"c\">&]]>"), "&lt;a b=&quot;c&quot;&gt;&amp;]]&gt;");
}

#[test]
fn a_cap_says_what_is_missing() {
    assert_eq!(cap("short", 512), "short");
    let capped = cap(&"é".repeat(1_000), 512).into_owned();
    assert!(capped.ends_with("bytes more stand in the JSON report"), "{capped}");
    assert!(capped.len() <= 512);
    let unseen = capped_text(&"\0x".repeat(100_000), 512).into_owned();
    assert!(unseen.contains("… 2016"), "{unseen}");
    assert!(escape(&cap(&"&".repeat(10_000), 512)).len() <= 512 + 5);
}

proptest! {
    #[test]
    fn cleaning_leaves_only_what_may_stand_there_and_is_done_once(raw in any::<String>(), at in 0..NASTY.len()) {
        let raw = format!("{raw}{}{raw}", NASTY[at]);
        let once = text(&raw).into_owned();
        prop_assert!(once.chars().all(allowed));
        prop_assert_eq!(text(&once), once.as_str());
    }

    #[test]
    fn a_parser_gives_back_what_was_escaped(raw in any::<String>(), at in 0..NASTY.len()) {
        let raw = text(&format!("{raw}{}", NASTY[at])).into_owned();
        let escaped = escape(&raw);
        prop_assert_eq!(quick_xml::escape::unescape(&escaped).unwrap(), raw.as_str());
        prop_assert!(!escaped.contains("##") && !escaped.contains("]]>"));
        prop_assert!(!escaped.lines().any(|line| line.trim_start().starts_with("::")));
        prop_assert!(escaped.len() <= raw.chars().map(escaped_len).sum());
    }

    #[test]
    fn a_line_fits(raw in any::<String>(), longest in 10_usize..60) {
        let line = line(&raw.repeat(3), longest);
        prop_assert!(line.encode_utf16().count() <= longest);
        prop_assert!(!line.contains(['\n', '\t']));
    }
}

//! Which function refers to which, in images that are whole and in damaged ones.

use gowoa::facts::CodeCalls;
use gowoa::image::{code, read};

use crate::{fixture, fixtures};

/// What is told of an image that has a Go function table.
fn calls(bytes: &[u8]) -> Option<CodeCalls> {
    let facts = read(bytes).ok()?;
    code::calls(bytes, &facts).ok()
}

/// What the readers of the calls rely on: names and pairs sorted, each once, and no pair that leads out of the names.
fn assert_whole(calls: &CodeCalls, about: &str) {
    assert!(calls.names().is_sorted_by(|a, b| a < b), "{about}: {:?}", calls.names());
    assert!(calls.edges().is_sorted_by(|a, b| a < b), "{about}: {:?}", calls.edges());
    let known = |at: u32| usize::try_from(at).is_ok_and(|at| at < calls.names().len());
    let all = calls.edges().iter().all(|(from, to)| from != to && known(*from) && known(*to));
    assert!(all, "{about}: {:?}", calls.edges());
    assert_eq!(calls.from_main().len(), calls.names().len(), "{about}");
}

#[test]
fn every_way_to_refer_to_a_function_is_followed() {
    let calls = calls(&fixture("calls.exe")).unwrap();
    let name =
        |at: u32| calls.names()[usize::try_from(at).unwrap()].replace("example.com/dep.", "");
    let mut edges: Vec<String> = calls
        .edges()
        .iter()
        .map(|(from, to)| format!("{} -> {}", name(*from), name(*to)))
        .collect();
    edges.sort();
    assert_eq!(
        edges,
        [
            "(*T).Called -> main.main",
            "main.main -> (*T).Called",
            "main.main -> inWord",
            "main.main -> inlined",
            "main.main -> jumped",
            "main.main -> taken",
            "never -> (*T).Called",
        ]
    );
    let reached = calls.from_main();
    let left: Vec<String> =
        (0..).zip(reached).filter(|(_, r)| !r).map(|(at, _)| name(at)).collect();
    assert_eq!(left, ["never"]);
}

#[test]
fn damage_ends_in_an_error_or_in_calls_that_are_whole() {
    let mut damaged = 0;
    for (name, bytes) in fixtures() {
        let Some(whole) = calls(&bytes) else { continue };
        assert_whole(&whole, &name);
        assert!(!whole.edges().is_empty(), "{name}: {:?}", whole.names());
        let mut hurt = bytes.clone();
        for at in 0..bytes.len() {
            if let Some(calls) = calls(&bytes[..at]) {
                assert_whole(&calls, &format!("{name}, cut at {at}"));
            }
            for mask in [0xff, 0x80, 0x01] {
                hurt[at] ^= mask;
                if let Some(calls) = calls(&hurt) {
                    assert_whole(&calls, &format!("{name}, byte {at} ^ {mask:#x}"));
                    damaged += usize::from(calls != whole);
                }
                hurt[at] ^= mask;
            }
        }
        assert_eq!(hurt, bytes, "{name}: the damage was undone");
    }
    assert!(damaged > 0, "no damage reached the calls: the fixtures have none");
}

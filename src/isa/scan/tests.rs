use super::*;
use crate::isa::x86::sample::{A64, X64, X86};

/// A64 words as bytes.
fn bytes(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// A function with something in its middle.
fn around(middle: &[u8]) -> Vec<u8> {
    let mut region = [A64, A64].concat();
    region.extend(middle);
    region.resize(region.len().next_multiple_of(4), 0);
    region.extend([A64, A64].concat());
    region
}

const RET: u32 = 0xd65f_03c0;
const NOP: u32 = 0xd503_201f;
const BR_X8: u32 = 0xd61f_0100;
/// No instruction, and no beginning of one of x86.
const BAD: u32 = 0x0000_0006;

#[test]
fn a64_code_is_clean() {
    assert_eq!(clusters(&A64, 0x1_4000_1000), []);
    assert_eq!(clusters(&[], 0), []);
    assert_eq!(clusters(&[0xff; 3], 0), [], "less than a word");
}

#[test]
fn x86_code_is_found_with_its_place() {
    for (code, wanted) in [(X64.as_slice(), 64), (X86.as_slice(), 32)] {
        let region = around(code);
        let found = clusters(&region, 0x1000);
        let [Cluster { offset, length, reading: Reading::X86 { bits, score, .. }, .. }] = found[..]
        else {
            panic!("{found:?}")
        };
        assert_eq!(bits, wanted);
        assert!(score > 60.0);
        assert!(offset.abs_diff(2 * A64.len()) <= 4, "{offset}");
        assert!((offset + length).abs_diff(2 * A64.len() + code.len()) <= 4, "{length}");
    }
}

#[test]
fn x86_code_alone_in_its_region_is_found() {
    let found = clusters(&X64, 0x1000);
    assert!(
        matches!(found[..], [Cluster { offset: 0..4, reading: Reading::X86 { .. }, .. }]),
        "{found:?}"
    );
}

#[test]
fn long_x86_code_is_one_cluster() {
    let found = clusters(&X64.repeat(1000), 0x1000);
    let [Cluster { length, reading: Reading::X86 { bits: 64, .. }, .. }] = found[..] else {
        panic!("{} clusters", found.len())
    };
    assert!(length > X64.len() * 1000 - 64, "{length}");
}

#[test]
fn data_without_a_reason_is_opaque() {
    let region = around(&bytes(&[BAD, BAD, BAD]));
    let found = clusters(&region, 0);
    let place = 2 * A64.len();
    assert_eq!(
        found,
        [Cluster { offset: place, length: 12, bad_words: 3, reading: Reading::Opaque }]
    );
}

#[test]
fn words_in_capitals_and_counting_tables_are_no_code() {
    // They are push, pop and REX prefixes.
    let letters: Vec<u8> = (b'A'..=b'Z').cycle().take(104).collect();
    for data in [letters, (0..=255).collect(), b"PUSH".repeat(20), vec![0x50; 64]] {
        let found = clusters(&around(&data), 0);
        let x86 = |cluster: &Cluster| matches!(cluster.reading, Reading::X86 { .. });
        assert!(!found.iter().any(x86), "{found:?}");
    }
}

#[test]
fn the_target_of_a_literal_load_is_not_bad() {
    // ldr x0, .+8; ret; the literal.
    assert_eq!(clusters(&bytes(&[0x5800_0040, RET, BAD, BAD]), 0x1000), []);
}

#[test]
fn a_table_that_code_leads_to_is_a_pool() {
    // adr x8, .+8; br x8; a long table; code again, so that it does not trail.
    let mut words = vec![0x1000_0048, BR_X8];
    words.extend([BAD; 40]);
    words.extend([RET; 30]);
    let found = clusters(&bytes(&words), 0x1000);
    assert!(matches!(found[..], [Cluster { reading: Reading::Pool, .. }]), "{found:?}");
    words[0] = NOP;
    let found = clusters(&bytes(&words), 0x1000);
    assert!(matches!(found[..], [Cluster { reading: Reading::Opaque, .. }]), "{found:?}");
    let found = clusters_with(&bytes(&words), 0x1000, &[0x1008]);
    assert!(matches!(found[..], [Cluster { reading: Reading::Pool, .. }]), "{found:?}");
}

#[test]
fn a_table_that_control_runs_into_is_no_pool() {
    // b.eq .+12 goes behind the transfer.
    let mut words = vec![0x5400_0060, 0x1000_0088, BR_X8];
    words.extend([NOP; 12]);
    words.extend([BAD; 4]);
    let found = clusters(&bytes(&words), 0x1000);
    assert!(matches!(found[..], [Cluster { reading: Reading::Opaque, .. }]), "{found:?}");
    words[0] = NOP;
    let found = clusters(&bytes(&words), 0x1000);
    assert!(matches!(found[..], [Cluster { reading: Reading::Pool, .. }]), "{found:?}");
}

#[test]
fn a_few_words_behind_the_last_transfer_are_a_pool() {
    let mut region = A64.to_vec();
    region.extend(bytes(&[BAD, BAD, 0, 0]));
    let found = clusters(&region, 0x1000);
    assert!(
        matches!(found[..], [Cluster { reading: Reading::Pool, bad_words: 2, .. }]),
        "{found:?}"
    );
}

#[test]
fn uses_are_addresses_inside() {
    // adrp x8, .; add x8, x8, #8: the third word of a section at a page.
    let section = bytes(&[0x9000_0008, 0x9100_2108, BAD, 0x1000_0001]);
    assert_eq!(uses(&section, 0x1000), [0x1008, 0x100c]);
}

#[test]
fn a_region_that_begins_inside_a_word_is_read_from_the_next_one() {
    let region = [&[0xff; 3], A64.as_slice(), &X64].concat();
    let found = clusters(&region, 0x1001);
    let place = 3 + A64.len();
    assert!(
        matches!(found[..], [Cluster { offset, .. }] if offset.abs_diff(place) <= 4),
        "{found:?}"
    );
    assert_eq!(clusters(&[0xff; 2], 0x1001), []);
}

#[test]
fn what_go_writes_is_no_finding() {
    assert_eq!(clusters(b"\xff Go build ID: \"abc/def/ghi/jkl\"\n \xff\0", 0x1000), []);
    let mut region = b"\xff Go build ID: \"abcdefghijklmnopqrstuvw/xyz\"\n \xff".to_vec();
    region.resize(region.len().next_multiple_of(16), 0);
    assert_eq!(clusters(&region, 0x1000), []);
    region.extend(X64);
    assert!(matches!(
        clusters(&region, 0x1000)[..],
        [Cluster { reading: Reading::X86 { .. }, .. }]
    ));
    assert_eq!(clusters(&bytes(&[GO_UNDEF, 0]), 0x1000), []);
}

#[test]
fn any_bytes_are_taken() {
    let mut state = 7_u32;
    for length in (0..600).step_by(13) {
        let region: Vec<u8> = (0..length)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 24) as u8
            })
            .collect();
        for cluster in clusters(&region, u64::MAX - u64::from(state)) {
            assert!(cluster.offset + cluster.length <= region.len());
            assert!(!matches!(cluster.reading, Reading::X86 { .. }), "{length}: {cluster:?}");
        }
        assert!(uses(&region, u64::MAX - 8).is_sorted());
    }
}

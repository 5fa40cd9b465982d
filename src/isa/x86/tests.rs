use iced_x86::Code;

use super::sample::{A64, X64, X86};
use super::*;

/// Bytes by chance, the same in every run.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 1_u32;
    (0..length)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .collect()
}

#[test]
fn compiled_code_scores_high_for_its_own_machine() {
    let wide = score(&X64, 64).unwrap();
    assert!(wide.score > 60.0 && wide.end() >= X64.len() - 4, "{wide:?}");
    assert!(wide.score > score(&X64, 32).unwrap().score);
    let narrow = score(&X86, 32).unwrap();
    assert!(narrow.score > 60.0 && narrow.start == 0, "{narrow:?}");
    assert!(narrow.score > score(&X86, 64).unwrap().score);
}

#[test]
fn anything_else_scores_low() {
    for other in [A64.to_vec(), noise(256), b"the quick brown fox".repeat(4)] {
        for bits in [64, 32] {
            let best = score(&other, bits).map_or(0.0, |run| run.score);
            assert!(best < 20.0, "{bits}: {best}: {other:02x?}");
        }
    }
}

#[test]
fn the_same_bytes_speak_once() {
    let once = score(&[0x33, 0xc0], 64).map_or(0.0, |run| run.score);
    let often = score(&[0x33, 0xc0].repeat(40), 64).unwrap();
    assert_eq!((often.instructions, often.different, often.tokens), (40, 1, 1));
    assert!(often.score < once + 5.0);
}

#[test]
fn nothing_is_no_run() {
    assert_eq!(score(&[], 64), None);
    assert_eq!(score(&X64, 16), None);
    assert_eq!(score(&[0x06], 64), None, "push es is no instruction in 64 bits");
}

#[test]
fn text_goes_on_behind_what_is_undecodable() {
    let lines = text(&[0x48, 0x89, 0xd8, 0x06, 0xc3], 0x1000, 64, 10);
    assert_eq!(lines, ["0x1000  48 89 d8  mov rax, rbx", "0x1003  06  db 0x06", "0x1004  c3  ret"]);
    assert_eq!(
        text(&[0xc7, 0x44, 0x24, 0x50, 4, 0, 0xab, 0], 0, 32, 1),
        ["0x0  c7 44 24 50 04 00 ab 00  mov dword [esp+0x50], 0xab0004"]
    );
    assert_eq!(text(&[0x90; 9], 0, 64, 3).len(), 3);
    assert!(text(&[0x90], 0, 17, 3).is_empty());
}

#[test]
fn text_and_score_take_any_bytes_at_any_address() {
    let bytes = noise(4096);
    for start in (0..300).step_by(7) {
        for bits in [64, 32] {
            let piece = &bytes[start..start + start % 40];
            assert!(text(piece, u64::MAX - 3, bits, 100).len() <= piece.len());
            assert!(score(piece, bits).is_none_or(|run| run.end() <= piece.len()));
        }
    }
}

#[test]
fn the_table_is_whole() {
    let bytes = include_bytes!("scores.bin");
    let (wide, narrow) = table::parse(bytes).unwrap();
    for model in [wide, narrow] {
        assert_eq!(model.order.len(), (model.kinds.len() + 1).pow(2));
        assert!(model.tokens.len() > 500);
    }
    assert_eq!(table::parse(&bytes[..bytes.len() - 1]), None);
    assert_eq!(table::parse(&[]), None);
    assert_eq!(table::parse(&[bytes.as_slice(), &[0]].concat()), None);
}

#[test]
fn the_table_has_the_opcode_numbers_of_this_decoder() {
    // A new release of iced-x86 may number them anew: then the table has to be made again.
    assert_eq!(Code::values().len(), CODES, "make a new table, see docs/stray-x86.md");
    let model = table::model(64).unwrap();
    let weight =
        |code: Code, form: u16| model.tokens.get((code as u16) << 2 | form).map(table::nats);
    assert!(weight(Code::Mov_r64_rm64, 2) > Some(0.5), "mov r64, [m]");
    assert!(weight(Code::Call_rel32_64, 0) > Some(0.5), "call");
    assert!(weight(Code::In_AL_DX, 0) < Some(-0.5), "in al, dx");
}

/// Opcodes that iced-x86 1.22 knows.
const CODES: usize = 4936;

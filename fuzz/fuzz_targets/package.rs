//! Containers, and the containers in them. The seeds are small ones of every kind.
#![no_main]

use gowoa::package::{Budget, Limits, kind, members};
use libfuzzer_sys::fuzz_target;

/// Small enough that all of it can be unpacked in the time that one input has.
const LIMITS: Limits =
    Limits { members: 2000, depth: 5, ratio: 200, member_size: 16 << 20, total_size: 64 << 20 };

fuzz_target!(|data: &[u8]| open(data, &mut Budget::new(LIMITS)));

fn open(data: &[u8], budget: &mut Budget) {
    let Some(kind) = kind(data) else { return };
    let mut visit = |member: gowoa::package::Member<'_>, budget: &mut Budget| {
        open(&member.bytes, budget);
    };
    let _ = members(data, kind, budget, &mut |_, _| true, &mut visit);
}

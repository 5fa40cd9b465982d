//! Certificates. The seeds are signed images.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(facts) = gowoa::image::read(data) else { return };
    let _ = facts.signature;
});

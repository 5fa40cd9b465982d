//! The resource tree, manifests and version resources. The seeds are images with resources.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(facts) = gowoa::image::read(data) else { return };
    let _ = facts.resources;
});

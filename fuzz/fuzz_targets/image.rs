//! Headers, directories, and every code word of an image.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(facts) = gowoa::image::read(data) else { return };
    let _ = gowoa::image::code::scan(data, &facts);
});

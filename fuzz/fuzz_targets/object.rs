//! COFF objects, import records, archives.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = gowoa::image::read_object(data);
    let _ = gowoa::image::kinds_of_object(data);
});

//! What an image carries. The seeds are images with others in them; containers alone are in `package`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut image = gowoa::facts::ImageFile::unread("fuzz".into(), "fuzz".into());
    gowoa::engine::read_image(data, &mut image);
});

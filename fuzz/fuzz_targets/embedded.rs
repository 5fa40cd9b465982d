//! What an image carries, and containers.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut image = gowoa::facts::ImageFile::unread("fuzz".into(), "fuzz".into());
    gowoa::engine::read_image(data, &mut image);
    if let Some(kind) = gowoa::package::kind(data) {
        let mut budget = gowoa::package::Budget::new(gowoa::package::Limits::default());
        let _ = gowoa::package::members(data, kind, &mut budget, &mut |_, _| true, &mut |member, _| {
            let _ = gowoa::package::kind(&member.bytes);
        });
    }
});

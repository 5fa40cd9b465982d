//! Which function of an image refers to which, and what its code leads to.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(facts) = gowoa::image::read(data) else { return };
    let Ok(calls) = gowoa::image::code::calls(data, &facts) else { return };
    assert!(calls.names().is_sorted_by(|a, b| a < b));
    assert!(calls.edges().is_sorted_by(|a, b| a < b));
    let known = |at: u32| (at as usize) < calls.names().len();
    assert!(calls.edges().iter().all(|(from, to)| known(*from) && known(*to)));
    assert_eq!(calls.from_main().len(), calls.names().len());
});

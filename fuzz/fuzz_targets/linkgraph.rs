//! The linker's graph from any text, in pieces of any size, and every question asked of it.
#![no_main]

use gowoa::go::linkgraph::LinkGraphReader;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let (size, text) = bytes.split_first().unwrap_or((&0, bytes));
    let mut reader = LinkGraphReader::default();
    text.chunks(usize::from(*size).max(1)).for_each(|chunk| reader.push(chunk));
    let graph = reader.finish();
    for function in [None, Some("F"), Some("(*T).M"), Some("T.M")] {
        let _ = graph.way("main", function, &|name| name != "init");
        let _ = graph.way("ex.com/d", function, &|_| true);
    }
});

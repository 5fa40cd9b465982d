//! Function tables: the pclntab, symbols, exports, unwind data; and the map made of them.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(facts) = gowoa::image::read(data) else { return };
    let Ok(table) = gowoa::image::FunctionTable::read(data, &facts) else { return };
    for index in 0..table.len().min(2000) {
        let _ = table.describe(index);
    }
    let packages = (0..table.len().min(2000)).filter_map(|index| table.package(index)).collect();
    let _ = gowoa::image::linked_functions(data, &facts, &packages);
    let _ = gowoa::image::map::map(&facts, &table, None, &[]);
});

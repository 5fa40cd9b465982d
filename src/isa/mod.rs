//! Machine code without a file around it: pure functions over words and bytes.

pub mod a64;
pub mod guard;
pub mod live;
pub mod scan;
pub mod x86;

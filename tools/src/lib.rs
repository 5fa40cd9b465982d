//! What the tools share: reading functions out of images and objects, and reproducible chance.
//!
//! Tools are run by the makers of gowoa, not by its users: they may panic and print.

pub mod functions;
pub mod random;
pub mod reach;

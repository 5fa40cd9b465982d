//! The map of an image. It goes into the Report as it is, so its types are the Report's.

pub use crate::model::{ImageMap, MapSection, MapSpan, SpanKind};

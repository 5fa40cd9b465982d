//! Reads every exe that was built.

use sha2::{Digest, Sha256};

use crate::facts::ImageFile;
use crate::image;
use crate::platform::map::Mapped;

/// Reads the facts of one exe into its place.
pub(super) fn inspect(file: &mut ImageFile) {
    let bytes = match Mapped::open(&file.path) {
        Ok(bytes) => bytes,
        Err(error) => {
            file.facts = Err(format!("it cannot be read: {error}"));
            file.missing = true;
            return;
        }
    };
    file.sha256 = Some(Sha256::digest(&*bytes).iter().map(|byte| format!("{byte:02x}")).collect());
    file.facts = image::read(&bytes).map_err(|error| error.to_string());
}

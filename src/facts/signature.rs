//! What was read of the Authenticode signature of an image (PE format, The Attribute Certificate Table;
//! Microsoft's "Windows Authenticode Portable Executable Signature Format").

/// The signature of an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// File offset of the certificate table.
    pub offset: u64,
    /// Its length in bytes.
    pub size: u32,
    /// The digest algorithm, such as `SHA-256`.
    pub algorithm: String,
    /// The digest that the signature holds, lower-case hexadecimal.
    pub signed_digest: String,
    /// The digest of the image as it is, lower-case hexadecimal.
    pub image_digest: String,
    /// Common name of the signer, where the certificate has one.
    pub signer: Option<String>,
    /// Whether a time stamp is there; it is not verified.
    pub timestamped: bool,
    /// Bytes behind the certificate table that no signature covers.
    pub trailing: u64,
}

impl Signature {
    /// Whether the signature is of this image.
    #[must_use]
    pub fn matches(&self) -> bool {
        self.signed_digest == self.image_digest
    }
}

//! What was read of the Authenticode signature of an image (PE format, The Attribute Certificate Table;
//! Microsoft's "Windows Authenticode Portable Executable Signature Format").

/// The certificate table of an image and the signatures in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// File offset of the certificate table.
    pub offset: u64,
    /// Its length in bytes.
    pub size: u32,
    /// Bytes behind the certificate table; they count for the digest.
    pub trailing: u64,
    /// The signatures in the order of the table, each followed by those nested in it. Never empty.
    pub signatures: Vec<SignedDigest>,
}

impl Signature {
    /// Whether every signature is of this image; `None` where a digest could not be computed.
    #[must_use]
    pub fn matches(&self) -> Option<bool> {
        let mut all = Some(true);
        for signed in &self.signatures {
            match signed.matches() {
                Some(false) => return Some(false),
                Some(true) => {}
                None => all = None,
            }
        }
        all
    }
}

/// One signature: the digest that was signed and the digest that the image has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedDigest {
    /// File offset of its `WIN_CERTIFICATE`; of the outer one where it is nested.
    pub offset: u64,
    /// Whether it is nested in the signature before it.
    pub nested: bool,
    /// The digest algorithm, such as `SHA-256`, or its object identifier.
    pub algorithm: String,
    /// The digest that the signature holds, lower-case hexadecimal.
    pub signed_digest: String,
    /// The digest of the image as it is, lower-case hexadecimal; `None` for an unknown algorithm.
    pub image_digest: Option<String>,
    /// Common name of the signer, where the certificate is there and has one.
    pub signer: Option<String>,
    /// Whether a time stamp is there; it is not verified.
    pub timestamped: bool,
}

impl SignedDigest {
    /// Whether the signature is of this image; `None` where the digest could not be computed.
    #[must_use]
    pub fn matches(&self) -> Option<bool> {
        self.image_digest.as_ref().map(|digest| *digest == self.signed_digest)
    }
}

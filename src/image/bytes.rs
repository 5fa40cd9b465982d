//! Little-endian numbers out of a byte slice at offsets that a file chose:
//! `None` where the slice ends too early, never a panic.

/// `len` bytes at `offset`.
pub(super) fn slice(bytes: &[u8], offset: u64, len: u64) -> Option<&[u8]> {
    let start = usize::try_from(offset).ok()?;
    let end = start.checked_add(usize::try_from(len).ok()?)?;
    bytes.get(start..end)
}

/// A 16-bit number at `offset`.
pub(super) fn u16_at(bytes: &[u8], offset: u64) -> Option<u16> {
    slice(bytes, offset, 2)?.try_into().ok().map(u16::from_le_bytes)
}

/// A 32-bit number at `offset`.
pub(super) fn u32_at(bytes: &[u8], offset: u64) -> Option<u32> {
    slice(bytes, offset, 4)?.try_into().ok().map(u32::from_le_bytes)
}

/// A 64-bit number at `offset`.
pub(super) fn u64_at(bytes: &[u8], offset: u64) -> Option<u64> {
    slice(bytes, offset, 8)?.try_into().ok().map(u64::from_le_bytes)
}

/// The bytes up to the first zero within the first `limit`; `None` if there is
/// no zero among them.
pub(super) fn c_string(bytes: &[u8], limit: usize) -> Option<&[u8]> {
    let window = bytes.get(..limit.min(bytes.len()))?;
    let end = window.iter().position(|&byte| byte == 0)?;
    window.get(..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_end_where_the_bytes_end() {
        let bytes = [1, 2, 3, 4, 5, 6, 7, 8, 9];
        assert_eq!(u16_at(&bytes, 7), Some(0x0908));
        assert_eq!(u16_at(&bytes, 8), None);
        assert_eq!(u32_at(&bytes, 5), Some(0x0908_0706));
        assert_eq!(u64_at(&bytes, 1), Some(0x0908_0706_0504_0302));
        assert_eq!(u64_at(&bytes, 2), None);
        assert_eq!(slice(&bytes, u64::MAX, 1), None);
        assert_eq!(slice(&bytes, 1, u64::MAX), None);
        assert_eq!(slice(&bytes, 9, 0), Some(&[][..]));
    }

    #[test]
    fn a_string_needs_its_zero_within_the_limit() {
        assert_eq!(c_string(b"abc\0def", 7), Some(&b"abc"[..]));
        assert_eq!(c_string(b"abc\0def", 3), None);
        assert_eq!(c_string(b"abc", 100), None);
    }
}

//! A stream of JSON values as `go list -json` and `go build -json` print it: parsed as it arrives.

use serde::de::DeserializeOwned;

/// One value may be this long; a package with ten thousand files stays far below it.
const VALUE_LIMIT: usize = 64 << 20;

/// Chunks up to this length are always looked at.
const SMALL: usize = 4096;

/// Collects chunks of bytes and hands out every whole value.
#[derive(Debug, Default)]
pub(super) struct JsonStream {
    pending: Vec<u8>,
    error: Option<String>,
}

impl JsonStream {
    /// Takes a chunk; calls `on_value` for every value that is now whole. After the first error the
    /// rest is ignored; [`finish`](Self::finish) tells it.
    pub(super) fn push<T: DeserializeOwned>(&mut self, chunk: &[u8], mut on_value: impl FnMut(T)) {
        if self.error.is_some() {
            return;
        }
        self.pending.extend_from_slice(chunk);
        // No value ends in a chunk without a brace; parsing a long one again and again is quadratic.
        if !chunk.contains(&b'}') && self.pending.len() <= VALUE_LIMIT && chunk.len() > SMALL {
            return;
        }
        let mut stream = serde_json::Deserializer::from_slice(&self.pending).into_iter::<T>();
        let mut whole = 0;
        loop {
            match stream.next() {
                Some(Ok(value)) => {
                    whole = stream.byte_offset();
                    on_value(value);
                }
                Some(Err(error)) if error.is_eof() => break,
                Some(Err(error)) => {
                    self.error =
                        Some(describe(&error, self.pending.get(whole..).unwrap_or_default()));
                    break;
                }
                None => {
                    whole = self.pending.len();
                    break;
                }
            }
        }
        self.pending.drain(..whole.min(self.pending.len()));
        if self.error.is_none() && self.pending.len() > VALUE_LIMIT {
            self.error = Some(format!("a JSON value is longer than {VALUE_LIMIT} bytes"));
        }
    }

    /// Ends the stream.
    ///
    /// # Errors
    /// What is not JSON, with the first bytes of it; or a value that was cut off.
    pub(super) fn finish(self) -> Result<(), String> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let rest = String::from_utf8_lossy(&self.pending);
        if rest.trim().is_empty() {
            return Ok(());
        }
        Err(format!("the output ends inside a JSON value: {}", excerpt(&rest)))
    }
}

fn describe(error: &serde_json::Error, rest: &[u8]) -> String {
    format!(
        "the output is not the JSON expected ({error}): {}",
        excerpt(&String::from_utf8_lossy(rest))
    )
}

fn excerpt(text: &str) -> String {
    const SHOWN: usize = 120;
    let line = text.trim().lines().next().unwrap_or_default();
    let mut shown: String = line.chars().take(SHOWN).collect();
    if line.chars().count() > SHOWN {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Deserialize, Debug, PartialEq)]
    struct Item {
        n: u32,
    }

    fn collect(chunks: &[&[u8]]) -> (Vec<u32>, Result<(), String>) {
        let mut stream = JsonStream::default();
        let mut seen = Vec::new();
        for chunk in chunks {
            stream.push(chunk, |item: Item| seen.push(item.n));
        }
        (seen, stream.finish())
    }

    #[test]
    fn values_are_handed_out_however_they_are_cut() {
        let text = b"{\n\t\"n\": 1\n}\n{\"n\":2} {\"n\":3}\n";
        for cut in 0..text.len() {
            let (seen, end) = collect(&[&text[..cut], &text[cut..]]);
            assert_eq!((seen, end), (vec![1, 2, 3], Ok(())), "cut at {cut}");
        }
    }

    #[test]
    fn garbage_is_an_error_that_shows_it() {
        let (seen, end) = collect(&[b"{\"n\":1}\nno go today\n", b"{\"n\":2}"]);
        assert_eq!(seen, [1]);
        assert!(end.unwrap_err().contains("no go today"));
    }

    #[test]
    fn a_value_cut_off_is_an_error() {
        let (seen, end) = collect(&[b"{\"n\":1}{\"n\":"]);
        assert_eq!(seen, [1]);
        assert!(end.unwrap_err().contains("ends inside"));
    }
}

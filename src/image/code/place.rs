//! From the few bytes that a scan keeps to facts with names, bytes and texts.

use super::Stretch;
use super::block::{Context, RawFeature, RawForeign, RawReading, RawX18, SHOWN};
use crate::facts::code::{CodePlace, FeatureUse, ForeignCode, Reading, X18Use};
use crate::isa::{a64, x86};

/// Bytes of foreign code that are shown.
const SHOWN_BYTES: u32 = 64;
/// Instructions of x86 code that are shown.
const SHOWN_X86: usize = 8;

/// Looks up what is said of an address.
#[derive(Debug)]
pub(super) struct Writer<'c, 't, 'a> {
    pub(super) stretches: &'c [Stretch<'a>],
    pub(super) context: &'c Context<'t, 'a>,
}

impl<'a> Writer<'_, '_, 'a> {
    /// A run of foreign words.
    pub(super) fn foreign(&self, run: &RawForeign) -> Option<ForeignCode> {
        let bytes = self.bytes(run.rva, run.length)?;
        let shown = bytes.get(..bytes.len().min(SHOWN_BYTES as usize))?;
        let reading = match run.reading {
            RawReading::X86 { bits, score, instructions } => Reading::X86 {
                bits,
                // A score is a sum over less than 4 GiB of code; a float beyond is cut off.
                score_millinats: (f64::from(score) * 1000.0).round() as i64,
                instructions,
                text: x86::text(bytes, self.context.address(run.rva), bits, SHOWN_X86),
            },
            RawReading::Opaque => Reading::Opaque,
        };
        // Instructions begin at words, and x86 code where it likes.
        let word = run.rva & !3;
        Some(ForeignCode {
            place: self.place(run.rva)?,
            length: run.length,
            undecodable: run.bad_words,
            bytes: shown.to_vec(),
            reading,
            a64: (word..).step_by(4).take(SHOWN).filter_map(|rva| self.line(rva)).collect(),
        })
    }

    /// The uses of x18 in a function.
    pub(super) fn x18(&self, using: &RawX18) -> Option<X18Use> {
        let first = using.firsts[0];
        Some(X18Use {
            place: self.place(first)?,
            writes: using.writes,
            reads: using.reads,
            text: self.lines(&using.firsts),
            bytes: self.bytes(first, 4)?.to_vec(),
        })
    }

    /// The uses of a feature in a function.
    pub(super) fn feature(&self, using: &RawFeature) -> Option<FeatureUse> {
        let first = using.firsts[0];
        Some(FeatureUse {
            place: self.place(first)?,
            feature: using.feature.name,
            level: using.feature.level,
            count: using.count,
            guard: using.guard,
            text: self.lines(&using.firsts),
            bytes: self.bytes(first, 4)?.to_vec(),
        })
    }

    /// Where an RVA is.
    fn place(&self, rva: u32) -> Option<CodePlace> {
        let stretch = self.stretch(rva)?;
        let section = self.context.functions.image().sections.get(stretch.section)?;
        let functions = self.context.functions;
        Some(CodePlace {
            section: section.name.clone(),
            rva,
            file_offset: stretch.file_offset + u64::from(rva - stretch.rva),
            function: functions.find(rva).and_then(|index| functions.describe(index)),
        })
    }

    /// The instructions at these RVAs, one line each.
    fn lines(&self, firsts: &[u32]) -> Vec<String> {
        firsts.iter().filter(|&&rva| rva != 0).filter_map(|&rva| self.line(rva)).collect()
    }

    /// Address, word and text of the word at an RVA.
    fn line(&self, rva: u32) -> Option<String> {
        let bytes = self.bytes(rva, 4)?.try_into().ok()?;
        let word = u32::from_le_bytes(bytes);
        let address = self.context.address(rva);
        Some(format!("{address:#x}: {word:08x} {}", a64::text(word, address)))
    }

    /// The stretch that holds an RVA.
    fn stretch(&self, rva: u32) -> Option<&Stretch<'a>> {
        let index = self.stretches.partition_point(|stretch| stretch.rva <= rva).checked_sub(1)?;
        self.stretches.get(index).filter(|stretch| rva < stretch.end())
    }

    /// Bytes of code from an RVA on, as many as there are.
    fn bytes(&self, rva: u32, length: u32) -> Option<&'a [u8]> {
        let stretch = self.stretch(rva)?;
        Some(stretch.slice(rva..rva.saturating_add(length)))
    }
}

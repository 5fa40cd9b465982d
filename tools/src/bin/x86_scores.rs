//! Makes `src/isa/x86/scores.bin` from named corpora; `docs/stray-x86.md` tells which and how.
//!
//! `x86_scores OUTPUT code:GROUP:FILE... other:FILE...`: `code` files hold x86 code, each group weighs the
//! same; `other` files are ARM64 images, whose code and constants stand for everything that is not x86.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use gowoa::isa::x86::features::{self, BRANCH, CLASS, IMMEDIATE, MEMORY, PREFIX, REUSE, Registers};
use gowoa::isa::x86::table::{MAGIC, STEPS};
use gowoa_tools::functions::{self, Source};
use gowoa_tools::random::Random;
use iced_x86::{Decoder, DecoderOptions, Instruction};
use rayon::prelude::*;

/// Instructions that each group stands for after weighing.
const MASS: f64 = 1_000_000.0;
/// Kinds of instruction whose order is scored.
const KINDS: usize = 96;
/// Pieces of `other` files and of chance that are counted, and their length.
const PIECES: usize = 60_000;
const PIECE: usize = 96;
/// What `features::kind` says of filler.
const FILLER: u16 = 0;
/// Tokens seen less often in all corpora get the weight of unseen ones.
const RARE: f64 = 6.0;

/// How often each feature was seen.
#[derive(Clone)]
struct Counts {
    instructions: f64,
    tokens: HashMap<u16, f64>,
    kinds: HashMap<u16, f64>,
    /// The class of each token and of each kind.
    token_class: HashMap<u16, u16>,
    kind_class: HashMap<u16, u16>,
    pairs: HashMap<(u16, u16), f64>,
    memory: Vec<f64>,
    immediate: Vec<f64>,
    branch: Vec<f64>,
    prefix: Vec<f64>,
    reuse: Vec<f64>,
}

impl Counts {
    fn new() -> Self {
        Self {
            instructions: 0.0,
            tokens: HashMap::new(),
            kinds: HashMap::new(),
            token_class: HashMap::new(),
            kind_class: HashMap::new(),
            pairs: HashMap::new(),
            memory: vec![0.0; MEMORY],
            immediate: vec![0.0; IMMEDIATE],
            branch: vec![0.0; BRANCH],
            prefix: vec![0.0; PREFIX],
            reuse: vec![0.0; REUSE],
        }
    }

    /// Counts one piece; undecodable bytes are stepped over.
    fn add(&mut self, bytes: &[u8], bits: u32) {
        let mut decoder = Decoder::with_ip(bits, bytes, 0, DecoderOptions::NONE);
        let mut instruction = Instruction::default();
        let mut before: Option<(u16, Registers)> = None;
        while decoder.can_decode() {
            let start = decoder.position();
            decoder.decode_out(&mut instruction);
            if instruction.is_invalid() {
                self.instructions += 1.0;
                before = None;
                decoder.set_position(start + 1).unwrap();
                decoder.set_ip(start as u64 + 1);
                continue;
            }
            before = Some(self.count(&instruction, &bytes[start..], before, bits));
        }
    }

    /// Counts one instruction.
    fn count(
        &mut self,
        instruction: &Instruction,
        bytes: &[u8],
        before: Option<(u16, Registers)>,
        bits: u32,
    ) -> (u16, Registers) {
        let kind = features::kind(instruction);
        if let Some((earlier, registers)) = before
            && earlier != FILLER
            && kind != FILLER
        {
            *self.pairs.entry((earlier, kind)).or_default() += 1.0;
            self.reuse[features::reuse(registers, features::registers(instruction))] += 1.0;
        }
        if kind != FILLER {
            *self.kinds.entry(kind).or_default() += 1.0;
            self.instructions += 1.0;
            let (token, class) = (features::token(instruction), features::class(instruction));
            *self.tokens.entry(token).or_default() += 1.0;
            self.token_class.insert(token, class);
            // A mnemonic with several encodings: the least, so that the order does not matter.
            let of_kind = self.kind_class.entry(kind).or_insert(class);
            *of_kind = class.min(*of_kind);
            self.prefix[features::prefix(instruction, bytes, bits)] += 1.0;
            let one = |counts: &mut Vec<f64>, index: Option<usize>| {
                if let Some(index) = index {
                    counts[index] += 1.0;
                }
            };
            one(&mut self.memory, features::memory(instruction, bits));
            one(&mut self.immediate, features::immediate(instruction));
            one(&mut self.branch, features::branch(instruction, bits));
        }
        (kind, features::registers(instruction))
    }

    /// Takes another count in, scaled.
    fn merge(&mut self, other: &Self, scale: f64) {
        self.instructions += other.instructions * scale;
        for (&token, &count) in &other.tokens {
            *self.tokens.entry(token).or_default() += count * scale;
        }
        for (&kind, &count) in &other.kinds {
            *self.kinds.entry(kind).or_default() += count * scale;
        }
        self.token_class.extend(&other.token_class);
        for (&kind, &class) in &other.kind_class {
            let of_kind = self.kind_class.entry(kind).or_insert(class);
            *of_kind = class.min(*of_kind);
        }
        for (&pair, &count) in &other.pairs {
            *self.pairs.entry(pair).or_default() += count * scale;
        }
        for (into, from) in [
            (&mut self.memory, &other.memory),
            (&mut self.immediate, &other.immediate),
            (&mut self.branch, &other.branch),
            (&mut self.prefix, &other.prefix),
            (&mut self.reuse, &other.reuse),
        ] {
            into.iter_mut().zip(from).for_each(|(into, from)| *into += from * scale);
        }
    }

    /// The same, scaled to [`MASS`] instructions.
    fn normal(&self) -> Self {
        let mut counts = Self::new();
        counts.merge(self, MASS / self.instructions.max(1.0));
        counts
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let output = arguments.next().expect("the output file");
    let mut code: BTreeMap<String, Vec<Source>> = BTreeMap::new();
    let mut other = Vec::new();
    for argument in arguments {
        if let Some(path) = argument.strip_prefix("other:") {
            other.push(functions::read(Path::new(path)));
        } else {
            let (group, path) = argument
                .strip_prefix("code:")
                .and_then(|rest| rest.split_once(':'))
                .expect("code:GROUP:FILE or other:FILE");
            code.entry(group.into()).or_default().push(functions::read(Path::new(path)));
        }
    }
    let mut file = MAGIC.to_vec();
    for bits in [64, 32] {
        let x86 = count_code(&code, bits);
        let rest = count_other(&other, bits);
        file.extend(model(&x86, &rest));
    }
    fs_err::write(&output, &file).unwrap();
    println!("{output}: {} bytes", file.len());
}

/// The groups of x86 code, each with the same weight.
fn count_code(code: &BTreeMap<String, Vec<Source>>, bits: u32) -> Counts {
    let groups: Vec<(&String, Counts)> = code
        .par_iter()
        .map(|(name, sources)| {
            let mut counts = Counts::new();
            for source in sources.iter().filter(|source| source.bits() == bits) {
                source.code.iter().for_each(|region| counts.add(&region.bytes, bits));
            }
            (name, counts)
        })
        .filter(|(_, counts)| counts.instructions > 0.0)
        .collect();
    let mut sum = Counts::new();
    for (name, counts) in &groups {
        println!("{bits} bits, {name}: {} instructions", counts.instructions);
        sum.merge(&counts.normal(), 1.0 / groups.len() as f64);
    }
    sum
}

/// Everything else: A64 code, constants of ARM64 images, and chance.
fn count_other(sources: &[Source], bits: u32) -> Counts {
    let code: Vec<&[u8]> = sources
        .iter()
        .flat_map(|source| source.code.iter().map(|region| region.bytes.as_slice()))
        .filter(|bytes| bytes.len() > PIECE + 4)
        .collect();
    let data: Vec<&[u8]> = sources
        .iter()
        .flat_map(|source| source.data.iter().map(Vec::as_slice))
        .filter(|bytes| bytes.len() > PIECE + 4)
        .collect();
    let mut random = Random::new(u64::from(bits));
    let (mut a64, mut constants, mut chance) = (Counts::new(), Counts::new(), Counts::new());
    for _ in 0..PIECES {
        a64.add(piece(&code, &mut random), bits);
        let noise: Vec<u8> = (0..PIECE).map(|_| random.below(256) as u8).collect();
        chance.add(&noise, bits);
        let constant = piece(&data, &mut random);
        if constant.iter().filter(|&&byte| byte == 0).count() < PIECE / 2 {
            constants.add(constant, bits);
        }
    }
    let mut sum = Counts::new();
    for (name, counts, part) in
        [("A64 code", a64, 0.4), ("constants", constants, 0.4), ("chance", chance, 0.2)]
    {
        println!("{bits} bits, {name}: {} instructions", counts.instructions);
        sum.merge(&counts.normal(), part);
    }
    sum
}

/// A piece from anywhere.
fn piece<'a>(from: &[&'a [u8]], random: &mut Random) -> &'a [u8] {
    let bytes = from[random.below(from.len())];
    let start = random.below(bytes.len() - PIECE);
    &bytes[start..start + PIECE]
}

/// The model of one operand size, as the file has it.
fn model(x86: &Counts, other: &Counts) -> Vec<u8> {
    let mut kinds: Vec<(u16, f64)> =
        x86.kinds.iter().map(|(&kind, &count)| (kind, count)).collect();
    kinds.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    kinds.truncate(KINDS);
    let mut kinds: Vec<u16> = kinds.into_iter().map(|(kind, _)| kind).collect();
    let classes: BTreeSet<u16> =
        x86.kind_class.values().chain(other.kind_class.values()).copied().collect();
    kinds.extend(classes);

    let mut file = (kinds.len() as u16).to_le_bytes().to_vec();
    kinds.iter().for_each(|kind| file.extend(kind.to_le_bytes()));
    let tokens = tokens(x86, other);
    file.extend((tokens.len() as u16).to_le_bytes());
    for (token, weight) in tokens {
        file.extend(token.to_le_bytes());
        file.push(stored(weight, 4.0));
    }
    file.extend(order(x86, other, &kinds));
    file.extend(rows(&x86.memory, &other.memory, MEMORY, 3.0));
    file.extend(rows(&x86.immediate, &other.immediate, 16, 2.5));
    file.extend(rows(&x86.branch, &other.branch, 16, 3.0));
    file.extend(rows(&x86.prefix, &other.prefix, PREFIX, 4.0));
    // Value 0 is "nothing before": it says nothing.
    file.push(0);
    file.extend(rows(&x86.reuse[1..], &other.reuse[1..], REUSE - 1, 2.0));
    file
}

/// The weight of each token that is not rare, and of each class from the rare ones.
fn tokens(x86: &Counts, other: &Counts) -> BTreeMap<u16, f64> {
    let count = |counts: &Counts, token: u16| counts.tokens.get(&token).copied().unwrap_or(0.0);
    let mut seen: BTreeMap<u16, (f64, f64)> = BTreeMap::new();
    let all: BTreeSet<u16> = x86.tokens.keys().chain(other.tokens.keys()).copied().collect();
    for token in all {
        let (here, there) = (count(x86, token), count(other, token));
        let class = x86.token_class.get(&token).or_else(|| other.token_class.get(&token));
        let rare = here + there < RARE;
        let of = seen.entry(if rare { class.copied().unwrap_or(CLASS) } else { token });
        let (sum_here, sum_there) = of.or_default();
        *sum_here += here;
        *sum_there += there;
    }
    let weight = |(here, there): (f64, f64)| ((here + 1.0) / (there + 1.0)).ln();
    seen.into_iter().map(|(token, counts)| (token, weight(counts))).collect()
}

/// How much likelier one kind follows another in x86 code, compared with how likely each is alone.
fn order(x86: &Counts, other: &Counts, kinds: &[u16]) -> Vec<u8> {
    let number: HashMap<u16, usize> =
        kinds.iter().enumerate().map(|(place, &kind)| (kind, place + 1)).collect();
    let (here, there) = (surprise(x86, &number), surprise(other, &number));
    here.iter().zip(&there).map(|(here, there)| stored(here - there, 2.5)).collect()
}

/// The logarithm of how often each pair of kinds comes, over how often it would come by chance.
fn surprise(counts: &Counts, number: &HashMap<u16, usize>) -> Vec<f64> {
    let size = number.len() + 1;
    let of = |kind: u16| {
        let class = || counts.kind_class.get(&kind).and_then(|class| number.get(class));
        number.get(&kind).or_else(class).copied().unwrap_or(0)
    };
    let mut pairs = vec![0.0; size * size];
    for (&(before, kind), &count) in &counts.pairs {
        pairs[of(before) * size + of(kind)] += count;
    }
    let total: f64 = pairs.iter().sum();
    let before: Vec<f64> = pairs.chunks(size).map(|row| row.iter().sum()).collect();
    let after: Vec<f64> =
        (0..size).map(|column| pairs.iter().skip(column).step_by(size).sum::<f64>()).collect();
    pairs
        .iter()
        .enumerate()
        .map(|(index, &count)| {
            let expected = before[index / size] * after[index % size] / total;
            ((count + 20.0) / (expected + 20.0)).ln()
        })
        .collect()
}

/// The weights of features, each row of values compared with its own sum.
fn rows(x86: &[f64], other: &[f64], row: usize, limit: f64) -> Vec<u8> {
    let mut weights = Vec::new();
    for (here, there) in x86.chunks(row).zip(other.chunks(row)) {
        let (sum_here, sum_there) = (here.iter().sum::<f64>(), there.iter().sum::<f64>());
        for (here, there) in here.iter().zip(there) {
            let (here, there) = (here + 5.0, there + 5.0);
            let all = 5.0 * row as f64;
            let ratio = here / (sum_here + all) * (sum_there + all) / there;
            weights.push(stored(ratio.ln(), limit));
        }
    }
    weights
}

/// A weight as the file has it.
fn stored(weight: f64, limit: f64) -> u8 {
    ((weight.clamp(-limit, limit) * f64::from(STEPS)).round() as i8).cast_unsigned()
}

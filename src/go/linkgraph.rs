//! What Go's linker prints with `-dumpdep`: which symbol made it keep which other.
//!
//! The linker floods its symbols from the entry (cmd/link, `deadcode.go`) and prints a line `FROM -> TO` when it
//! meets `TO` for the first time, and once more where a type turns out to be converted to an interface. So this is
//! no full graph of references but a tree of first meetings, and a way in it is one way of several. What no
//! method call through an interface or by reflection is needed for is met before everything else: a way without
//! such a step exists exactly where the tree has it. Methods of both kinds are met in one go, though: of a function
//! that is called by a method for reflection and by one for an interface the tree has either way, not both. The
//! code of the exe knows the other ([`LinkGraph::add_calls`], [`LinkGraph::kept`]).
//!
//! | form | meaning |
//! |---|---|
//! | `_ -> TO` | a root |
//! | `FROM <UsedInIface> -> TO` | `FROM` is a type that is converted to an interface |
//! | `FROM <ReflectMethod> -> TO` | `FROM` looks methods up by reflection; both marks may stand on either side |
//! | ` -> TO` | `FROM` has no name (debug information) |
//! | `markable method: {M T} of sym N TYPE` | with `-v=2`: the method `M` of `TYPE`; `T` is a number for its signature |
//! | `reached iface method: {M T}` | with `-v=2`: a method of an interface is called |
//! | `reached generic iface method: M` | with `-v=2`: likewise, by its name alone |
//!
//! A method that is kept although none of the last two lines names it is kept for reflection alone. (The last line is
//! also for `MethodByName` with a constant, which names the method that it calls.) Other lines
//! (`# PACKAGE` of cmd/go, the link trace, errors) are no edges.

mod kept;

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};

use crate::facts::symbol;

use super::process::{CommandLine, Finished, ProcessError, run_streaming};

/// Edges that are kept: ten times what the largest Go programs have.
const MAX_EDGES: usize = 8_000_000;
/// Bytes of all names together: likewise.
const MAX_NAME_BYTES: usize = 512 << 20;
/// Bytes of one line; names of nested generic types have some thousand.
const MAX_LINE: usize = 1 << 20;
/// Lines that are no edges and are kept for the words of a link that failed.
const KEPT_WORDS: usize = 40;
/// Between the two symbols of an edge.
const ARROW: &[u8] = b" -> ";
/// The name of the roots.
const ROOT: &[u8] = b"_";
/// Where the reader's interest begins: what comes before is the same in every program.
const MAIN: &str = "main.main";

/// A hash of what is a hash already.
#[derive(Debug, Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        // Keys are u64; whatever else came would still be a hash.
        for &byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(byte);
        }
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}

/// Strings by number, each once.
#[derive(Debug, Default)]
struct Names {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    /// By hash; of two names with one hash the second has the next free key.
    numbers: HashMap<u64, u32, BuildHasherDefault<AsItIs>>,
    state: RandomState,
}

impl Names {
    fn get(&self, number: u32) -> &[u8] {
        let at = number as usize;
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied();
        let end = self.ends.get(at).copied().unwrap_or_default();
        self.bytes.get(start.unwrap_or_default()..end).unwrap_or_default()
    }

    /// The number of a name; `None` where there is no room.
    fn number(&mut self, name: &[u8]) -> Option<u32> {
        let mut key = self.state.hash_one(name);
        while let Some(&number) = self.numbers.get(&key) {
            if self.get(number) == name {
                return Some(number);
            }
            key = key.wrapping_add(1);
        }
        let number = u32::try_from(self.ends.len()).ok()?;
        if self.bytes.len() + name.len() > MAX_NAME_BYTES {
            return None;
        }
        self.bytes.extend_from_slice(name);
        self.ends.push(self.bytes.len());
        self.numbers.insert(key, number);
        Some(number)
    }

    fn len(&self) -> usize {
        self.ends.len()
    }
}

/// Takes the output in pieces of any size.
#[derive(Debug, Default)]
pub struct LinkGraphReader {
    names: Names,
    edges: Vec<(u32, u32)>,
    /// The symbol of the line before, which the next mostly begins with.
    last: Option<u32>,
    /// Methods of types: the type, and name and signature.
    methods: Vec<(u32, u32)>,
    /// Methods of interfaces that are called: name and signature, or the name alone.
    called: HashSet<Vec<u8>>,
    called_by_name: HashSet<Vec<u8>>,
    /// The beginning of a line whose end has not come yet.
    part: Vec<u8>,
    /// Whether that line is too long and is passed over.
    overlong: bool,
    unread: u64,
    words: VecDeque<String>,
}

impl LinkGraphReader {
    /// Takes the next bytes.
    pub fn push(&mut self, mut bytes: &[u8]) {
        while let Some(end) = memchr::memchr(b'\n', bytes) {
            let (line, rest) = bytes.split_at(end);
            bytes = rest.get(1..).unwrap_or_default();
            if self.overlong || self.part.len() + line.len() > MAX_LINE {
                self.unread += 1;
                self.overlong = false;
                self.part.clear();
            } else if self.part.is_empty() {
                self.line(line);
            } else {
                let mut whole = std::mem::take(&mut self.part);
                whole.extend_from_slice(line);
                self.line(&whole);
                whole.clear();
                self.part = whole;
            }
        }
        if self.overlong || self.part.len() + bytes.len() > MAX_LINE {
            self.overlong = true;
            self.part.clear();
        } else {
            self.part.extend_from_slice(bytes);
        }
    }

    /// The graph of everything that was pushed.
    pub fn finish(mut self) -> LinkGraph {
        if self.overlong {
            self.unread += 1;
        }
        let part = std::mem::take(&mut self.part);
        if !part.is_empty() {
            self.line(&part);
        }
        LinkGraph::new(self)
    }

    fn line(&mut self, line: &[u8]) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if let Some((from, to)) = split_edge(line) {
            if self.edge(without_marks(from), without_marks(to)).is_none() {
                self.unread += 1;
            }
        } else if let Some(method) = line.strip_prefix(b"reached iface method: ") {
            self.called.insert(method.to_owned());
        } else if let Some(name) = line.strip_prefix(b"reached generic iface method: ") {
            self.called_by_name.insert(name.to_owned());
        } else if let Some(rest) = line.strip_prefix(b"markable method: ") {
            if self.method(rest).is_none() {
                self.unread += 1;
            }
        } else if !line.is_empty() {
            if self.words.len() == KEPT_WORDS {
                self.words.pop_front();
            }
            let shown = line.get(..line.len().min(1000)).unwrap_or_default();
            self.words.push_back(String::from_utf8_lossy(shown).into_owned());
        }
    }

    fn edge(&mut self, from: &[u8], to: &[u8]) -> Option<()> {
        if to.is_empty() || self.edges.len() >= MAX_EDGES {
            return None;
        }
        let from = match self.last {
            Some(last) if self.names.get(last) == from => last,
            _ => self.names.number(from)?,
        };
        self.last = Some(from);
        let to = self.names.number(to)?;
        self.edges.push((from, to));
        Some(())
    }

    /// `{M T} of sym N TYPE`.
    fn method(&mut self, rest: &[u8]) -> Option<()> {
        let end = memchr::memchr(b'}', rest)?;
        let (signature, rest) = rest.split_at_checked(end + 1)?;
        let rest = rest.strip_prefix(b" of sym ")?;
        let space = memchr::memchr(b' ', rest)?;
        if self.methods.len() >= MAX_EDGES {
            return None;
        }
        let of = self.names.number(rest.get(space + 1..)?)?;
        let signature = self.names.number(signature)?;
        self.methods.push((of, signature));
        Some(())
    }
}

/// The two sides of an edge. The name of a string has its quoted text in it, and that may hold an arrow.
fn split_edge(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let first = memchr::memmem::find(line, ARROW)?;
    let at = match line.get(..first).and_then(|head| memchr::memchr(b'"', head)) {
        None => first,
        Some(_) => arrow_outside_quotes(line)?,
    };
    Some((line.get(..at)?, line.get(at + ARROW.len()..)?))
}

fn arrow_outside_quotes(line: &[u8]) -> Option<usize> {
    let (mut quoted, mut escaped) = (false, false);
    for (at, &byte) in line.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b' ' if !quoted && line.get(at..)?.starts_with(ARROW) => return Some(at),
            _ => {}
        }
    }
    None
}

/// A symbol without `<UsedInIface>` and `<ReflectMethod>`.
fn without_marks(symbol: &[u8]) -> &[u8] {
    let mut plain = symbol;
    for mark in [b"<ReflectMethod>".as_slice(), b"<UsedInIface>".as_slice()] {
        plain = plain.strip_suffix(mark).unwrap_or(plain);
    }
    if plain.len() == symbol.len() { plain } else { plain.strip_suffix(b" ").unwrap_or(plain) }
}

/// How an edge comes about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// A reference in code or data.
    Reference,
    /// A method that is called through an interface.
    Interface,
    /// A method that only reflection could call.
    Reflection,
}

/// What was read, ready for questions.
#[derive(Debug)]
pub struct LinkGraph {
    names: Names,
    /// Where the edges of each symbol begin in `targets`; one more at the end.
    starts: Vec<usize>,
    targets: Vec<(u32, Kind)>,
    edges: usize,
    unread: u64,
    words: Vec<String>,
}

/// A way from a root to a symbol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// The function that the symbol belongs to, without its package; absent where it is no function.
    pub function: Option<String>,
    /// The symbols, from `main.main` where the way leads through it, else from the root.
    pub symbols: Vec<String>,
    /// Whether there is no way without a method call through an interface or by reflection.
    pub dynamic: bool,
    /// Whether there is no way without a method that only reflection could call.
    pub reflection: bool,
}

/// Runs a call of [`super::command::GoCommand::dumpdep`] and reads what it prints.
///
/// # Errors
/// It could not be run to its end.
pub async fn dumpdep(command: &CommandLine) -> Result<(LinkGraph, Finished), ProcessError> {
    let mut reader = LinkGraphReader::default();
    let finished = run_streaming(command, |_| (), |chunk| reader.push(chunk)).await?;
    Ok((reader.finish(), finished))
}

impl LinkGraph {
    fn new(read: LinkGraphReader) -> Self {
        let LinkGraphReader {
            names, edges, methods, called, called_by_name, unread, words, ..
        } = read;
        let mut of_type: HashMap<u32, Vec<u32>> = HashMap::new();
        for (of, signature) in methods {
            of_type.entry(of).or_default().push(signature);
        }
        // `{Ptr 55159}`, and the symbol of the method ends with `.Ptr`.
        let kind = |from: u32, to: u32| {
            let Some(signatures) = of_type.get(&from) else { return Kind::Reference };
            let to = names.get(to);
            for &signature in signatures {
                let signature = names.get(signature);
                let name = signature.strip_prefix(b"{").unwrap_or_default();
                let name = name.split(|&byte| byte == b' ').next().unwrap_or_default();
                let is_it = to.strip_suffix(name).is_some_and(|head| head.ends_with(b"."));
                if is_it && !to.starts_with(b"type:") {
                    let called = called.contains(signature) || called_by_name.contains(name);
                    return if called { Kind::Interface } else { Kind::Reflection };
                }
            }
            Kind::Reference
        };
        let mut starts = vec![0_usize; names.len() + 1];
        for (from, _) in &edges {
            if let Some(count) = starts.get_mut(*from as usize + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut next = starts.clone();
        let mut targets = vec![(0, Kind::Reference); edges.len()];
        for (from, to) in &edges {
            let Some(slot) = next.get_mut(*from as usize) else { continue };
            if let Some(target) = targets.get_mut(*slot) {
                *target = (*to, kind(*from, *to));
            }
            *slot += 1;
        }
        let edges = edges.len();
        Self { names, starts, targets, edges, unread, words: words.into() }
    }

    /// Number of edges.
    pub fn edges(&self) -> usize {
        self.edges
    }

    /// Lines that look like edges and could not be read or kept.
    pub fn unread_lines(&self) -> u64 {
        self.unread
    }

    /// The last lines that are no edges: the words of a link that failed are among them.
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// The way to a function of a package; without a function, to the nearest of those that `counts` accepts, or
    /// else to anything of the package. `prefix` is what the symbols of the package begin with, unescaped: its
    /// import path, or `main`.
    pub fn way(
        &self,
        prefix: &str,
        function: Option<&str>,
        counts: &dyn Fn(&str) -> bool,
    ) -> Option<Way> {
        let mut candidates = Vec::new();
        for number in 0..u32::try_from(self.names.len()).ok()? {
            let Ok(name) = std::str::from_utf8(self.names.get(number)) else { continue };
            let Some(found) = symbol::prefix(name) else { continue };
            if found != prefix && symbol::unescape(found) != prefix {
                continue;
            }
            let rest = name.get(found.len() + 1..).unwrap_or_default();
            let of = symbol::function(rest);
            let rank = match (function, &of) {
                // The function itself, then its instances, then what the compiler made of it.
                (Some(wanted), Some(of)) if same_function(wanted, of) => match rest {
                    _ if rest == wanted => 0,
                    _ if rest.contains('[') && !rest.contains("].func") => 1,
                    _ => 2,
                },
                (Some(_), _) => continue,
                (None, Some(of)) if counts(of) => 0,
                (None, _) => 1,
            };
            candidates.push((rank, number, of));
        }
        // What needs no method first, then what needs no reflection.
        let floods: Vec<Flood> = [Kind::Reference, Kind::Interface, Kind::Reflection]
            .into_iter()
            .map(|most| self.flood(most))
            .collect();
        let nearest = candidates.into_iter().filter_map(|(rank, number, of)| {
            let steps = floods
                .iter()
                .enumerate()
                .find_map(|(at, flood)| Some((at, *flood.steps.get(number as usize)?.as_ref()?)));
            let (at, steps) = steps?;
            Some(((rank, at, steps, number), of))
        });
        let ((_, at, _, number), of) = nearest.min_by_key(|(key, _)| *key)?;
        let symbols = self.trace(floods.get(at)?, number);
        Some(Way { function: of, symbols, dynamic: at > 0, reflection: at > 1 })
    }

    /// How far each symbol is from a root over edges of at most this kind, and from which symbol.
    fn flood(&self, most: Kind) -> Flood {
        let mut steps = vec![None; self.names.len()];
        let mut from = vec![u32::MAX; self.names.len()];
        let mut queue = VecDeque::new();
        let root = (0..self.names.len())
            .find(|&at| u32::try_from(at).is_ok_and(|number| self.names.get(number) == ROOT));
        if let Some(root) = root {
            steps[root] = Some(0_u32);
            queue.push_back(root);
        }
        while let Some(at) = queue.pop_front() {
            let far = steps.get(at).copied().flatten().unwrap_or_default();
            let edges = self.starts.get(at).zip(self.starts.get(at + 1));
            let edges = edges.and_then(|(start, end)| self.targets.get(*start..*end));
            for &(to, kind) in edges.unwrap_or_default() {
                let to_at = to as usize;
                if kind > most || steps.get(to_at).is_none_or(Option::is_some) {
                    continue;
                }
                steps[to_at] = Some(far + 1);
                from[to_at] = u32::try_from(at).unwrap_or(u32::MAX);
                queue.push_back(to_at);
            }
        }
        Flood { steps, from }
    }

    fn trace(&self, flood: &Flood, target: u32) -> Vec<String> {
        let mut symbols = Vec::new();
        let mut at = target;
        while let Some(&before) = flood.from.get(at as usize) {
            let name = self.names.get(at);
            if name != ROOT {
                symbols.push(String::from_utf8_lossy(name).into_owned());
            }
            // No way has more symbols than there are.
            if before == u32::MAX || name == MAIN.as_bytes() || symbols.len() > self.names.len() {
                break;
            }
            at = before;
        }
        symbols.reverse();
        symbols
    }
}

/// Of each symbol the number of steps from a root, and the symbol before.
struct Flood {
    steps: Vec<Option<u32>>,
    from: Vec<u32>,
}

/// Whether a symbol's function is the wanted one, or the wrapper `(*T).M` of a wanted `T.M`.
fn same_function(wanted: &str, of: &str) -> bool {
    wanted == of
        || wanted.split_once('.').is_some_and(|(receiver, method)| {
            !receiver.starts_with('(') && of == format!("(*{receiver}).{method}")
        })
}

#[cfg(test)]
mod tests;

//! From the events of a listing to facts about packages. Pure; its memory is bounded by named limits.

mod names;
mod wanted;

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use crate::facts::listing::{
    ArchSymbol, Caller, FloatMove, ListingFacts, Place, StandIn, SyscallSite,
};

use self::names::Interner;
pub use self::wanted::Wanted;
use self::wanted::WantedPackage;
use super::symbol::{self, names_x86};
use super::{Event, Instruction, Relocation, Symbol};

/// Lists of one package hold so much; what comes after is counted.
const MAX_ITEMS: usize = 4096;
/// Callers that are kept of one function.
const MAX_CALLERS: usize = 64;
/// Names, and pairs of caller and callee, that are remembered while a package is read.
const MAX_PAIRS: usize = 1 << 18;
/// A float's bits that moved more instructions before a call are no argument of it. Sixteen arguments take
/// some three instructions each.
const FLOAT_WINDOW: u32 = 64;

/// Takes events and makes facts.
#[derive(Debug)]
pub struct Collector<'w> {
    wanted: &'w Wanted,
    done: BTreeMap<String, ListingFacts>,
    /// Stand-ins of packages that are done, by the name of their symbol: packages that import them come later.
    finished: HashMap<Vec<u8>, (String, usize)>,
    current: Option<Reading<'w>>,
}

/// One package while it is read.
#[derive(Debug)]
struct Reading<'w> {
    path: String,
    want: &'w WantedPackage,
    facts: ListingFacts,
    names: Interner,
    files: Interner,
    /// Name, file, line.
    stand_ins: Vec<(u32, u32, u32)>,
    /// Caller and callee of this package: the first call.
    calls: HashMap<(u32, u32), (u32, u32)>,
    /// Function, file and line of code of the asked files that stands in another function: the function's place.
    inlined: HashMap<(u32, u32, u32), (u32, u32)>,
    function: Function,
}

/// The function whose lines are read; its buffers serve the next one too.
#[derive(Debug, Default)]
struct Function {
    name: Vec<u8>,
    active: bool,
    file: Vec<u8>,
    line: u32,
    /// Whether it is in a file that is asked for.
    stands_in: bool,
    /// Whether it is a wrapper that makes a call of the compiler's kind one of the assembly's.
    to_assembly: bool,
    /// Instructions so far.
    at: u32,
    float: Option<(u32, u32, bool)>,
    float_text: Vec<u8>,
    float_file: Vec<u8>,
    /// The file of the last instruction, and whether it is asked for.
    last_file: Vec<u8>,
    last_wanted: bool,
}

impl<'w> Collector<'w> {
    /// One that has seen nothing.
    pub fn new(wanted: &'w Wanted) -> Self {
        Self { wanted, done: BTreeMap::new(), finished: HashMap::new(), current: None }
    }

    /// Takes one event.
    #[inline]
    pub fn take(&mut self, event: Event<'_>) {
        if let Event::Package(path) = event {
            self.end();
            self.begin(path);
            return;
        }
        let Some(reading) = &mut self.current else { return };
        match event {
            Event::Instruction(instruction) if reading.function.active => {
                reading.instruction(&instruction, self.wanted, &self.finished, &mut self.done);
            }
            Event::Symbol(symbol) => reading.symbol(&symbol),
            Event::Relocation(relocation) if reading.function.active => {
                reading.relocation(&relocation, self.wanted);
            }
            _ => {}
        }
    }

    /// The facts of every wanted package that the listing had.
    pub fn finish(mut self) -> BTreeMap<String, ListingFacts> {
        self.end();
        for facts in self.done.values_mut() {
            sort(facts);
        }
        self.done
    }

    fn begin(&mut self, path: &[u8]) {
        let text = String::from_utf8_lossy(path);
        // A variant made for a command's profile: `fmt [example.com/cmd/tool]`.
        let path = text.split_once(" [").map_or(&*text, |(path, _)| path);
        let Some((path, want)) = self.wanted.packages.get_key_value(path) else { return };
        // Another call replays what it has in common with the one before.
        if self.done.get(path).is_some_and(|facts| facts.functions > 0) {
            return;
        }
        self.current = Some(Reading {
            path: path.clone(),
            want,
            facts: ListingFacts::default(),
            names: Interner::default(),
            files: Interner::default(),
            stand_ins: Vec::new(),
            calls: HashMap::new(),
            inlined: HashMap::new(),
            function: Function::default(),
        });
    }

    fn end(&mut self) {
        let Some(reading) = self.current.take() else { return };
        let path = reading.path.clone();
        let prefix = reading.want.prefix.clone();
        let facts = reading.finish();
        let known = self.done.entry(path.clone()).or_default();
        let first = known.stand_ins.len();
        for (at, stand_in) in facts.stand_ins.iter().enumerate() {
            let name = [&prefix[..], stand_in.function.as_bytes()].concat();
            self.finished.insert(name, (path.clone(), first + at));
        }
        known.functions += facts.functions;
        known.dropped += facts.dropped;
        known.assembly.extend(facts.assembly);
        known.stand_ins.extend(facts.stand_ins);
        known.arch_symbols.extend(facts.arch_symbols);
        known.syscalls.extend(facts.syscalls);
    }
}

/// The order of a listing depends on the compiler; that of facts on places.
fn sort(facts: &mut ListingFacts) {
    facts.assembly.sort();
    facts.assembly.dedup();
    for stand_in in &mut facts.stand_ins {
        stand_in.callers.sort();
        let extra = stand_in.callers.len().saturating_sub(MAX_CALLERS);
        facts.dropped += extra as u64;
        stand_in.callers.truncate(MAX_CALLERS);
    }
    facts.stand_ins.sort_by(|a, b| (&a.place, &a.function).cmp(&(&b.place, &b.function)));
    facts.arch_symbols.sort_by(|a, b| {
        (&a.place, &a.function, &a.symbol).cmp(&(&b.place, &b.function, &b.symbol))
    });
    facts.syscalls.sort_by(|a, b| (&a.place, &a.function).cmp(&(&b.place, &b.function)));
}

impl Reading<'_> {
    fn symbol(&mut self, symbol: &Symbol<'_>) {
        let function = &mut self.function;
        function.active = symbol.is_text();
        if !function.active {
            return;
        }
        self.facts.functions += 1;
        function.name.clear();
        function.name.extend_from_slice(symbol.name);
        function.at = 0;
        function.float = None;
        function.line = 0;
        function.file.clear();
        function.stands_in = false;
        function.to_assembly = false;
    }

    #[inline]
    fn instruction(
        &mut self,
        instruction: &Instruction<'_>,
        wanted: &Wanted,
        finished: &HashMap<Vec<u8>, (String, usize)>,
        done: &mut BTreeMap<String, ListingFacts>,
    ) {
        match instruction.opcode {
            b"PCDATA" | b"FUNCDATA" | b"NOP" => return,
            b"TEXT" => return self.text(instruction),
            _ => {}
        }
        self.function.at += 1;
        if !self.want.files.is_empty() && !self.function.stands_in {
            self.look_for_inlined(instruction);
        }
        match instruction.opcode.first() {
            Some(b'F') => self.look_for_float(instruction),
            Some(b'C' | b'J' | b'B') => {
                if let Some(callee) = instruction.callee() {
                    self.call(instruction, callee, wanted);
                    if !finished.is_empty() {
                        self.call_of_finished(instruction, callee, finished, done);
                    }
                }
            }
            _ => {}
        }
    }

    fn text(&mut self, instruction: &Instruction<'_>) {
        let function = &mut self.function;
        function.line = instruction.line;
        function.file.clear();
        function.file.extend_from_slice(instruction.file);
        let attributes = instruction.text_attributes().unwrap_or_default();
        let has = |word: &[u8]| attributes.split(|byte| *byte == b'|').any(|w| w == word);
        function.to_assembly = has(b"ABIWRAPPER") && has(b"ABIInternal");
        function.last_wanted = self.want.asks_for(instruction.file);
        function.last_file.clear();
        function.last_file.extend_from_slice(instruction.file);
        function.stands_in = function.last_wanted && function.name.starts_with(&self.want.prefix);
        if function.stands_in {
            let name = self.names.id(&function.name);
            let file = self.files.id(instruction.file);
            match (name, file, self.stand_ins.len() < MAX_ITEMS) {
                (Some(name), Some(file), true) => {
                    self.stand_ins.push((name, file, instruction.line));
                }
                _ => self.facts.dropped += 1,
            }
        }
    }

    /// An instruction whose text stands in a file that is asked for, in a function that does not.
    #[inline]
    fn look_for_inlined(&mut self, instruction: &Instruction<'_>) {
        let function = &mut self.function;
        if function.last_file != instruction.file {
            function.last_file.clear();
            function.last_file.extend_from_slice(instruction.file);
            function.last_wanted = self.want.asks_for(instruction.file);
        }
        if !function.last_wanted {
            return;
        }
        let ids = (
            self.names.id(&function.name),
            self.files.id(instruction.file),
            self.files.id(&function.file),
        );
        let (Some(name), Some(file), Some(own)) = ids else {
            self.facts.dropped += 1;
            return;
        };
        let key = (name, file, instruction.line);
        insert(&mut self.inlined, key, (own, function.line), &mut self.facts.dropped);
    }

    /// `FMOVS F0, R6` and `FMOVD F0, 8(R0)`: bits of a float go where an integer may be. Arguments that are
    /// put aside, `name(FP)`, are none.
    fn look_for_float(&mut self, instruction: &Instruction<'_>) {
        if !matches!(instruction.opcode, b"FMOVD" | b"FMOVS") {
            return;
        }
        let is_register = |text: &[u8], letter: u8| {
            text.first() == Some(&letter) && text.get(1).is_some_and(u8::is_ascii_digit)
        };
        let operands = instruction.operands;
        let Some(comma) = memchr::memchr(b',', operands) else { return };
        let target = operands.get(comma + 2..).unwrap_or_default();
        if !is_register(operands, b'F') || is_register(target, b'F') || target.ends_with(b"(FP)") {
            return;
        }
        let function = &mut self.function;
        function.float = Some((function.at, instruction.line, is_register(target, b'R')));
        function.float_text.clear();
        for part in [instruction.opcode, b" ", operands] {
            function.float_text.extend_from_slice(part);
        }
        function.float_file.clear();
        function.float_file.extend_from_slice(instruction.file);
    }

    fn call(&mut self, instruction: &Instruction<'_>, callee: &[u8], wanted: &Wanted) {
        if callee.starts_with(&self.want.prefix) {
            if self.function.to_assembly && callee == self.function.name {
                let name = self.short(callee);
                push(&mut self.facts.assembly, &mut self.facts.dropped, name);
                return;
            }
            if !self.want.files.is_empty() {
                self.remember_call(instruction, callee);
            }
        } else if is_syscall(callee) {
            self.syscall(instruction, callee);
            return;
        }
        if names_x86(symbol::split(callee).1) {
            self.arch_symbol(callee, true, instruction.file, instruction.line, wanted);
        }
    }

    fn remember_call(&mut self, instruction: &Instruction<'_>, callee: &[u8]) {
        if self.function.file.starts_with(b"<") || callee == self.function.name {
            return;
        }
        let ids = (
            self.names.id(&self.function.name),
            self.names.id(callee),
            self.files.id(instruction.file),
        );
        let (Some(caller), Some(callee), Some(file)) = ids else {
            self.facts.dropped += 1;
            return;
        };
        let place = (file, instruction.line);
        insert(&mut self.calls, (caller, callee), place, &mut self.facts.dropped);
    }

    /// A call of a stand-in of another package.
    fn call_of_finished(
        &self,
        instruction: &Instruction<'_>,
        callee: &[u8],
        finished: &HashMap<Vec<u8>, (String, usize)>,
        done: &mut BTreeMap<String, ListingFacts>,
    ) {
        let Some((path, at)) = finished.get(callee) else { return };
        let Some(facts) = done.get_mut(path) else { return };
        let Some(stand_in) = facts.stand_ins.get_mut(*at) else { return };
        let function = symbol::text(&self.function.name);
        if self.function.file.starts_with(b"<")
            || stand_in.callers.iter().any(|caller| caller.function == function)
        {
            return;
        }
        let place = place(instruction.file, instruction.line);
        let caller = Caller { function, place, inlined: false };
        if stand_in.callers.len() < MAX_CALLERS {
            stand_in.callers.push(caller);
        } else {
            facts.dropped += 1;
        }
    }

    fn syscall(&mut self, instruction: &Instruction<'_>, callee: &[u8]) {
        let function = &mut self.function;
        let float = function.float.take().and_then(|(at, line, to_register)| {
            let distance = function.at.saturating_sub(at);
            (distance <= FLOAT_WINDOW).then(|| FloatMove {
                instruction: symbol::text(&function.float_text),
                place: place(&function.float_file, line),
                to_register,
                distance,
            })
        });
        let site = SyscallSite {
            function: self.short(&self.function.name),
            callee: symbol::text(callee),
            place: place(instruction.file, instruction.line),
            float,
        };
        push(&mut self.facts.syscalls, &mut self.facts.dropped, site);
    }

    fn relocation(&mut self, relocation: &Relocation<'_>, wanted: &Wanted) {
        if relocation.kind.starts_with(b"R_ARM64_PCREL_LDST")
            && names_x86(symbol::split(relocation.target).1)
        {
            let file = std::mem::take(&mut self.function.file);
            self.arch_symbol(relocation.target, false, &file, self.function.line, wanted);
            self.function.file = file;
        }
    }

    fn arch_symbol(
        &mut self,
        target: &[u8],
        called: bool,
        file: &[u8],
        line: u32,
        wanted: &Wanted,
    ) {
        let (package, _) = symbol::split(target);
        let own = target.starts_with(&self.want.prefix);
        if !own && !wanted.project.contains(&symbol::text(package)) {
            return;
        }
        let found = ArchSymbol {
            function: self.short(&self.function.name),
            symbol: symbol::text(target),
            called,
            place: place(file, line),
        };
        let same = |known: &ArchSymbol| {
            known.function == found.function
                && known.symbol == found.symbol
                && known.called == called
        };
        if !self.facts.arch_symbols.iter().any(same) {
            push(&mut self.facts.arch_symbols, &mut self.facts.dropped, found);
        }
    }

    /// A name for people, without this package.
    fn short(&self, name: &[u8]) -> String {
        symbol::text(name.strip_prefix(&self.want.prefix[..]).unwrap_or(name))
    }

    /// Connects stand-ins with their callers.
    fn finish(mut self) -> ListingFacts {
        let mut facts = std::mem::take(&mut self.facts);
        self.stand_ins.sort_by_key(|(name, file, line)| (*file, *line, *name));
        let mut by_name: HashMap<u32, usize> = HashMap::new();
        for (at, (name, file, line)) in self.stand_ins.iter().enumerate() {
            by_name.entry(*name).or_insert(at);
            facts.stand_ins.push(StandIn {
                function: self.short(self.names.get(*name)),
                place: place(self.files.get(*file), *line),
                callers: Vec::new(),
            });
        }
        let mut callers: BTreeMap<(usize, String), Caller> = BTreeMap::new();
        for ((caller, callee), (file, line)) in &self.calls {
            let Some(at) = by_name.get(callee) else { continue };
            let function = self.short(self.names.get(*caller));
            let place = place(self.files.get(*file), *line);
            callers.insert((*at, function.clone()), Caller { function, place, inlined: false });
        }
        for ((name, file, line), (own, own_line)) in &self.inlined {
            // The text belongs to the function that begins last before it.
            let next = self.stand_ins.partition_point(|(_, f, l)| (*f, *l) <= (*file, *line));
            let Some(at) = next.checked_sub(1) else { continue };
            if self.stand_ins.get(at).is_none_or(|(_, f, _)| f != file) {
                continue;
            }
            let function = self.short(self.names.get(*name));
            let place = place(self.files.get(*own), *own_line);
            callers.entry((at, function.clone())).or_insert(Caller {
                function,
                place,
                inlined: true,
            });
        }
        for ((at, _), caller) in callers {
            if let Some(stand_in) = facts.stand_ins.get_mut(at) {
                stand_in.callers.push(caller);
            }
        }
        facts
    }
}

/// Functions that hand integers to Windows (package syscall; golang.org/x/sys/windows has its own LazyProc).
fn is_syscall(callee: &[u8]) -> bool {
    let Some(name) = callee
        .strip_prefix(b"syscall.")
        .or_else(|| callee.strip_prefix(b"golang.org/x/sys/windows."))
    else {
        return false;
    };
    if matches!(name, b"(*LazyProc).Call" | b"(*Proc).Call" | b"syscalln") {
        return true;
    }
    let rest = name.strip_prefix(b"Syscall").or_else(|| name.strip_prefix(b"RawSyscall"));
    rest.is_some_and(|rest| rest == b"N" || rest.iter().all(u8::is_ascii_digit))
}

fn place(file: &[u8], line: u32) -> Place {
    Place { file: String::from_utf8_lossy(file).into_owned(), line }
}

fn push<T>(list: &mut Vec<T>, dropped: &mut u64, item: T) {
    if list.len() < MAX_ITEMS {
        list.push(item);
    } else {
        *dropped += 1;
    }
}

/// Keeps the first value of a key.
fn insert<K: Eq + Hash, V>(map: &mut HashMap<K, V>, key: K, value: V, dropped: &mut u64) {
    if map.len() < MAX_PAIRS {
        map.entry(key).or_insert(value);
    } else if !map.contains_key(&key) {
        *dropped += 1;
    }
}

//! Measures `gowoa::isa::scan`: how much injected x86 code it finds, and how often it errs on real code.
//!
//! `injection MODE... --host FILE... [--donor [LABEL=]FILE...] [--not-in FILE...]`; modes are `--recall`,
//! `--constants` (constants of the hosts in the place of x86 code: nothing must read as x86) and
//! `--false-alarms` (every function as it is); `--list` names what the last finds, `--count N` is the
//! number of tries in a cell. `--not-in` leaves out donor functions that have the name or the first 32
//! bytes of one there: the corpora of the table.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use gowoa::isa::scan::{self, Cluster, Reading};
use gowoa_tools::functions::{self, Region, Source};
use gowoa_tools::random::Random;
use gowoa_tools::reach::reached;
use rayon::prelude::*;

/// Lengths of injected code.
const LENGTHS: [usize; 8] = [16, 24, 32, 48, 64, 96, 128, 256];
/// Code of the host that stays on both sides of the injected one, at least.
const AROUND: usize = 16;
/// Functions longer than this are no hosts, to keep a run short.
const LONGEST_HOST: usize = 8192;

/// What the command line asks for.
#[derive(Default)]
struct Plan {
    modes: Vec<String>,
    hosts: Vec<Source>,
    donors: BTreeMap<String, Vec<Source>>,
    names: HashSet<String>,
    beginnings: HashSet<Vec<u8>>,
    count: usize,
}

fn main() {
    let plan = plan();
    for mode in &plan.modes {
        match mode.as_str() {
            "--recall" => recall(&plan),
            "--constants" => constants(&plan),
            "--false-alarms" => false_alarms(&plan, plan.modes.iter().any(|mode| mode == "--list")),
            _ => {}
        }
    }
}

/// Reads the command line and the files.
fn plan() -> Plan {
    let mut plan = Plan { count: 1000, ..Plan::default() };
    let mut option = String::new();
    for argument in std::env::args().skip(1) {
        if argument.starts_with("--") {
            option.clone_from(&argument);
            plan.modes.push(argument);
            continue;
        }
        let (label, path) = argument.split_once('=').unwrap_or(("", &argument));
        match option.as_str() {
            "--count" => plan.count = argument.parse().expect("a number"),
            "--host" => plan.hosts.push(functions::read(Path::new(path))),
            "--donor" => {
                let source = functions::read(Path::new(path));
                let label = if label.is_empty() { source.name() } else { label.to_owned() };
                plan.donors.entry(label).or_default().push(source);
            }
            "--not-in" => {
                for region in functions::read(Path::new(path)).code {
                    plan.beginnings.insert(beginning(&region));
                    plan.names.insert(region.name);
                }
            }
            _ => panic!("{argument} belongs to no option"),
        }
    }
    plan.names.remove("");
    plan
}

/// The first bytes of a function.
fn beginning(region: &Region) -> Vec<u8> {
    region.bytes.iter().take(32).copied().collect()
}

/// One line of the table: how many of the tries were found, for each length.
struct Row {
    label: String,
    bits: u32,
    place: &'static str,
    functions: usize,
    cells: Vec<Cell>,
}

/// The tries of one donor with one length.
#[derive(Default)]
struct Cell {
    tries: usize,
    found: usize,
    wrong_bits: usize,
    start_off: Vec<usize>,
    end_off: Vec<usize>,
    missed: Vec<String>,
}

/// Injects x86 code and prints how much of it is found.
fn recall(plan: &Plan) {
    let hosts = host_regions(plan);
    let mut work = Vec::new();
    for (label, sources) in &plan.donors {
        for bits in [64, 32] {
            let regions = donor_regions(plan, sources, bits);
            if !regions.is_empty() {
                work.push((label, bits, "start", regions.clone()));
                work.push((label, bits, "middle", regions));
            }
        }
    }
    let rows: Vec<Row> = work
        .into_par_iter()
        .map(|(label, bits, place, regions)| Row {
            label: label.clone(),
            bits,
            place,
            functions: regions.len(),
            cells: LENGTHS
                .into_par_iter()
                .map(|length| cell(&hosts, &regions, length, bits, place == "start", plan.count))
                .collect(),
        })
        .collect();
    print_recall(&rows);
    if plan.modes.iter().any(|mode| mode == "--list") {
        print_missed(&rows);
    }
    print_extents(&rows);
}

/// The functions of all hosts that code can be put into.
fn host_regions(plan: &Plan) -> Vec<&Region> {
    let fits = |region: &&Region| {
        (LENGTHS[0] + 2 * AROUND..LONGEST_HOST).contains(&region.bytes.len())
            && scan::clusters(&region.bytes, region.address).is_empty()
    };
    plan.hosts.par_iter().flat_map(|host| host.code.par_iter().filter(fits)).collect()
}

/// A function of a donor.
#[derive(Clone)]
struct Donor<'a> {
    region: &'a Region,
    /// How many bytes of code, and not of a jump table, follow without a break from each byte.
    code: Vec<usize>,
}

/// The functions of a donor, each content once.
fn donor_regions<'a>(plan: &Plan, sources: &'a [Source], bits: u32) -> Vec<Donor<'a>> {
    let mut seen = HashSet::new();
    let regions: Vec<&Region> = sources
        .iter()
        .filter(|source| source.bits() == bits)
        .flat_map(|source| &source.code)
        .filter(|region| region.bytes.len() >= LENGTHS[0])
        .filter(|region| !plan.names.contains(&region.name))
        .filter(|region| !plan.beginnings.contains(&beginning(region)))
        .filter(|region| seen.insert(&region.bytes))
        .collect();
    regions
        .into_par_iter()
        .map(|region| {
            let mut code: Vec<usize> =
                reached(&region.bytes, bits).into_iter().map(usize::from).collect();
            for at in (1..code.len()).rev() {
                code[at - 1] *= 1 + code[at];
            }
            Donor { region, code }
        })
        .collect()
}

/// Tries one donor with one length.
fn cell(
    hosts: &[&Region],
    donors: &[Donor<'_>],
    length: usize,
    bits: u32,
    start: bool,
    count: usize,
) -> Cell {
    let enough = |donor: &Donor<'_>, at: usize| donor.code[at] >= length;
    let places = |donor: &Donor<'_>| (1..donor.code.len()).any(|at| enough(donor, at));
    let donors: Vec<_> = donors
        .iter()
        .filter(|donor| if start { enough(donor, 0) } else { places(donor) })
        .collect();
    let hosts: Vec<_> =
        hosts.iter().filter(|host| host.bytes.len() >= length + 2 * AROUND).collect();
    let mut cell = Cell::default();
    let mut random = Random::new(length as u64);
    if donors.is_empty() || hosts.is_empty() {
        return cell;
    }
    for _ in 0..count {
        let donor = donors[random.below(donors.len())];
        let mut from = 0;
        while !start && (from == 0 || !enough(donor, from)) {
            from = random.below(donor.code.len());
        }
        let donor = donor.region;
        let code = &donor.bytes[from..from + length];
        let host = hosts[random.below(hosts.len())];
        let (at, bytes) = injected(host, code, &mut random);
        cell.tries += 1;
        let found = scan::clusters(&bytes, host.address);
        let hit = x86_at(&found, at, length, bits);
        if hit.is_none() {
            cell.missed.push(format!("{} {:#x} +{from:#x}: {found:?}", donor.name, donor.address));
        }
        if let Some((cluster, other)) = hit {
            cell.found += 1;
            cell.wrong_bits += usize::from(other);
            cell.start_off.push(cluster.offset.abs_diff(at));
            cell.end_off.push((cluster.offset + cluster.length).abs_diff(at + length));
        }
    }
    cell
}

/// A host with code in place of its own somewhere in its middle.
fn injected(host: &Region, code: &[u8], random: &mut Random) -> (usize, Vec<u8>) {
    let room = (host.bytes.len() - code.len() - 2 * AROUND) / 4 + 1;
    let at = AROUND + random.below(room) * 4;
    let mut bytes = host.bytes.clone();
    bytes[at..at + code.len()].copy_from_slice(code);
    (at, bytes)
}

/// The x86 reading that overlaps a place, and whether it has the wrong operand size.
fn x86_at(found: &[Cluster], at: usize, length: usize, bits: u32) -> Option<(&Cluster, bool)> {
    found.iter().find_map(|cluster| match cluster.reading {
        Reading::X86 { bits: read, .. }
            if cluster.offset < at + length && cluster.offset + cluster.length > at =>
        {
            Some((cluster, read != bits))
        }
        _ => None,
    })
}

/// Prints the recall of all rows and of all donors together.
fn print_recall(rows: &[Row]) {
    print!("| donor | bits | from | functions |");
    LENGTHS.iter().for_each(|length| print!(" {length} B |"));
    println!("\n|---|---|---|---|{}", "---|".repeat(LENGTHS.len()));
    for row in rows {
        print!("| {} | {} | {} | {} |", row.label, row.bits, row.place, row.functions);
        row.cells.iter().for_each(|cell| print!(" {} |", percent(cell.found, cell.tries)));
        println!();
    }
    for bits in [64, 32] {
        for place in ["start", "middle"] {
            print!("| **all** | {bits} | {place} | |");
            for column in 0..LENGTHS.len() {
                let all = rows.iter().filter(|row| row.bits == bits && row.place == place);
                let (found, tries) = all.fold((0, 0), |(found, tries), row| {
                    (found + row.cells[column].found, tries + row.cells[column].tries)
                });
                print!(" **{}** of {tries} |", percent(found, tries));
            }
            println!();
        }
    }
}

/// Prints what was missed of long code.
fn print_missed(rows: &[Row]) {
    for row in rows {
        for (cell, length) in row.cells.iter().zip(LENGTHS).filter(|(_, length)| *length >= 64) {
            for missed in &cell.missed {
                println!("    {} {} {} {length}: {missed}", row.label, row.bits, row.place);
            }
        }
    }
}

/// Prints how well begin and end of the code are told, over all rows.
fn print_extents(rows: &[Row]) {
    println!(
        "\n| length | found | wrong bits | begin off, median / 90 % | end off, median / 90 % |"
    );
    println!("|---|---|---|---|---|");
    for (column, length) in LENGTHS.iter().enumerate() {
        let cells = || rows.iter().map(|row| &row.cells[column]);
        let found: usize = cells().map(|cell| cell.found).sum();
        let wrong: usize = cells().map(|cell| cell.wrong_bits).sum();
        let starts = cells().flat_map(|cell| cell.start_off.iter().copied()).collect();
        let ends = cells().flat_map(|cell| cell.end_off.iter().copied()).collect();
        println!(
            "| {length} | {found} | {} | {} B | {} B |",
            percent(wrong, found),
            middle(starts),
            middle(ends)
        );
    }
}

/// The median and the 90th percentile.
fn middle(mut values: Vec<usize>) -> String {
    values.sort_unstable();
    let at = |part: usize| values.get(values.len() * part / 100).copied().unwrap_or(0);
    format!("{} / {}", at(50), at(90))
}

/// A share in per cent; two digits so that 100 means all.
fn percent(part: usize, of: usize) -> String {
    if of == 0 {
        return "–".into();
    }
    if part == of {
        return "100 %".into();
    }
    format!("{:.2} %", (part as f64 * 10_000.0 / of as f64).floor() / 100.0)
}

/// Injects constants of the hosts: nothing of it is x86 code.
fn constants(plan: &Plan) {
    let hosts = host_regions(plan);
    let data: Vec<&Vec<u8>> = plan
        .hosts
        .iter()
        .flat_map(|host| &host.data)
        .filter(|data| data.len() > 2 * LENGTHS[LENGTHS.len() - 1])
        .collect();
    println!(
        "| length | tries | clusters | read as x86 | pool | opaque |\n|---|---|---|---|---|---|"
    );
    for length in [16, 32, 64, 128, 256, 1024] {
        let found: Vec<(Reading, Vec<u8>)> = (0..plan.count)
            .into_par_iter()
            .flat_map_iter(|index| {
                let mut random = Random::new((length * 1_000_003 + index) as u64);
                let from = data[random.below(data.len())];
                let start = random.below(from.len().saturating_sub(length).max(1));
                let constant = &from[start..(start + length).min(from.len())];
                let mut host = hosts[random.below(hosts.len())];
                while host.bytes.len() < constant.len() + 2 * AROUND {
                    host = hosts[random.below(hosts.len())];
                }
                let (_, bytes) = injected(host, constant, &mut random);
                scan::clusters(&bytes, host.address).into_iter().map(move |cluster| {
                    let end = cluster.offset + cluster.length;
                    (cluster.reading, bytes[cluster.offset..end].to_vec())
                })
            })
            .collect();
        let [x86, pool, opaque] = tally(found.iter().map(|(reading, _)| reading));
        println!("| {length} | {} | {} | {x86} | {pool} | {opaque} |", plan.count, found.len());
        for (reading, bytes) in
            found.iter().filter(|_| plan.modes.iter().any(|mode| mode == "--list"))
        {
            if let Reading::X86 { bits, .. } = reading {
                println!("    {reading:?} {:#?}", gowoa::isa::x86::text(bytes, 0, *bits, 12));
            }
        }
    }
}

/// How many readings of each sort: x86, pool, opaque.
fn tally<'a>(readings: impl Iterator<Item = &'a Reading>) -> [usize; 3] {
    let mut counts = [0; 3];
    for reading in readings {
        let place = match reading {
            Reading::X86 { .. } => 0,
            Reading::Pool => 1,
            Reading::Opaque => 2,
        };
        counts[place] += 1;
    }
    counts
}

/// Scans all functions as they are.
fn false_alarms(plan: &Plan, list: bool) {
    println!("| image | functions | bytes | clusters | read as x86 | pool | opaque |");
    println!("|---|---|---|---|---|---|---|");
    let mut sums = [0; 6];
    for host in &plan.hosts {
        let found: Vec<(&Region, Cluster)> = host
            .code
            .par_iter()
            .flat_map_iter(|region| {
                let found = scan::clusters_with(&region.bytes, region.address, &host.uses);
                found.into_iter().map(move |found| (region, found))
            })
            .collect();
        let [x86, pool, opaque] = tally(found.iter().map(|(_, cluster)| &cluster.reading));
        let bytes = host.code.iter().map(|region| region.bytes.len()).sum();
        let row = [host.code.len(), bytes, found.len(), x86, pool, opaque];
        sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
        let [functions, bytes, clusters, ..] = row;
        println!(
            "| {} | {functions} | {bytes} | {clusters} | {x86} | {pool} | {opaque} |",
            host.name()
        );
        if list {
            found.iter().for_each(|(region, cluster)| print_cluster(region, cluster));
        }
    }
    let [functions, bytes, clusters, x86, pool, opaque] = sums;
    println!("| **all** | {functions} | {bytes} | {clusters} | **{x86}** | {pool} | {opaque} |");
}

/// Prints one cluster.
fn print_cluster(region: &Region, cluster: &Cluster) {
    let Cluster { offset, length, bad_words, reading } = cluster;
    println!(
        "    {} {:#x} of {} bytes at +{offset:#x}: {length} bytes, {bad_words} bad, {reading:?}",
        region.name,
        region.address,
        region.bytes.len()
    );
}

//! Which gowoa is run: only one that is known, for this machine, from where it was asked for.

use std::collections::BTreeMap;
use std::path::Path;

use fs_err as fs;

use sha2::{Digest, Sha256};

use crate::harness::{Ran, Server, Step, program};

const VERSION: &str = "9.9.9";

/// A program that says it is gowoa, leaves a mark when it is run, and passes.
const GOWOA: &str = "#!/bin/sh\n\
    touch \"$RUNNER_TEMP/ran\"\n\
    if [ \"$1\" = --version ]; then echo 'gowoa 9.9.9'; exit 0; fi\n\
    echo \"started: $*\"\n\
    echo result=pass >>\"$GITHUB_OUTPUT\"\n";

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The target of this machine's own releases.
fn target() -> &'static str {
    match (std::env::consts::OS, std::env::consts::ARCH) {
        ("macos", "aarch64") => "aarch64-apple-darwin",
        ("macos", _) => "x86_64-apple-darwin",
        (_, "aarch64") => "aarch64-unknown-linux-musl",
        _ => "x86_64-unknown-linux-musl",
    }
}

/// A release archive that holds this program.
fn archive(program: &str) -> Vec<u8> {
    let gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let mut tar = tar::Builder::new(gzip);
    let mut header = tar::Header::new_gnu();
    header.set_size(program.len() as u64);
    header.set_mode(0o755);
    tar.append_data(&mut header, "gowoa", program.as_bytes()).unwrap();
    tar.into_inner().unwrap().finish().unwrap()
}

/// A table of pins with one row.
fn pins(target: &str, archive_sum: &str, binary_sum: &str) -> String {
    format!("# A comment.\nrepository o/r\n{VERSION} {target} {archive_sum} {binary_sum}\n")
}

/// A server with the release, below `prefix`.
fn server(prefix: &str, target: &str, archive: &[u8]) -> Server {
    let path = format!("{prefix}/v{VERSION}/gowoa-{VERSION}-{target}.tar.gz");
    Server::new(BTreeMap::from([(path, archive.to_vec())]))
}

fn ran(step: &Step) -> bool {
    step.at("temp/ran").exists()
}

/// A step that downloads from a server, with these sums.
fn download(server: &Server, archive_sum: &str, binary_sum: &str) -> Step {
    Step::new(&pins(target(), archive_sum, binary_sum))
        .bare()
        .input("download-base-url", &format!("{}/mirror/", server.url))
}

#[test]
fn a_pinned_release_is_downloaded_once_and_checked_each_time() {
    let archive = archive(GOWOA);
    let server = server("/mirror", target(), &archive);
    let step = download(&server, &sha256(&archive), &sha256(GOWOA.as_bytes()));
    let first = step.run();
    assert!(first.ended(0).contains("started: action"), "{}", first.log);
    assert_eq!((first.output("version"), first.output("result")), (VERSION, "pass"));
    assert!(first.log.contains("checksum verified") && first.obeyed().is_empty(), "{}", first.log);
    let again = step.run();
    assert!(again.ended(0).contains("tool cache, checksum verified"), "{}", again.log);
    assert_eq!(server.asked().len(), 1);

    // Somebody changes the file in the tool cache.
    let cached = again.output("gowoa-path").to_owned();
    assert!(cached.starts_with(step.at("tools").to_str().unwrap()), "{cached}");
    fs::remove_file(step.at("temp/ran")).unwrap();
    program(cached.as_ref(), &format!("{GOWOA}# changed\n"));
    let tampered = step.run();
    assert!(tampered.given_up().contains("is not what the action knows"), "{}", tampered.log);
    assert!(!ran(&step) && server.asked().len() == 1);
}

#[test]
fn a_wrong_checksum_ends_the_step_and_no_other_way_is_tried() {
    let (archive, wrong) = (archive(GOWOA), "0".repeat(64));
    let server = server("/mirror", target(), &archive);
    for (archive_sum, binary_sum) in
        [(wrong.clone(), sha256(GOWOA.as_bytes())), (sha256(&archive), wrong)]
    {
        let step = download(&server, &archive_sum, &binary_sum)
            .input("fallback", "source")
            .program("cargo", "#!/bin/sh\ntouch \"$RUNNER_TEMP/built\"\n");
        let ran_step = step.run();
        assert!(ran_step.given_up().contains("is not what the action knows"), "{}", ran_step.log);
        assert!(!ran(&step) && !step.at("temp/built").exists());
        assert_eq!(fs::read_dir(step.at("tools")).unwrap().count(), 0, "nothing is kept");
    }
}

#[test]
fn without_a_release_the_next_step_is_named() {
    let none = Step::new("# Nothing yet.\n").bare().run();
    let text = none.given_up();
    assert!(
        text.contains("no release of gowoa is pinned") && text.contains("install-mode: source")
    );

    let gone = Server::new(BTreeMap::new());
    let step = download(&gone, &"a".repeat(64), &"b".repeat(64));
    assert!(step.run().given_up().contains("cannot fetch"));

    let other = step.input("version", "1.2.3").run();
    assert!(other.given_up().contains("gowoa 1.2.3 for"), "{}", other.log);
    let odd = Step::new(&pins(target(), "a", "b")).bare().input("version", "../../x").run();
    assert!(odd.given_up().contains("is not a version"), "{}", odd.log);
}

#[test]
fn a_download_that_stalls_is_told_in_curls_words() {
    let server = Server::new(BTreeMap::new());
    let curl = "#!/bin/sh\n\
        for word in \"$@\"; do printf '%s\\n' \"$word\"; done >\"$RUNNER_TEMP/curl\"\n\
        echo 'curl: (7) ::error::first' >&2; echo 'curl: (28) Operation too slow' >&2; exit 28\n";
    let step = download(&server, &"a".repeat(64), &"b".repeat(64)).program("curl", curl);
    let text = step.run().given_up();
    assert!(text.contains(".tar.gz: curl: (28) Operation too slow. Use a tag"), "{text}");
    let given = fs::read_to_string(step.at("temp/curl")).unwrap();
    let after =
        |flag: &str| given.lines().skip_while(|line| *line != flag).nth(1).map(str::to_owned);
    for flag in ["--connect-timeout", "--speed-limit", "--speed-time", "--max-time"] {
        let seconds: u32 = after(flag).expect(flag).parse().unwrap();
        assert!(seconds > 0, "{flag}");
    }
}

/// Says it is another system.
fn uname(system: &str, machine: &str) -> String {
    format!("#!/bin/sh\nif [ \"$1\" = -s ]; then echo {system}; else echo {machine}; fi\n")
}

#[test]
fn the_machine_is_asked_of_the_system() {
    let archive = archive(GOWOA);
    let run = |named: &str, system: &str, machine: &str, arm: &str| -> Ran {
        let server = server("/mirror", named, &archive);
        let pins = pins(named, &sha256(&archive), &sha256(GOWOA.as_bytes()));
        Step::new(&pins)
            .bare()
            .input("download-base-url", &format!("{}/mirror", server.url))
            // The runner says x64, as one does that is emulated itself.
            .env("RUNNER_ARCH", "X64")
            .program("uname", &uname(system, machine))
            .program("sysctl", &format!("#!/bin/sh\necho {arm}\n"))
            .run()
    };
    run("aarch64-unknown-linux-musl", "Linux", "aarch64", "").ended(0);
    run("x86_64-unknown-linux-musl", "Linux", "x86_64", "").ended(0);
    // Under Rosetta.
    run("aarch64-apple-darwin", "Darwin", "x86_64", "1").ended(0);
    run("x86_64-apple-darwin", "Darwin", "x86_64", "0").ended(0);
    // Only one for x64 is pinned, and the machine is ARM64.
    let other = run("x86_64-unknown-linux-musl", "Linux", "aarch64", "");
    assert!(other.given_up().contains("for aarch64-unknown-linux-musl is not pinned"));
    for (system, machine) in [("Linux", "riscv64"), ("Linux", "armv7l"), ("FreeBSD", "amd64")] {
        assert!(run("x", system, machine, "").given_up().contains("no gowoa is made for"));
    }
}

#[test]
fn a_version_that_is_not_pinned_needs_an_attestation() {
    let archive = archive(GOWOA);
    let name = format!("gowoa-{VERSION}-{}.tar.gz", target());
    let base = format!("/o/r/releases/download/v{VERSION}");
    // A list with names that begin with the right one, as golangci-lint's installer once fell over.
    let sums = format!("{0}  {name}.sbom.json\n{1}  {name}\n", "0".repeat(64), sha256(&archive));
    let files = BTreeMap::from([
        (format!("{base}/{name}"), archive.clone()),
        (format!("{base}/SHA256SUMS"), sums.into()),
    ]);
    let server = Server::new(files);
    let step = || {
        Step::new("repository o/r\n1.0.0 some-target a b\n")
            .bare()
            .input("version", VERSION)
            .env("GITHUB_SERVER_URL", &server.url)
    };
    let no_gh = step().env("GITHUB_TOKEN", "t").run();
    assert!(no_gh.given_up().contains("that needs the gh program"), "{}", no_gh.log);
    let gh = "#!/bin/sh\necho \"gh $*\" >\"$RUNNER_TEMP/gh\"; echo '::error::from gh'; exit ";
    let refused = step().env("GITHUB_TOKEN", "t").program("gh", &format!("{gh}1\n"));
    assert!(refused.run().given_up().contains("could not be verified; it was not run"));
    assert!(!ran(&refused));
    let good = step().env("GITHUB_TOKEN", "t").program("gh", &format!("{gh}0\n"));
    good.run().ended(0);
    let asked = fs::read_to_string(good.at("temp/gh")).unwrap();
    assert!(asked.starts_with("gh attestation verify ") && asked.contains(&name), "{asked}");
    assert!(asked.ends_with("--repo o/r --signer-workflow o/r/.github/workflows/release.yml\n"));
    // It is not kept: there would be nothing to check it against.
    assert_eq!(fs::read_dir(good.at("tools")).unwrap().count(), 0);
    let off = step().input("verify-attestation", "off").run();
    assert!(off.given_up().contains("is not pinned"), "{}", off.log);
}

/// A cargo that notes how it was called, speaks to the runner, and makes the program.
const CARGO: &str = "#!/bin/sh\n\
    echo \"$PWD: $*\" >\"$RUNNER_TEMP/cargo\"\n\
    echo '::error::from the build'; echo 'x ##[add-mask]y' >&2\n\
    while [ $# -gt 1 ]; do if [ \"$1\" = --target-dir ]; then into=\"$2\"; fi; shift; done\n\
    mkdir -p \"$into/release\"; cp \"$RUNNER_TEMP/gowoa\" \"$into/release/gowoa\"\n";

#[test]
fn the_source_is_the_checkout_of_the_action() {
    let step = Step::new("").bare().input("install-mode", "source");
    assert!(step.run().given_up().contains("needs Rust"));
    let step = step.program("cargo", CARGO);
    program(&step.at("temp/gowoa"), GOWOA);
    let done = step.run();
    assert!(done.ended(0).contains("built from the source of the action"), "{}", done.log);
    assert!(done.obeyed().is_empty(), "what the build prints is no command\n{}", done.log);
    let called = fs::read_to_string(step.at("temp/cargo")).unwrap();
    let action = fs::canonicalize(step.at("action")).unwrap();
    assert!(
        called.starts_with(&format!("{}: build --release --locked", action.display())),
        "{called}"
    );

    let failing = step.program("cargo", "#!/bin/sh\nexit 101\n").run();
    assert!(failing.given_up().contains("did not build from source"));
}

#[test]
fn the_fallback_is_taken_where_it_was_asked_for() {
    let step = Step::new("").bare().input("fallback", "source").program("cargo", CARGO);
    program(&step.at("temp/gowoa"), GOWOA);
    let done = step.run();
    assert!(
        done.ended(0).contains("building from source, as fallback: source says"),
        "{}",
        done.log
    );
}

#[test]
fn a_path_has_to_be_gowoa() {
    let step =
        |path: &str| Step::new("").bare().input("install-mode", "path").input("gowoa-path", path);
    assert!(step("").run().given_up().contains("needs the input gowoa-path"));
    assert!(step("/nowhere/gowoa").run().given_up().contains("is not a program"));
    let other = step("gowoa").program("x", "");
    program(&other.at("work/gowoa"), "#!/bin/sh\necho something else 1.0\n");
    assert!(other.run().given_up().contains("is not gowoa"));
    // A relative path, and one that looks like flags, are what they are.
    let own = step("./-n gowoa");
    program(&own.at("work/-n gowoa"), GOWOA);
    let own = own.run();
    assert!(own.ended(0).contains("started: action"), "{}", own.log);
    assert!(Path::new(&own.output("gowoa-path")).ends_with("work/-n gowoa"));
}

#[test]
fn words_of_the_user_are_words_of_an_annotation() {
    let hostile = "x' $(touch pwned) %0A\n::warning::y";
    let step = Step::new("").bare().input("install-mode", hostile);
    let text = step.run().given_up();
    assert!(text.starts_with(&format!("install-mode: {hostile} cannot be used")), "{text}");
    assert!(!step.at("work/pwned").exists());
}

//! Thousands of packages: the command line of each call stays below what Windows takes.

use std::fmt::Write as _;

use crate::projects::Project;

/// Packages of the big module.
const PACKAGES: usize = 3_000;

// Slow (45 seconds on two cores, half of it when Go has the packages in its cache): Go compiles three
// thousand packages. What is proven here cannot be proven on fewer: one call would not be too long.
#[test]
fn three_thousand_packages() {
    // Long names, so that the list is several times as long as one command line may be.
    let name = |n: usize| format!("package-with-a-long-name-{n:05}");
    let mut project = Project::empty().file("go.mod", "module example.com/big\n\ngo 1.24\n");
    let mut main = String::from("package main\n\nimport (\n");
    for n in 0..PACKAGES {
        let text = format!("package p{n}\n\nfunc F() int {{ return {n} }}\n");
        project = project.file(&format!("{}/p.go", name(n)), text);
        // Half of them are reached from a command; the rest needs link proofs.
        if n % 2 == 0 {
            let _ = writeln!(main, "\tp{n} \"example.com/big/{}\"", name(n));
        }
    }
    main.push_str(")\n\nfunc main() {\n");
    for n in (0..PACKAGES).step_by(2) {
        let _ = writeln!(main, "\tprintln(p{n}.F())");
    }
    main.push_str("}\n");
    let project = project.file("cmd/all/main.go", main);
    // Without the directory in them the objects of one run serve the next, and Go's cache does not grow.
    let gowoa = project.check().env("GOFLAGS", "-buildvcs=false -trimpath");
    #[cfg(unix)]
    let longest = project.beside("longest");
    #[cfg(unix)] // The stand-in that measures is a shell script.
    let gowoa = {
        use crate::projects::fake::{real_go, script};
        let measure = format!(
            "words=\"$0 $*\"\necho ${{#words}} >> '{}'\nexec '{}' \"$@\"\n",
            longest.display(),
            real_go().display()
        );
        gowoa.arg("--go").arg(script(&project.beside("fakes/go"), &measure))
    };
    let run = gowoa.run();
    project.assert_passes(&run);
    let counts = &run.report()["counts"];
    assert_eq!(counts["matched"], PACKAGES + 1, "{}", run.stderr);
    assert_eq!(counts["compiled"], PACKAGES + 1, "{}", run.stderr);
    assert_eq!(counts["linked"], PACKAGES + 1, "{}", run.stderr);
    #[cfg(unix)]
    {
        let text = fs_err::read_to_string(&longest).unwrap();
        let longest: usize = text.lines().map(|line| line.parse().unwrap()).max().unwrap();
        assert!(longest < 32_767, "a command line has {longest} bytes");
    }
}

/// Every one of many packages given by name, which no pattern shortens.
#[test]
fn a_thousand_packages_by_name() {
    let mut project = Project::empty().file("go.mod", "module example.com/big\n\ngo 1.24\n");
    let name = |n: usize| format!("./package-with-a-name-of-some-length-{n:04}");
    for n in 0..1_000 {
        project =
            project.file(&format!("{}/p.go", name(n)), format!("package p{n}\n\nconst C = {n}\n"));
    }
    let mut gowoa = project.check().env("GOFLAGS", "-buildvcs=false -trimpath");
    for n in 0..1_000 {
        gowoa = gowoa.arg(name(n));
    }
    if cfg!(windows) {
        return; // Nobody can give that many there.
    }
    let run = gowoa.run();
    project.assert_passes(&run);
    assert_eq!(run.report()["counts"]["matched"], 1_000, "{}", run.stderr);
}

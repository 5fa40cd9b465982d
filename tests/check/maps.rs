//! The map of each image: there where something draws it, and nowhere else.

use std::path::Path;

use serde_json::Value;

use crate::fixtures::array;
use crate::harness::{Gowoa, root};

/// The images of a report, and how many of them have a map.
fn images(report: &Value) -> (Vec<&Value>, usize) {
    let images = array(&report["subjects"]).iter().filter(|subject| subject["kind"] == "image");
    let images: Vec<&Value> = images.collect();
    let mapped = images.iter().filter(|image| image["map"].is_object()).count();
    (images, mapped)
}

/// Pictures in a page.
fn pictures(page: &Path) -> usize {
    fs_err::read_to_string(page).unwrap().matches("<svg class=\"map\"").count()
}

#[test]
fn check_draws_every_exe_where_somebody_sees_it_and_pays_for_it_nowhere_else() {
    let sample = root().join("testdata/go/sample");
    let dir = tempfile::tempdir().unwrap();
    let html = dir.path().join("report.html");
    let svg = dir.path().join("map.svg");

    let run = Gowoa::check(&sample).run();
    let (all, mapped) = images(run.report());
    assert!(!all.is_empty());
    assert_eq!(mapped, 0, "nobody asked");

    let run = Gowoa::check(&sample).arg("--report").arg(format!("html={}", html.display())).run();
    let (all, mapped) = images(run.report());
    assert_eq!(mapped, all.len());
    assert_eq!(pictures(&html), all.len());
    let page = fs_err::read_to_string(&html).unwrap();
    let titles: Vec<usize> = ["hello.exe", "gowoa_linkproof.exe"]
        .iter()
        .filter_map(|name| page.find(&format!("Map of {name}<")))
        .collect();
    assert!(titles.len() == 2 && titles.is_sorted(), "the command comes first: {titles:?}");
    for image in &all {
        let sections = array(&image["map"]["sections"]);
        let sum: u64 = sections.iter().filter_map(|section| section["size"].as_u64()).sum();
        assert_eq!(Some(sum), image["size"].as_u64(), "every byte is in the map");
        assert!(array(&sections[1]["spans"]).iter().any(|span| span["kind"] == "go"), "{image}");
    }

    let run = Gowoa::check(&sample).arg("--map").arg(&svg).run();
    let (all, mapped) = images(run.report());
    assert_eq!(mapped, all.len());
    let drawn = fs_err::read_to_string(&svg).unwrap();
    assert!(all.iter().all(|image| drawn.contains(image["name"].as_str().unwrap())), "{drawn}");

    let run = Gowoa::check(&sample).arg("--report-dir").arg(dir.path().join("all")).run();
    assert!(images(run.report()).1 > 0);
    let drawn = pictures(&dir.path().join("all/report.html"));
    assert!(drawn > 0);
    // The JSON beside the page holds them, for a page that is made of it later.
    let again = Gowoa::report(dir.path()).arg("all/report.json");
    again.arg("--report").arg("html=again.html").run();
    assert_eq!(pictures(&dir.path().join("again.html")), drawn);
}

#[test]
fn test_binaries_are_not_drawn() {
    let sample = root().join("testdata/go/sample");
    let dir = tempfile::tempdir().unwrap();
    let html = dir.path().join("report.html");
    let run = Gowoa::check(&sample).arg("--tests");
    let run = run.arg("--report").arg(format!("html={}", html.display())).run();
    let (all, mapped) = images(run.report());
    assert!(0 < mapped && mapped < all.len(), "{mapped} of {}", all.len());
    let page = fs_err::read_to_string(&html).unwrap();
    assert!(page.contains("test binaries"), "the page says what it leaves out");
}

#[test]
fn inspect_draws_for_a_page_without_being_told_so() {
    let dir = tempfile::tempdir().unwrap();
    fs_err::copy(root().join("testdata/pe/code/go.exe"), dir.path().join("go.exe")).unwrap();
    let html = dir.path().join("report.html");
    let run = Gowoa::inspect(dir.path()).arg("go.exe").run();
    assert_eq!(images(run.report()).1, 0);
    let run = Gowoa::inspect(dir.path()).arg("go.exe");
    let run = run.arg("--report").arg(format!("html={}", html.display())).run();
    assert_eq!(images(run.report()).1, 1);
    assert_eq!(pictures(&html), 1);
}

#[test]
fn a_page_has_fifty_pictures_and_says_that_there_are_more_images() {
    let dir = tempfile::tempdir().unwrap();
    let image = fs_err::read(root().join("testdata/pe/code/go.exe")).unwrap();
    fs_err::create_dir(dir.path().join("d")).unwrap();
    for number in 0..60 {
        fs_err::write(dir.path().join(format!("d/{number:02}.exe")), &image).unwrap();
    }
    let (html, svg) = (dir.path().join("report.html"), dir.path().join("map.svg"));
    let run = Gowoa::inspect(dir.path()).arg("d").arg("--map").arg(&svg);
    let run = run.arg("--report").arg(format!("html={}", html.display())).run();
    let (all, mapped) = images(run.report());
    assert_eq!((all.len(), mapped), (60, 50));
    assert!(all.iter().take(50).all(|image| image["map"].is_object()), "the first ones");
    assert_eq!(pictures(&html), 50);
    assert!(fs_err::read_to_string(&html).unwrap().contains("beyond the first 50"));
    assert!(fs_err::read_to_string(&svg).unwrap().contains("Not drawn: 10 of the images"));
}

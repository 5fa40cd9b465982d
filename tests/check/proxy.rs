//! A module proxy in a directory, made for one test (`go help goproxy`): modules of ours, in versions of ours.

use std::io::Write as _;
use std::path::Path;

use crate::harness::Gowoa;

/// A proxy and a module cache of its own.
pub(crate) struct Proxy {
    dir: tempfile::TempDir,
}

impl Proxy {
    /// An empty one.
    pub(crate) fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    /// Adds a version of a module: its go.mod and its other files, by name.
    pub(crate) fn add(&self, module: &str, version: &str, gomod: &str, files: &[(&str, &str)]) {
        let place = self.dir.path().join("proxy").join(module).join("@v");
        fs_err::create_dir_all(&place).unwrap();
        let gomod = format!("module {module}\n\ngo 1.24\n{gomod}");
        let info = format!(r#"{{"Version":"{version}","Time":"2026-01-02T03:04:05Z"}}"#);
        fs_err::write(place.join(format!("{version}.info")), info).unwrap();
        fs_err::write(place.join(format!("{version}.mod")), &gomod).unwrap();
        let file = fs_err::File::create(place.join(format!("{version}.zip"))).unwrap();
        let mut zip = zip::ZipWriter::new(file.into_parts().0);
        for (name, text) in files.iter().chain(&[("go.mod", gomod.as_str())]) {
            let options = zip::write::SimpleFileOptions::default();
            zip.start_file(format!("{module}@{version}/{name}"), options).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        zip.finish().unwrap();
        let list = place.join("list");
        let known = fs_err::read_to_string(&list).unwrap_or_default();
        fs_err::write(list, format!("{known}{version}\n")).unwrap();
    }

    /// The variables that make Go use it, and nothing else.
    pub(crate) fn serve(&self, gowoa: Gowoa) -> Gowoa {
        let proxy = self.dir.path().join("proxy");
        fs_err::create_dir_all(&proxy).unwrap();
        let url = format!("file://{}", slashed(&proxy));
        self.around(gowoa).env("GOPROXY", url)
    }

    /// The same module cache without the proxy.
    pub(crate) fn around(&self, gowoa: Gowoa) -> Gowoa {
        let cache = self.dir.path().join("cache");
        gowoa
            .env("GOMODCACHE", cache)
            .env("GOSUMDB", "off")
            .env("GOFLAGS", "-buildvcs=false -modcacherw")
            .env("GOWOA_CACHE", self.dir.path().join("gowoa"))
    }

    /// gowoa's cache beside it.
    pub(crate) fn gowoa_cache(&self) -> std::path::PathBuf {
        self.dir.path().join("gowoa")
    }
}

/// A path as it stands in a URL: `/C:/…` on Windows.
fn slashed(path: &Path) -> String {
    let text = path.to_str().unwrap().replace('\\', "/");
    if text.starts_with('/') { text } else { format!("/{text}") }
}

use super::*;
#[test]
fn show() {
    let Some(paths) = std::env::var_os("SHOW") else { return };
    for path in std::env::split_paths(&paths) {
        let bytes = crate::platform::map::Mapped::open(&path).unwrap();
        let t = std::time::Instant::now();
        let sha = Sha256::digest(&*bytes);
        let t_sha = t.elapsed();
        let facts = image::read(&bytes).unwrap();
        let t = std::time::Instant::now();
        let c = carve::carve(&bytes, &facts);
        let t_carve = t.elapsed();
        let t = std::time::Instant::now();
        let found = look_inside(&bytes, &facts);
        let t_all = t.elapsed();
        eprintln!(
            "== {} {} MB sha {t_sha:?} carve {t_carve:?} ({} heads) all {t_all:?} {:x}",
            path.display(),
            bytes.len() >> 20,
            c.found.len(),
            sha[0]
        );
        for i in found.images {
            eprintln!(
                "  {} {} anycpu={} code={} size {} {} | {} | {:?}",
                i.machine,
                i.kind.words(),
                i.any_cpu,
                i.code,
                i.size,
                &i.sha256[..8],
                i.place(),
                i.path.iter().map(|s| (s.within, s.offset)).collect::<Vec<_>>()
            );
        }
        for u in found.unopened {
            eprintln!("  ! {} : {} {}", u.what, u.reason, u.limit);
        }
    }
}

use super::*;

/// Lines as Go 1.26 prints them, shortened.
const OUTPUT: &str = include_str!("../../../testdata/linkgraph/demo.txt");

fn read(text: &[u8], size: usize) -> LinkGraph {
    let mut reader = LinkGraphReader::default();
    text.chunks(size).for_each(|chunk| reader.push(chunk));
    reader.finish()
}

fn way(graph: &LinkGraph, prefix: &str, function: &str) -> Option<(String, bool, bool)> {
    let way = graph.way(prefix, Some(function), &|_| true)?;
    Some((way.symbols.join(" > "), way.dynamic, way.reflection))
}

#[test]
fn every_form_of_a_line_is_read_in_pieces_of_any_size() {
    let whole = read(OUTPUT.as_bytes(), OUTPUT.len());
    assert_eq!((whole.edges(), whole.unread_lines()), (18, 0));
    assert_eq!(whole.words()[0], "# example.com/demo");
    for size in [1, 2, 3, 7, 64] {
        let graph = read(OUTPUT.as_bytes(), size);
        assert_eq!((graph.edges(), graph.unread_lines()), (18, 0), "{size}");
        assert_eq!(way(&graph, "ex.com/d", "helper"), way(&whole, "ex.com/d", "helper"));
    }
    let crlf = OUTPUT.replace('\n', "\r\n");
    assert!(way(&read(crlf.as_bytes(), 64), "ex.com/d", "helper").is_some());
}

#[test]
fn the_way_begins_at_main_and_tells_how_it_comes_about() {
    let graph = read(OUTPUT.as_bytes(), 64);
    let found = |prefix, function| way(&graph, prefix, function);
    let expect = |text: &str, dynamic, reflection| Some((text.to_owned(), dynamic, reflection));
    assert_eq!(
        found("ex.com/d", "helper"),
        expect(
            "main.main > ex.com/d.Gen[go.shape.string,go.shape.int] > ex.com/d.helper",
            false,
            false
        )
    );
    let typed = "main.main > type:*ex.com/d.T > ex.com/d.(*T)";
    assert_eq!(found("ex.com/d", "(*T).Ptr"), expect(&format!("{typed}.Ptr"), true, false));
    assert_eq!(found("ex.com/d", "T.Ptr"), found("ex.com/d", "(*T).Ptr"), "the wrapper");
    assert_eq!(
        found("ex.com/d", "reflectedOnly"),
        expect(&format!("{typed}.Reflected > ex.com/d.reflectedOnly"), true, true)
    );
    assert_eq!(
        found("gopkg.in/y.v3", "F"),
        expect(&format!("{typed}.Ptr > gopkg.in/y%2ev3.F.func1"), true, false)
    );
    assert_eq!(found("main", "call"), expect("main.main > main.call", false, false));
    assert_eq!(found("ex.com/d", "(*T).M"), None, "that is data");
    assert_eq!(found("ex.com/d", "Nothing"), None);
    assert_eq!(
        found("ex.com/d", "init"),
        expect("go:main.inittasks > ex.com/d..inittask > ex.com/d.init", false, false)
    );
}

#[test]
fn of_a_package_the_nearest_function_that_counts_is_named() {
    let graph = read(OUTPUT.as_bytes(), 64);
    let nearest = |counts: &dyn Fn(&str) -> bool| graph.way("ex.com/d", None, counts);
    let gen_ = nearest(&|function| function != "init").unwrap();
    assert_eq!(gen_.function.as_deref(), Some("Gen"));
    let only = nearest(&|_| false).unwrap();
    assert!(only.symbols.last().unwrap().starts_with("ex.com/d."), "{only:?}");
    assert!(graph.way("ex.com/other", None, &|_| true).is_none());
}

#[test]
fn what_cannot_be_read_is_counted_and_stops_nothing() {
    let mut text = b"_ -> main.main\nmain.main -> \nmarkable method: nonsense\n\xff\xfe\n".to_vec();
    text.extend(vec![b'x'; MAX_LINE + 1]);
    text.extend_from_slice(b" -> y\nmain.main -> a.b/c.F\n\"unclosed -> x\n");
    text.extend(vec![b'y'; MAX_LINE + 1]);
    let graph = read(&text, 4096);
    assert_eq!((graph.edges(), graph.unread_lines()), (2, 4));
    assert_eq!(way(&graph, "a.b/c", "F"), Some(("main.main > a.b/c.F".into(), false, false)));
    assert_eq!(read(b"", 1).edges(), 0);
    assert!(read(b"a -> b\nb -> a\n", 1).way("a", None, &|_| true).is_none(), "no root");
}

//! What the tables of test programs give.

use crate::facts::source::ArchTable;
use crate::source::package::{PackageText, SourceFile, facts};

fn tables(files: &[&str]) -> Vec<ArchTable> {
    let names: Vec<String> = (0..files.len()).map(|number| format!("f{number}.go")).collect();
    let go = names
        .iter()
        .zip(files)
        .map(|(name, text)| SourceFile { name, bytes: text.as_bytes() })
        .collect();
    facts(&PackageText { import_path: "p", go, ..PackageText::default() }).arch_tables
}

/// Form, known architectures and outcome of what is found in a file with that body.
fn found(body: &str) -> Vec<String> {
    let text =
        format!("package p\nimport (\n\"errors\"\n\"fmt\"\n\"log\"\n\"runtime\"\n)\n{body}\n");
    let of = |table: ArchTable| {
        let (form, known) = (table.form, table.known.join(" "));
        let refuses = if table.refuses { " refuses" } else { "" };
        let sure = if table.sure { "" } else { " unsure" };
        format!("{form:?} {known} {:?}{refuses}{sure}", table.otherwise)
    };
    tables(&[&text]).into_iter().map(of).collect()
}

#[test]
fn a_switch_whose_default_fails() {
    let error = "func F() (string, error) { switch runtime.GOARCH { case \"amd64\": return \"x64\", nil\n\
                 case \"386\": return \"x86\", nil\n default: return \"\", fmt.Errorf(\"no %s\", runtime.GOARCH) } }";
    assert_eq!(found(error), ["Switch amd64 386 Error"]);
    let behind = "func F() (string, error) { switch runtime.GOARCH { case \"amd64\": return \"x64\", nil }\n\
                  return \"\", errors.New(\"unsupported\") }";
    assert_eq!(found(behind), ["Switch amd64 Error"]);
    let panics = "func F() string { switch a := runtime.GOARCH; a { case \"amd64\", \"386\": return a }\n panic(a) }";
    assert_eq!(found(panics), ["Switch amd64 386 Panic"]);
    let exits = "func main() { switch { case runtime.GOARCH == \"amd64\": run()\n default: log.Fatal(1) } }";
    assert_eq!(found(exits), ["Switch amd64 Exit"]);
    let word = "func F() string { switch runtime.GOARCH { case \"amd64\": return \"x64\"\n case \"386\": return \"x86\" }\n\
                return \"unknown\" }";
    assert_eq!(found(word), ["Switch amd64 386 NoName unsure"]);
}

#[test]
fn a_name_that_stays_empty() {
    let switch = "func F() string { var a string\n switch runtime.GOARCH { case \"amd64\": a = \"x64\"\n\
                  case \"386\": a = \"x86\" }\n return fmt.Sprintf(\"https://example.com/t-%s.zip\", a) }";
    assert_eq!(found(switch), ["Switch amd64 386 Empty unsure"]);
    let map = "var m = map[string]string{\"amd64\": \"x64\", \"386\": \"x86\"}\n\
               func F() string { return \"https://example.com/\" + m[runtime.GOARCH] + \".zip\" }";
    assert_eq!(found(map), ["Map amd64 386 Empty unsure"]);
    let variable = "func F() { m := map[string]string{\"amd64\": \"x64\"}\n a := m[runtime.GOARCH]\n get(\"t-\" + a) }";
    assert_eq!(found(variable), ["Map amd64 Empty unsure"]);
}

#[test]
fn a_map_whose_miss_is_an_error() {
    let ok = "var m = map[string]string{\"windows/amd64\": \"a\", \"linux/arm64\": \"b\"}\n\
              func F() (string, error) { u, ok := m[runtime.GOOS+\"/\"+runtime.GOARCH]\n\
              if !ok { return \"\", errors.New(\"none\") }\n return u, nil }";
    assert_eq!(found(ok), ["Map amd64 arm64 Error"]);
    let formatted = ok.replace(
        "runtime.GOOS+\"/\"+runtime.GOARCH",
        "fmt.Sprintf(\"%s/%s\", runtime.GOOS, runtime.GOARCH)",
    );
    assert_eq!(found(&formatted), ["Map amd64 arm64 Error"]);
}

#[test]
fn conditions() {
    let only = "func F() error { if runtime.GOARCH != \"amd64\" { return errors.New(\"no\") }\n return work() }";
    assert_eq!(found(only), ["Condition amd64 Error"]);
    let chain = "func F() error { if runtime.GOARCH == \"amd64\" { a() } else if runtime.GOARCH == \"386\" { b() } \
                 else { return ErrPlatform }\n return nil }";
    assert_eq!(found(chain), ["Condition amd64 386 Error"]);
    let refuses = "func F() error { if runtime.GOOS == \"windows\" && runtime.GOARCH == \"arm64\" \
                   { return errors.New(\"not yet\") }\n return nil }";
    assert_eq!(found(refuses), ["Condition arm64 Error refuses"]);
}

#[test]
fn through_calls_of_the_package() {
    let parameter = "func name(arch string) (string, error) { switch arch { case \"amd64\": return \"x64\", nil }\n\
                     return \"\", fmt.Errorf(\"no\") }\n\
                     func F() (string, error) { n, err := name(runtime.GOARCH)\n\
                     if err != nil { return \"\", fmt.Errorf(\"url: %w\", err) }\n return n, nil }";
    assert_eq!(found(parameter), ["Switch amd64 Error"]);
    // The caller has something to put in its place.
    let handled =
        parameter.replace("return \"\", fmt.Errorf(\"url: %w\", err)", "n = runtime.GOARCH");
    assert_eq!(found(&handled), Vec::<String>::new());
    let other_file = [
        "package p\nimport \"runtime\"\nfunc F() string { return \"t-\" + archs[runtime.GOARCH] }",
        "package p\nvar archs = map[string]string{\"amd64\": \"x64\"}",
    ];
    assert_eq!(tables(&other_file).len(), 1);
    // A file for arm64 adds what is missing.
    let completed =
        [other_file[0], other_file[1], "package p\nfunc init() { archs[\"arm64\"] = \"arm64\" }"];
    assert_eq!(tables(&completed).len(), 0);
}

#[test]
fn a_name_for_windows_that_is_fixed_to_x64() {
    let driver = "func F() string { p := \"\"\n switch runtime.GOOS { case \"windows\": p = \"win32_x64\"\n\
                  case \"darwin\": if runtime.GOARCH == \"arm64\" { p = \"mac-arm64\" } else { p = \"mac\" } }\n return p }";
    assert_eq!(found(driver), ["Text amd64 ForX64(\"win32_x64\") unsure"]);
    let tagless = "func F() (string, error) { switch { case runtime.GOOS == \"windows\": return \"t-win-x64.zip\", nil\n\
                   case runtime.GOOS == \"linux\" && runtime.GOARCH == \"arm64\": return \"t-linux-arm64.zip\", nil }\n\
                   return \"\", errors.New(\"no\") }";
    assert_eq!(found(tagless), ["Text amd64 ForX64(\"t-win-x64.zip\") unsure"]);
    let chain = "func F() string { if runtime.GOOS == \"windows\" { return \"t-win-x64.zip\" } else if \
                 runtime.GOARCH == \"arm64\" { return \"t-arm64.zip\" }\n return \"t-x64.zip\" }";
    assert_eq!(found(chain), ["Text amd64 ForX64(\"t-win-x64.zip\") unsure"]);
    let asks = driver.replace(
        "p = \"win32_x64\"",
        "p = \"win_x64\"\n if runtime.GOARCH == \"arm64\" { p = \"win_arm64\" }",
    );
    assert_eq!(found(&asks), Vec::<String>::new());
}

#[test]
fn look_alikes() {
    for body in [
        // A default that works.
        "func F() string { switch runtime.GOARCH { case \"amd64\": return \"x64\"\n default: return runtime.GOARCH } }",
        "func F() string { a := runtime.GOARCH\n switch a { case \"amd64\": a = \"x86_64\"\n case \"386\": a = \"i386\" }\n\
         return fmt.Sprintf(\"t-%s.zip\", a) }",
        // arm64 is known.
        "func F() (string, error) { switch runtime.GOARCH { case \"amd64\": return \"x\", nil\n case \"arm64\": return \"a\", nil }\n\
         return \"\", errors.New(\"no\") }",
        "var m = map[string]string{\"amd64\": \"x64\", \"arm64\": \"arm64\"}\nfunc F() string { return \"t\" + m[runtime.GOARCH] }",
        // A map with a fallback.
        "var m = map[string]string{\"amd64\": \"x64\"}\n\
         func F() string { if a, ok := m[runtime.GOARCH]; ok { return a }\n return runtime.GOARCH }",
        "var m = map[string]string{\"amd64\": \"x64\"}\n\
         func F() string { a := m[runtime.GOARCH]\n if a == \"\" { a = runtime.GOARCH }\n return \"t-\" + a }",
        // Another platform than the one that runs the program.
        "func F(arch string) (string, error) { switch arch { case \"amd64\": return \"x64\", nil }\n\
         return \"\", errors.New(\"no\") }\nvar here = runtime.GOARCH",
        "func F(machine uint16) string { switch machine { case 0x8664: return \"amd64\" }\n panic(runtime.GOARCH) }",
        // For another system.
        "func F() error { if runtime.GOOS == \"linux\" { if runtime.GOARCH != \"amd64\" { return errors.New(\"no\") } }\n return nil }",
        "func F() error { switch runtime.GOOS { case \"darwin\": if runtime.GOARCH != \"amd64\" { panic(1) } }\n return nil }",
        "func F() error { if runtime.GOOS != \"windows\" && runtime.GOARCH != \"amd64\" { panic(1) }\n return nil }",
        // A fast path, with code behind it that works everywhere.
        "func F() int { if runtime.GOARCH == \"amd64\" { return fast() }\n return slow() }",
        "func F() (int, error) { if runtime.GOARCH == \"amd64\" && has() { return fast(), nil }\n return 0, errors.New(\"no\") }",
        "func F() (int, error) { if runtime.GOARCH == \"amd64\" { return fast(), nil }\n\
         if x := slow(); x > 0 { return x, nil }\n return 0, errors.New(\"not found\") }",
        // A suffix that one architecture has.
        "func F() string { var s string\n if runtime.GOARCH == \"amd64\" { s = \"64\" }\n return \"t\" + s }",
        // A plain name; a word in a log.
        "func F() string { return fmt.Sprintf(\"https://example.com/t-%s-%s.zip\", runtime.GOOS, runtime.GOARCH) }",
        "var m = map[string]string{\"amd64\": \"x64\"}\nfunc F() { log.Println(m[runtime.GOARCH]) }",
        // The error has nothing to do with the architecture.
        "func F() error { if runtime.GOARCH == \"arm64\" { if bad() { return errors.New(\"bad\") } }\n return nil }",
        // A set of names that is asked.
        "var known = map[string]bool{\"amd64\": true}\nfunc F() bool { return known[runtime.GOARCH] }",
        // Another package's GOARCH.
        "func F() error { if build.GOARCH != \"amd64\" { return errors.New(\"no\") }\n return nil }\nvar x = runtime.GOOS",
    ] {
        assert_eq!(found(body), Vec::<String>::new(), "{body}");
    }
}

#[test]
fn text_that_is_not_go_ends() {
    let deep = format!(
        "package p\nimport \"runtime\"\nfunc f() {{ if runtime.GOARCH == \"amd64\" {} }}",
        "{".repeat(5000)
    );
    tables(&[&deep]);
    let calls = "func a() string { return b() + b() + runtime.GOARCH }\nfunc b() string { return a() + a() + \"amd64\" }";
    tables(&[&format!("package p\nimport \"runtime\"\n{calls}")]);
    let nested = format!(
        "package p\nimport \"runtime\"\nvar x = {}runtime.GOARCH == \"amd64\"{}",
        "(".repeat(3000),
        ")".repeat(3000)
    );
    tables(&[&nested]);
}

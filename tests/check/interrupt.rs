//! SIGINT, SIGTERM and SIGHUP, in every phase: the exit code of convention, no survivor, and no report.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::projects::Project;
use crate::projects::fake::{FakeGo, assert_gone, hangs, pids};

/// No machine is so slow that it needs longer to start a shell script, or to end.
const PATIENCE: Duration = Duration::from_secs(60);

/// Sets what a stand-in does in one of the calls.
type Set = fn(FakeGo, String) -> FakeGo;

/// A run that was started and hangs in its stand-in for `go`.
struct Hanging {
    child: Child,
    pids: PathBuf,
    _json: tempfile::TempDir,
}

impl Hanging {
    /// Starts gowoa and waits until `count` stand-ins have written their process ids.
    fn start(
        project: &Project,
        go: FakeGo,
        pids_file: PathBuf,
        args: &[&str],
        count: usize,
    ) -> Self {
        let go = go.write(project);
        let (mut command, json) = project.check().arg("--go").arg(go).args(args).into_command();
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let hanging = Self { child, pids: pids_file, _json: json };
        let end = Instant::now() + PATIENCE;
        while pids(&hanging.pids).len() < 2 * count {
            assert!(Instant::now() < end, "the stand-in was not started");
            std::thread::sleep(Duration::from_millis(20));
        }
        hanging
    }

    /// Sends a signal, and returns the exit code and the text for people.
    fn signal(mut self, signal: &str, times: u32) -> (Option<i32>, String) {
        for _ in 0..times {
            let id = self.child.id().to_string();
            let sent = Command::new("kill").args(["-s", signal, &id]).status().unwrap();
            // A second signal may come too late.
            assert!(sent.success() || times > 1);
        }
        let end = Instant::now() + PATIENCE;
        while self.child.try_wait().unwrap().is_none() {
            assert!(Instant::now() < end, "gowoa did not end");
            std::thread::sleep(Duration::from_millis(20));
        }
        let output = self.child.wait_with_output().unwrap();
        assert!(output.stdout.is_empty(), "{:?}", String::from_utf8_lossy(&output.stdout));
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

#[test]
fn a_signal_ends_everything_and_leaves_no_report() {
    let during: [(&str, Set, usize); 4] = [
        ("env", FakeGo::env, 1),
        ("probe", FakeGo::probe, 1),
        // All lists run at the same time.
        ("list", FakeGo::list, 5),
        ("build", FakeGo::build, 1),
    ];
    for (signal, code) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        for (phase, set, count) in during {
            let project = Project::module();
            let file = project.beside("pids");
            let go = set(FakeGo::new(&project), hangs(&file));
            let hanging = Hanging::start(&project, go, file.clone(), &[], count);
            let (got, text) = hanging.signal(signal, 1);
            assert_eq!(got, Some(code), "{signal} during {phase}: {text}");
            assert!(text.contains("interrupted; no report was written"), "{text}");
            assert!(!text.contains("panicked"), "{text}");
            assert_gone(&file);
            assert_eq!(project.left(), [""; 0], "{signal} during {phase}");
        }
    }
}

#[test]
fn a_signal_during_a_control_build() {
    let project = Project::module();
    let file = project.beside("pids");
    let package = "example.com/m/cmd/x";
    let output = format!("# {package}\\ncmd/x/main.go:3:1: undefined: X\\n");
    // The first build fails, the control of it hangs.
    let shell = format!(
        "if [ \"$GOARCH\" = arm64 ]; then\n\
         printf '%s\\n' '{{\"ImportPath\":\"{package}\",\"Action\":\"build-output\",\"Output\":\"{output}\"}}' \
         '{{\"ImportPath\":\"{package}\",\"Action\":\"build-fail\"}}'\nexit 1\nfi\n{}",
        hangs(&file)
    );
    let go = FakeGo::new(&project).build(shell);
    let hanging = Hanging::start(&project, go, file.clone(), &[], 1);
    let (code, text) = hanging.signal("INT", 1);
    assert_eq!(code, Some(130), "{text}");
    assert_gone(&file);
    assert_eq!(project.left(), [""; 0]);
}

#[test]
fn a_signal_during_the_tests() {
    let project = Project::module().file(
        "a/a_test.go",
        "package a\n\nimport \"testing\"\n\nfunc TestA(t *testing.T) { A() }\n",
    );
    let file = project.beside("pids");
    let go = FakeGo::real().rest(hangs(&file));
    let hanging = Hanging::start(&project, go, file.clone(), &["--tests"], 1);
    let (code, text) = hanging.signal("TERM", 1);
    assert_eq!(code, Some(143), "{text}");
    assert_gone(&file);
    assert_eq!(project.left(), [""; 0]);
}

#[test]
fn an_impatient_user_changes_nothing() {
    let project = Project::module();
    let file = project.beside("pids");
    let go = FakeGo::new(&project).build(hangs(&file));
    let hanging = Hanging::start(&project, go, file.clone(), &[], 1);
    let (code, text) = hanging.signal("INT", 5);
    assert_eq!(code, Some(130), "{text}");
    assert_gone(&file);
    assert_eq!(project.left(), [""; 0]);
}

#[test]
fn children_that_ignore_the_signal_are_ended_too() {
    let project = Project::module();
    let file = project.beside("pids");
    let go = FakeGo::new(&project).build(format!("trap '' INT TERM HUP\n{}", hangs(&file)));
    let hanging = Hanging::start(&project, go, file.clone(), &[], 1);
    let (code, text) = hanging.signal("INT", 1);
    assert_eq!(code, Some(130), "{text}");
    assert_gone(&file);
}

#[test]
fn the_report_of_an_earlier_run_stays() {
    let project = Project::module();
    fs_err::write(project.junit(), "<testsuites/>").unwrap();
    let file = project.beside("pids");
    let go = FakeGo::new(&project).build(hangs(&file));
    let hanging = Hanging::start(&project, go, file.clone(), &[], 1);
    let (code, text) = hanging.signal("TERM", 1);
    assert_eq!(code, Some(143), "{text}");
    assert_gone(&file);
    assert_eq!(project.left(), ["junit.xml"]);
    assert_eq!(fs_err::read_to_string(project.junit()).unwrap(), "<testsuites/>");
}

#[test]
fn after_an_interrupt_the_next_run_works() {
    let project = Project::module();
    let file = project.beside("pids");
    let go = FakeGo::real().build(hangs(&file));
    let hanging = Hanging::start(&project, go, file.clone(), &[], 1);
    let (code, text) = hanging.signal("INT", 1);
    assert_eq!(code, Some(130), "{text}");
    let run = project.check().run();
    project.assert_passes(&run);
}

#[test]
fn a_signal_at_any_moment_of_the_start_leaves_nothing() {
    // What the signal meets is not in the test's hands; that nothing is left must hold for every moment.
    let project = Project::module();
    let go = FakeGo::new(&project).env("exec sleep 3000").write(&project);
    for wait in 0..40 {
        let (mut command, _json) = project.check().arg("--go").arg(&go).into_command();
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(wait / 2));
        let hanging = Hanging { child, pids: PathBuf::new(), _json };
        let (code, text) = hanging.signal("TERM", 1);
        // A signal that comes before gowoa listens ends it in the system's way, without a code.
        assert!(matches!(code, Some(143) | None), "{code:?}: {text}");
        assert_eq!(project.left(), [""; 0], "after {wait}");
    }
}

use super::*;

/// `goos/arch` in short: `-` for nothing, `a|b` for several, `~` before a hint, `*` for any.
fn short(name: &str) -> String {
    let Says { goos, arch } = read(name);
    let arch = match arch {
        Arch::Nothing => "-".to_owned(),
        Arch::Any => "*".to_owned(),
        Arch::Hint(some) => format!("~{}", some.join("|")),
        Arch::These(some) => some.join("|"),
    };
    format!("{}/{arch}", goos.unwrap_or("-"))
}

fn holds(cases: &[(&str, &str)]) {
    let wrong: Vec<String> = cases
        .iter()
        .filter(|(name, says)| short(name) != *says)
        .map(|(name, says)| format!("{name}: {}, expected {says}", short(name)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn names_of_real_releases() {
    holds(&[
        ("hyperagent_0.0.1-next_windows_arm64.zip", "windows/arm64"),
        ("hyperagent_windows_arm64_v8.0", "windows/arm64"),
        ("hyperagent_windows_amd64_v1", "windows/amd64"),
        ("cloudbridge-client_windows_386_sse2", "windows/386"),
        ("gh_2.40.1_windows_arm64.zip", "windows/arm64"),
        ("gh_2.40.1_windows_arm64.msi", "windows/arm64"),
        ("gh_2.40.1_macOS_amd64.zip", "darwin/amd64"),
        ("gh_2.40.1_linux_armv6.tar.gz", "linux/arm"),
        ("helm-v3.14.0-windows-arm64.zip", "windows/arm64"),
        ("helm-v3.14.0-linux-ppc64le.tar.gz", "linux/ppc64le"),
        ("terraform_1.7.0_windows_386.zip", "windows/386"),
        ("terraform_1.7.0_freebsd_arm.zip", "freebsd/arm"),
        ("caddy_2.7.6_windows_armv7.zip", "windows/arm"),
        ("caddy_2.7.6_mac_arm64.tar.gz", "darwin/arm64"),
        ("hugo_extended_0.92.1_Windows-64bit.zip", "windows/~amd64|arm64"),
        ("hugo_0.123.0_darwin-universal.tar.gz", "darwin/*"),
        ("hugo_0.92.1_Windows-ARM64.zip", "windows/arm64"),
        ("fzf-0.44.1-windows_arm64.zip", "windows/arm64"),
        ("fzf-0.44.1-darwin_arm64.zip", "darwin/arm64"),
        ("ripgrep-14.1.0-x86_64-pc-windows-msvc.zip", "windows/amd64"),
        ("ripgrep-14.1.0-i686-pc-windows-msvc.zip", "windows/386"),
        ("ripgrep-14.1.0-aarch64-apple-darwin.tar.gz", "darwin/arm64"),
        ("ripgrep-14.1.0-armv7-unknown-linux-gnueabihf.tar.gz", "linux/arm"),
        ("pixi-aarch64-pc-windows-msvc.zip", "windows/arm64"),
        ("node-v20.11.0-win-arm64.zip", "windows/arm64"),
        ("node-v20.11.0-win-x64.7z", "windows/amd64"),
        ("node-v20.11.0-win-x86.zip", "windows/386"),
        ("node-v20.11.0-linux-armv7l.tar.xz", "linux/arm"),
        ("electron-v28.1.4-win32-arm64.zip", "windows/arm64"),
        ("electron-v28.1.4-win32-ia32.zip", "windows/386"),
        ("electron-v28.1.4-mas-universal.zip", "-/*"),
        ("VSCode-win32-arm64-1.85.2.zip", "windows/arm64"),
        ("VSCodeUserSetup-x64-1.85.2.exe", "windows/amd64"),
        ("python-3.12.1-embed-arm64.zip", "-/arm64"),
        ("python-3.12.1-embed-amd64.zip", "-/amd64"),
        ("python-3.12.1-embed-win32.zip", "windows/~386|amd64|arm|arm64"),
        ("python-3.12.1-arm64.exe", "windows/arm64"),
        ("numpy-1.26-cp312-cp312-win_arm64.whl", "windows/arm64"),
        ("numpy-1.26-cp312-cp312-win_amd64.whl", "windows/amd64"),
        ("pip-24.0-py3-none-any.whl", "-/*"),
        ("cffi-1.16-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", "-/amd64"),
        ("t64-arm.exe", "windows/~arm|arm64"),
        ("t64.exe", "windows/-"),
        ("cli-arm64.exe", "windows/arm64"),
        ("cli-64.exe", "windows/~amd64|arm64"),
        ("gui-32.exe", "windows/~386|arm"),
        ("kubectl.exe", "windows/-"),
        ("kubectx_v0.9.5_windows_arm64.zip", "windows/arm64"),
        ("lazygit_0.40.2_Windows_x86_64.zip", "windows/amd64"),
        ("lazygit_0.40.2_Windows_32-bit.zip", "windows/~386|arm"),
        ("k9s_Windows_arm64.zip", "windows/arm64"),
        ("k9s_Darwin_amd64.tar.gz", "darwin/amd64"),
        ("rclone-v1.64.0-windows-arm64.zip", "windows/arm64"),
        ("rclone-v1.64.0-osx-amd64.zip", "darwin/amd64"),
        ("syncthing-windows-arm64-v1.27.3.zip", "windows/arm64"),
        ("restic_0.16.4_windows_amd64.zip", "windows/amd64"),
        ("cloudflared-windows-386.exe", "windows/386"),
        ("sops-v3.8.1.arm64.exe", "windows/arm64"),
        ("dive_0.12.0_windows_amd64.zip", "windows/amd64"),
        ("trivy_0.49.1_windows-64bit.zip", "windows/~amd64|arm64"),
        ("minikube-windows-arm64.exe", "windows/arm64"),
        ("PowerShell-7.4.1-win-arm64.msi", "windows/arm64"),
        ("Godot_v4.3-stable_win64.exe.zip", "windows/~amd64|arm64"),
        ("Godot_v4.3-stable_windows_arm64.exe.zip", "windows/arm64"),
        ("blender-4.2.0-windows-arm64.zip", "windows/arm64"),
        ("7z2301-arm64.exe", "windows/arm64"),
        ("7z2301-x64.exe", "windows/amd64"),
        ("OpenJDK21U-jdk_aarch64_windows_hotspot_21.0.2_13.zip", "windows/arm64"),
        ("MinGit-2.43.0-arm64.zip", "-/arm64"),
        ("MinGit-2.43.0-64-bit.zip", "-/~amd64|arm64"),
        ("putty-arm64-0.80-installer.msi", "windows/arm64"),
        ("Docker Desktop Installer.exe", "windows/-"),
        ("Obsidian-1.5.3-arm64.exe", "windows/arm64"),
        ("deno-aarch64-apple-darwin.zip", "darwin/arm64"),
        ("bun-windows-x64-baseline.zip", "windows/amd64"),
        ("zig-windows-aarch64-0.13.0.zip", "windows/arm64"),
        ("dotnet-sdk-8.0.101-win-arm64.zip", "windows/arm64"),
        ("prebuilds/win32-x64".rsplit('/').next().unwrap(), "windows/amd64"),
        ("win32-x86-64", "windows/amd64"),
        ("win32-aarch64", "windows/arm64"),
        ("go1.22.0.windows-arm64.zip", "windows/arm64"),
        ("jq-windows-i386.exe", "windows/386"),
        ("yq_windows_arm.exe", "windows/arm|arm64"),
        ("esbuild-win32-arm64-0.20.0.tgz", "windows/arm64"),
        ("termius_x86_x64.exe", "windows/386|amd64"),
        ("tool_windows_amd64_arm64.zip", "windows/amd64|arm64"),
        ("tool.Windows.ARM64.zip", "windows/arm64"),
        ("toolWinARM64.exe", "windows/arm64"),
        ("tool-winarm64.exe", "windows/arm64"),
        ("tool_linux64", "linux/~amd64|arm64"),
        ("tool~windows+arm64 (1).zip", "windows/arm64"),
        ("arm64-windows-tool.exe", "windows/arm64"),
        ("aarch64-pc-windows-msvc", "windows/arm64"),
        ("arm64-v8a", "-/arm64"),
        ("tool_darwin_all", "darwin/*"),
        ("tool_linux_arm_7", "linux/arm"),
        ("tool-arm-64.exe", "windows/arm64"),
        ("rsrc_windows_arm64.syso", "windows/arm64"),
    ]);
}

#[test]
fn words_inside_words_say_nothing() {
    holds(&[
        ("charm64", "-/-"),
        ("swarm64-1.0.zip", "-/-"),
        ("farm.zip", "-/-"),
        ("x64dbg.exe", "windows/-"),
        ("winrar.zip", "-/-"),
        ("darwinism.tar.gz", "-/-"),
        ("alarm64.dll", "windows/-"),
        ("linuxdeploy.zip", "-/-"),
        ("clangarm64", "-/-"),
        ("SysWOW64", "-/-"),
        ("System32", "-/-"),
        ("Program Files (x86)", "-/-"),
        ("build-1.386.0.zip", "-/-"),
        ("tool-1.64.0.zip", "-/-"),
        ("größe64.zip", "-/-"),
        ("", "-/-"),
        ("...", "-/-"),
    ]);
}

#[test]
fn the_target_of_a_cross_tool_is_not_its_machine() {
    holds(&[
        ("aarch64-w64-mingw32-clang.exe", "windows/-"),
        ("x86_64-linux-gnu-gcc-12", "-/-"),
        ("aarch64-none-elf-objdump.exe", "windows/-"),
        ("arm-none-eabi-gcc.exe", "windows/-"),
        ("aarch64-linux-android21-clang", "-/-"),
        ("arm-gnu-toolchain-13.2-mingw-w64-i686-aarch64-none-elf.zip", "-/386|arm64"),
        ("aarch64_be-none-linux-gnu-gcc.exe", "-/-"),
    ]);
}

#[test]
fn systems_that_contradict_each_other_say_none() {
    holds(&[
        ("tool-linux-windows.zip", "-/-"),
        ("tool_linux_amd64.exe", "-/amd64"),
        ("tool_windows_amd64.deb", "-/amd64"),
    ]);
}

#[test]
fn variants_of_a_file_share_their_stem() {
    assert_eq!(stem("t64.exe"), stem("t64-arm.exe"));
    assert_eq!(stem("cli.exe"), stem("cli-arm64.exe"));
    assert_ne!(stem("cli.exe"), stem("gui-arm64.exe"));
    assert_ne!(stem("foo.dll"), stem("foo.exe"));
}

proptest::proptest! {
    #[test]
    fn any_name_is_read(name in "\\PC{0,80}") {
        let _ = (read(&name), stem(&name));
    }

    #[test]
    fn a_label_is_found_between_any_words(
        before in "[b-df-hj-np-rt-z]{3,9}",
        sep in "[-_. +~]",
        arch in proptest::sample::select(vec!["arm64", "ARM64", "aarch64", "AArch64"]),
    ) {
        let name = format!("{before}{sep}windows{sep}{arch}.zip");
        proptest::prop_assert_eq!(short(&name), "windows/arm64", "{}", name);
    }
}

#[test]
fn files_pair_by_their_names_without_the_machine() {
    let key = |name: &str| pair(&name.split(" > ").map(str::to_owned).collect::<Vec<_>>());
    for (one, other) in [
        ("tool_windows_amd64.exe", "tool_windows_arm64.exe"),
        ("tool_windows_amd64.zip > tool.exe", "tool_windows_arm64.zip > tool.exe"),
        ("dist/app_windows_amd64_v1/app.exe", "dist/app_windows_arm64_v8.0/app.exe"),
        ("dist/app_windows_amd64_v1/app.exe", "dist/app_windows_arm64/app.exe"),
        ("Tool-Windows-x86_64.exe", "tool-windows-aarch64.exe"),
        ("tool-1.2.3-x64.msi", "tool-1.2.3-ARM64.msi"),
        ("win64/tool.exe", "winarm64/tool.exe"),
        ("tool.exe", "tool-arm64.exe"),
        ("tool_v1.2_amd64.exe", "tool_v1.2_arm64.exe"),
        ("tool_win64.zip > tool.exe", "tool_windows_arm64.zip > tool.exe"),
    ] {
        assert_eq!(key(one), key(other), "{one}");
    }
    for (one, other) in [
        ("a_amd64.exe", "b_arm64.exe"),
        ("tool_v1_amd64.exe", "tool_v2_arm64.exe"),
        ("tool_linux64.zip > tool", "tool_arm64.zip > tool"),
    ] {
        assert_ne!(key(one), key(other), "{one}");
    }
}

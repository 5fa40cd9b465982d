# Builds gowoa for a target on a machine of its kind, tries it, and packs it: dist/gowoa-VERSION-TARGET.zip.
# release-build.sh is the same for Linux and macOS.
#
#   ./scripts/release-build.ps1 TARGET VERSION
param([Parameter(Mandatory)][string] $Target, [Parameter(Mandatory)][string] $Version)
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true
Set-Location (Join-Path $PSScriptRoot '..')

rustup target add $Target
cargo build --release --locked --bin gowoa --target $Target
$program = "target/$Target/release/gowoa.exe"
$said = & $program --version
if ($said -cne "gowoa $Version") { throw "the tag says $Version, the program ${said}: set the version in Cargo.toml" }
& $program check -C testdata/go/sample

$null = New-Item -ItemType Directory -Path dist -Force
$files = @($program, 'README.md', 'LICENSE-MIT', 'LICENSE-APACHE')
$archive = "dist/gowoa-$Version-$Target.zip"
Compress-Archive -Path $files -DestinationPath $archive -Force
Write-Host "release-build: $archive"

# The step of action.yml on Windows: action.sh in PowerShell, in the same order, and no bash. It finds a gowoa
# that may be trusted and starts `gowoa action`, which does everything else.
#
# Inputs come in GOWOA_INPUT_* variables, and no text of theirs is ever part of a command here. Nothing is
# tried that was not asked for: a checksum that does not match ends the step.
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue' # The progress bar makes downloads slow.
$PSNativeCommandUseErrorActionPreference = $false
[Console]::OutputEncoding = [Text.UTF8Encoding]::new($false)

$pins = Join-Path $PSScriptRoot 'pins'
$root = (Resolve-Path (Join-Path $PSScriptRoot '../..')).Path
$temp = if ($env:RUNNER_TEMP) { $env:RUNNER_TEMP } else { [IO.Path]::GetTempPath() }

function Set-Output([string] $Name, [string] $Value) {
  if ($env:GITHUB_OUTPUT -and $Value -notmatch "[\r\n]") {
    Add-Content -LiteralPath $env:GITHUB_OUTPUT -Value "$Name=$Value" -Encoding utf8NoBOM
  }
}

# An annotation, a job summary, and the outputs of "no answer". The order of the replacements matters.
function Stop-Action([string] $Text) {
  $data = $Text.Replace('%', '%25').Replace("`r", '%0D').Replace("`n", '%0A')
  [Console]::Out.WriteLine("::error title=gowoa::$data")
  Set-Output 'result' 'incomplete'
  Set-Output 'exit-code' '2'
  # Indented it is code: no text of a user's becomes Markdown or HTML.
  if ($env:GOWOA_INPUT_SUMMARY -ceq 'true' -and $env:GITHUB_STEP_SUMMARY) {
    $code = '    error: ' + $Text.Replace("`r", '').Replace("`n", "`n    ")
    Add-Content -LiteralPath $env:GITHUB_STEP_SUMMARY -Encoding utf8NoBOM -Value @(
      '', '## gowoa: incomplete', '', 'No report could be made.', '', $code
    )
  }
  exit 2
}

# Runs the block; the runner obeys no command in what it prints. Both streams are one, so that nothing overtakes.
function Invoke-Fenced([scriptblock] $Block) {
  $word = 'gowoa-' + [Convert]::ToHexString([Security.Cryptography.RandomNumberGenerator]::GetBytes(16))
  [Console]::Out.WriteLine("::stop-commands::$word")
  & $Block 2>&1 | ForEach-Object { [Console]::Out.WriteLine("$_") }
  [Console]::Out.WriteLine("`n::${word}::")
}

function Test-OneOf([string] $Name, [string] $Value, [string[]] $Words) {
  if (-not ($Words -ccontains $Value)) { Stop-Action "${Name}: $Value cannot be used; write one of: $Words" }
}

function Test-Sum([string] $File, [string] $Sum, [string] $Name) {
  $is = (Get-FileHash -LiteralPath $File -Algorithm SHA256).Hash.ToLowerInvariant()
  if ($is -cne $Sum) {
    Stop-Action "$Name is not what the action knows: its SHA-256 is $is, expected $Sum. It was not run. Remove it, or find out who changed it."
  }
}

# The machine, asked of the system. An emulated PowerShell may be told that it runs on x64, and RUNNER_ARCH is the
# runner's own; so one word for ARM64 from any of them is enough: an x64 gowoa is never run there.
function Get-Machine {
  $key = 'HKLM:\SYSTEM\CurrentControlSet\Control\Session Manager\Environment'
  $words = @(
    [Runtime.InteropServices.RuntimeInformation]::OSArchitecture.ToString()
    (Get-ItemProperty -LiteralPath $key -ErrorAction SilentlyContinue).PROCESSOR_ARCHITECTURE
    $env:PROCESSOR_ARCHITEW6432
    $env:PROCESSOR_ARCHITECTURE
    $env:RUNNER_ARCH
  )
  if ($words -contains 'ARM64') { return 'arm64' }
  if ($words[0] -eq 'X64' -and $words[1] -in 'AMD64', $null) { return 'x64' }
  Stop-Action "no gowoa is made for $($words[0]); use a runner with x64 or ARM64, or install-mode: path"
}

# Returns repository, version, archive sum and binary sum; no sums for a version that is not pinned.
function Read-Pins([string] $Version, [string] $Target) {
  $found = @{ Repository = ''; Version = $Version; Archive = ''; Binary = '' }
  foreach ($line in Get-Content -LiteralPath $pins) {
    $words = -split $line
    if ($words.Count -eq 0 -or $words[0].StartsWith('#')) { continue }
    if ($words[0] -ceq 'repository') { $found.Repository = $words[1]; continue }
    if (-not $found.Version) { $found.Version = $words[0] }
    if ($words[0] -ceq $found.Version -and $words[1] -ceq $Target) {
      $found.Archive = $words[2]
      $found.Binary = $words[3]
    }
  }
  $found
}

# Sets $script:why where the file cannot be had. It ends where nobody answers, and where nothing comes for half a minute
# (before PowerShell 7.4 there is one limit, for the answer to begin).
function Get-File([string] $Url, [string] $File) {
  $limits = if ($PSVersionTable.PSVersion -ge [version] '7.4') {
    @{ ConnectionTimeoutSeconds = 20; OperationTimeoutSeconds = 30 }
  } else { @{ TimeoutSec = 60 } }
  try {
    Invoke-WebRequest -Uri $Url -OutFile $File -MaximumRetryCount 3 -RetryIntervalSec 2 @limits
    $true
  } catch {
    $script:why = $_.Exception.Message
    $false
  }
}

# That the release workflow made the file, as the input says; a file that is not pinned needs it.
function Test-Attestation([string] $File, $Pin) {
  $wish = if ($Pin.Archive) { $attestation } else { 'require' }
  if ($wish -eq 'off') { return }
  if (-not (Get-Command gh -CommandType Application -ErrorAction SilentlyContinue) -or -not $env:GITHUB_TOKEN) {
    if ($wish -eq 'require') {
      Stop-Action "the attestation of gowoa $($Pin.Version) cannot be verified: that needs the gh program and the input token"
    }
    Write-Host 'gowoa: the attestation was not asked for (it needs gh and a token); the checksum is pinned'
    return
  }
  Invoke-Fenced {
    gh attestation verify $File --repo $Pin.Repository --signer-workflow "$($Pin.Repository)/.github/workflows/release.yml"
  }
  if ($LASTEXITCODE -ne 0) { Stop-Action "the attestation of gowoa $($Pin.Version) could not be verified; it was not run" }
  Write-Host 'gowoa: the attestation was verified'
}

# The sum of a release that is not pinned, from its own list; its attestation is what is trusted then.
function Get-SumFromRelease([string] $Base, [string] $Archive, [string] $Work) {
  $list = Join-Path $Work 'SHA256SUMS'
  if (-not (Get-File "$Base/SHA256SUMS" $list)) { Stop-Action "cannot fetch $Base/SHA256SUMS: $script:why" }
  foreach ($line in Get-Content -LiteralPath $list) {
    $words = -split $line
    # The whole name: a list may also hold names that begin with it.
    if ($words.Count -eq 2 -and $words[1].TrimStart('*') -ceq $Archive) { return $words[0] }
  }
  Stop-Action "$Base/SHA256SUMS does not list $Archive"
}

function Get-FromRelease {
  $target = @{ x64 = 'x86_64-pc-windows-msvc'; arm64 = 'aarch64-pc-windows-msvc' }[$arch]
  $pin = Read-Pins $env:GOWOA_INPUT_VERSION $target
  $version = $pin.Version
  if (-not $version) { return Get-Fallback 'no release of gowoa is pinned in this checkout of the action (scripts/action/pins)' }
  if ($version -notmatch '^[0-9A-Za-z.+-]+$') { Stop-Action "version: $version is not a version" }
  if (-not $pin.Archive -and ($attestation -eq 'off' -or $env:GOWOA_INPUT_DOWNLOAD_BASE_URL)) {
    return Get-Fallback "gowoa $version for $target is not pinned in this checkout of the action"
  }
  $tools = if ($env:RUNNER_TOOL_CACHE) { $env:RUNNER_TOOL_CACHE } else { $temp }
  $cached = Join-Path $tools "gowoa/$version/$arch"
  $binary = Join-Path $cached 'gowoa.exe'
  if ($pin.Binary -and (Test-Path -LiteralPath $binary -PathType Leaf)) {
    Test-Sum $binary $pin.Binary $binary
    return $binary, 'tool cache, checksum verified'
  }
  $archive = "gowoa-$version-$target.zip"
  $server = if ($env:GITHUB_SERVER_URL) { $env:GITHUB_SERVER_URL } else { 'https://github.com' }
  $base = if ($env:GOWOA_INPUT_DOWNLOAD_BASE_URL) { $env:GOWOA_INPUT_DOWNLOAD_BASE_URL } else { "$server/$($pin.Repository)/releases/download" }
  $base = $base.TrimEnd('/') + "/v$version"
  $work = (New-Item -ItemType Directory -Path (Join-Path $temp "gowoa-download.$([guid]::NewGuid())")).FullName
  $file = Join-Path $work $archive
  if (-not (Get-File "$base/$archive" $file)) { return Get-Fallback "cannot fetch $base/${archive}: $script:why" }
  $sum = if ($pin.Archive) { $pin.Archive } else { Get-SumFromRelease $base $archive $work }
  Test-Sum $file $sum "$base/$archive"
  Test-Attestation $file $pin
  Expand-Archive -LiteralPath $file -DestinationPath $work
  $unpacked = Join-Path $work 'gowoa.exe'
  if (-not (Test-Path -LiteralPath $unpacked -PathType Leaf)) { Stop-Action "$archive holds no gowoa.exe" }
  if (-not $pin.Binary) { return $unpacked, "$base, attestation verified" }
  Test-Sum $unpacked $pin.Binary "gowoa.exe in $archive"
  try {
    $null = New-Item -ItemType Directory -Path $cached -Force
    $new = Join-Path $cached ".gowoa.$PID"
    Copy-Item -LiteralPath $unpacked -Destination $new
    Move-Item -LiteralPath $new -Destination $binary -Force
    Test-Sum $binary $pin.Binary $binary
  } catch { $binary = $unpacked }
  $binary, "$base, checksum verified"
}

# Another way, where one was asked for.
function Get-Fallback([string] $Why) {
  if ($fallback -ne 'source') {
    Stop-Action "$Why. Use a tag of a release of the action, or build this checkout with install-mode: source (needs Rust), or give a built gowoa with install-mode: path"
  }
  Invoke-Fenced { "gowoa: $Why; building from source, as fallback: source says" }
  Get-FromSource
}

# The checkout of the action is the source; a .cargo/config.toml of the user's has no say there.
function Get-FromSource {
  if (-not (Get-Command cargo -CommandType Application -ErrorAction SilentlyContinue)) {
    Stop-Action 'install-mode: source needs Rust (cargo is not on PATH); see https://rustup.rs'
  }
  $into = Join-Path $temp 'gowoa-source'
  Push-Location -LiteralPath $root
  Invoke-Fenced { cargo build --release --locked --bin gowoa --target-dir $into }
  $status = $LASTEXITCODE
  Pop-Location
  if ($status -ne 0) { Stop-Action 'gowoa did not build from source; the log above says why' }
  (Join-Path $into 'release/gowoa.exe'), 'built from the source of the action'
}

function Get-FromPath {
  $binary = $env:GOWOA_INPUT_GOWOA_PATH
  if (-not $binary) { Stop-Action 'install-mode: path needs the input gowoa-path' }
  if (-not (Test-Path -LiteralPath $binary -PathType Leaf)) { Stop-Action "gowoa-path: $binary is not a program" }
  (Resolve-Path -LiteralPath $binary).ProviderPath, 'gowoa-path'
}

$mode = if ($env:GOWOA_INPUT_INSTALL_MODE) { $env:GOWOA_INPUT_INSTALL_MODE } else { 'release' }
$fallback = if ($env:GOWOA_INPUT_FALLBACK) { $env:GOWOA_INPUT_FALLBACK } else { 'none' }
$attestation = if ($env:GOWOA_INPUT_VERIFY_ATTESTATION) { $env:GOWOA_INPUT_VERIFY_ATTESTATION } else { 'auto' }
Test-OneOf 'install-mode' $mode @('release', 'path', 'source')
Test-OneOf 'fallback' $fallback @('none', 'source')
Test-OneOf 'verify-attestation' $attestation @('auto', 'require', 'off')
$arch = Get-Machine
$binary, $origin = switch -CaseSensitive ($mode) {
  'release' { Get-FromRelease }
  'source' { Get-FromSource }
  'path' { Get-FromPath }
}
$said = try { "$(& $binary --version 2>$null)" } catch { '' }
if (-not $said.StartsWith('gowoa ')) { Stop-Action "$binary is not gowoa, or does not run on this machine ($arch)" }
Set-Output 'gowoa-path' $binary
Set-Output 'version' $said.Substring('gowoa '.Length)
Invoke-Fenced { "$said ($origin)" }
& $binary action
exit $LASTEXITCODE
